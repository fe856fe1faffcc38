import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AreaAdapter, ReferenceCase } from './adapter.ts'
import { differences } from './compare.ts'

export interface Verdict {
  readonly area: string
  readonly id: string
  readonly result: 'passed' | 'failed' | 'skipped'
  /** What differs, or why the case is skipped. */
  readonly lines: readonly string[]
  readonly ms: number
}

export interface AreaCase {
  readonly area: string
  readonly reference: ReferenceCase
}

/** Cases of the areas or ids that are wanted; all where none is named. */
export function casesOf(root: string, wanted: readonly string[]): readonly AreaCase[] {
  const files = readdirSync(root)
    .filter((name) => name.endsWith('.json'))
    .sort()
  return files.flatMap((file) => {
    const area = file.replace('.json', '')
    const { cases } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { cases: ReferenceCase[] }
    return cases
      .filter(({ id }) => wanted.length === 0 || wanted.includes(id) || wanted.includes(area))
      .map((reference) => ({ area, reference }))
  })
}

export async function judge({ area, reference }: AreaCase): Promise<Verdict> {
  const started = performance.now()
  const found = judged(reference, await load(area))
  return { area, id: reference.id, ...found, ms: Math.round(performance.now() - started) }
}

async function load(area: string): Promise<AreaAdapter | undefined> {
  const name = area.replaceAll('_', '-')
  if (!existsSync(new URL(`./${name}.ts`, import.meta.url))) return undefined
  return ((await import(`./${name}.ts`)) as { adapter: AreaAdapter }).adapter
}

function judged(
  reference: ReferenceCase,
  adapter: AreaAdapter | undefined,
): Pick<Verdict, 'result' | 'lines'> {
  const { id } = reference
  const reason = adapter?.deviations?.[id]
  if (reason !== undefined) return { result: 'skipped', lines: [reason] }
  const adapt = adapter?.cases[id]
  if (!adapt) return { result: 'failed', lines: ['there is no adapter for this case'] }
  try {
    const lines = differences(reference, adapt(reference), adapter?.rules?.[id])
    return { result: lines.length === 0 ? 'passed' : 'failed', lines }
  } catch (error) {
    return {
      result: 'failed',
      lines: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    }
  }
}
