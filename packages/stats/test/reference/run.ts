import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AreaAdapter, type ReferenceCase, referenceRoot } from './adapter.ts'
import { differences } from './compare.ts'

// Reads every case of the reference collection through its area's adapter and says how many agree.
// Usage: node --conditions=tranche-source test/reference/run.ts [area or case id …] [--verbose]

const root = referenceRoot()
if (root === undefined) {
  console.log('TRANCHE_REFERENCE is not set, so no reference case was read.\n0 passed, 0 failed, 0 skipped')
  process.exit(0)
}
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const verbose = process.argv.includes('--verbose')
const total = { passed: 0, failed: 0, skipped: 0 }
for (const file of readdirSync(root)
  .filter((name) => name.endsWith('.json'))
  .sort()) {
  const area = file.replace('.json', '')
  const { cases } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { cases: ReferenceCase[] }
  const chosen = cases.filter(
    (c) => wanted.length === 0 || wanted.some((word) => c.id === word || area === word),
  )
  if (chosen.length === 0) continue
  const adapter = await load(area)
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const c of chosen) counts[run(c, adapter)]++
  console.log(
    `${area.padEnd(20)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  )
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key]
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0

async function load(area: string): Promise<AreaAdapter | undefined> {
  const name = area.replaceAll('_', '-')
  if (!existsSync(new URL(`./${name}.ts`, import.meta.url))) return undefined
  return ((await import(`./${name}.ts`)) as { adapter: AreaAdapter }).adapter
}

function run(c: ReferenceCase, adapter: AreaAdapter | undefined): 'passed' | 'failed' | 'skipped' {
  const reason = adapter?.deviations?.[c.id]
  if (reason !== undefined) {
    console.log(`  skipped ${c.id}: ${reason}`)
    return 'skipped'
  }
  const adapt = adapter?.cases[c.id]
  if (!adapt) return fail(c, ['there is no adapter for this case'])
  try {
    const started = performance.now()
    const found = differences(c, adapt(c), adapter?.rules?.[c.id])
    if (verbose)
      console.log(
        `  ${found.length === 0 ? 'passed' : 'failed'} ${c.id} in ${Math.round(performance.now() - started)} ms`,
      )
    return found.length === 0 ? 'passed' : fail(c, found)
  } catch (error) {
    return fail(c, [
      error instanceof Error ? (verbose ? (error.stack ?? error.message) : error.message) : String(error),
    ])
  }
}

function fail(c: ReferenceCase, lines: readonly string[]): 'failed' {
  console.log(
    `  failed ${c.id}: ${lines.slice(0, verbose ? 40 : 3).join('; ')}${lines.length > 3 && !verbose ? ` … and ${lines.length - 3} more` : ''}`,
  )
  return 'failed'
}
