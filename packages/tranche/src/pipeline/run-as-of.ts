import { readdir } from 'node:fs/promises'
import type { Manifest } from '@tranche/contract'
import { folderOf, type RunFolder, runFolderOf } from '../engine/folder.ts'
import { TrancheError } from '../errors.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { parseInstant } from './as-of.ts'
import { readManifest } from './manifest.ts'

/**
 * The newest of the kept runs that was published as of an instant, or of the start of a business day.
 * @throws TrancheError invalid_input for text that is neither; not_found, naming the days that are there
 */
export async function runAsOf(catalogue: Catalogue, at: string): Promise<RunFolder> {
  const wanted = parseInstant(at, catalogue.workspace.timeZone)
  const kept = await keptRuns(catalogue)
  const found = lastAsOf(kept, wanted)
  if (found !== undefined) return found
  const days = [...new Set(kept.map(({ manifest }) => manifest.asOf))].sort().join(', ')
  throw new TrancheError(
    'not_found',
    {
      en: `No run as of ${wanted} is kept. There ${kept.length === 0 ? 'is none' : `are ${days}`}.`,
      zh: `没有保留截至 ${wanted} 的运行。${kept.length === 0 ? '目前没有任何运行。' : `现有：${days}。`}`,
    },
    {
      hint: {
        en: `tranche run --as-of ${at} computes that day again; runs.keep in tranche.yaml says how many are kept.`,
        zh: `可用 tranche run --as-of ${at} 重新计算该日；保留多少次运行由 tranche.yaml 的 runs.keep 决定。`,
      },
    },
  )
}

interface KeptRun {
  readonly run: RunFolder
  readonly manifest: Manifest
}

/** Runs that were published and are still there, in no order. */
export async function keptRuns({ dir }: Pick<Catalogue, 'dir'>): Promise<readonly KeptRun[]> {
  const folder = folderOf(dir)
  const kept: KeptRun[] = []
  for (const name of await readdir(folder.runs).catch(() => [])) {
    const run = runFolderOf(folder, name)
    const manifest = await readManifest(run)
    if (manifest?.status === 'published') kept.push({ run, manifest })
  }
  return kept
}

/** Of several runs as of one instant, the one that finished last. */
export function lastAsOf(kept: readonly KeptRun[], instant: string): RunFolder | undefined {
  const finishedAt = ({ manifest }: KeptRun) => manifest.finishedAt ?? ''
  return kept
    .filter(({ manifest }) => manifest.asOf === instant)
    .sort((one, other) => (finishedAt(one) < finishedAt(other) ? 1 : -1))[0]?.run
}
