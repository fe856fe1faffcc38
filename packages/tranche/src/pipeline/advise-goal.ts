import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openDuckDb } from '../engine/duckdb.ts'
import { folderOf } from '../engine/folder.ts'
import { type Advice, type AdviceOptions, advise } from '../insights/advise/advise.ts'
import { type DiscoverOptions, type Discovery, discover } from '../insights/advise/discover.ts'
import { goalKey } from '../insights/advise/goal-key.ts'
import type { LookBackOptions } from '../insights/advise/look-back.ts'
import { createStandardViews } from '../intake/standard-views.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { engineSettings } from './machine.ts'
import { openPublishedRun } from './published-run.ts'
import { requireRowsHere } from './rows-of-run.ts'

/**
 * Which dimensions are worth telling customers apart by for a goal, from the standard tables of the published run. What is
 * computed on the way is gone when it ends.
 * @throws TrancheError as `advise`
 */
export async function adviseGoal(
  catalogue: Catalogue,
  asked: Pick<AdviceOptions, 'goal' | 'weights' | 'without'>,
  signal: AbortSignal,
): Promise<Advice> {
  return await lookingBack(catalogue, signal, (options) =>
    advise({ ...options, ...asked, goal: goalKey(asked.goal, catalogue) }),
  )
}

/**
 * Groups that a goal tells apart, as rules. @throws TrancheError as `discover`
 */
export async function discoverGroups(
  catalogue: Catalogue,
  asked: Pick<DiscoverOptions, 'goal' | 'leaves' | 'purpose' | 'without'>,
  signal: AbortSignal,
): Promise<Discovery> {
  return await lookingBack(catalogue, signal, (options) =>
    discover({ ...options, ...asked, goal: goalKey(asked.goal, catalogue) }),
  )
}

async function lookingBack<T>(
  catalogue: Catalogue,
  signal: AbortSignal,
  work: (options: Omit<LookBackOptions, 'goal'>) => Promise<T>,
): Promise<T> {
  const { manifest, state, warehouse: published } = await openPublishedRun(catalogue, 'results')
  published.close()
  requireRowsHere(state, { en: 'The advisor of segments', zh: '客群顾问' })
  const folder = folderOf(catalogue.dir)
  const spillTo = join(folder.spill, `advice-${process.pid}`)
  await mkdir(spillTo, { recursive: true, mode: 0o700 })
  const warehouse = await openDuckDb({ path: ':memory:', spillTo, ...engineSettings(catalogue.workspace) })
  const stop = () => warehouse.interrupt()
  signal.addEventListener('abort', stop)
  try {
    await createStandardViews({ warehouse, catalogue, folder: folder.root, state })
    return await work({ warehouse, catalogue, context: { asOf: manifest.asOf, signal } })
  } finally {
    signal.removeEventListener('abort', stop)
    warehouse.close()
    await rm(spillTo, { recursive: true, force: true })
  }
}
