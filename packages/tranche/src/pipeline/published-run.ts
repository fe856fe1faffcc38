import type { Manifest } from '@tranche/contract'
import type { DuckDbWarehouse } from '../engine/duckdb.ts'
import { folderOf, type RunFolder } from '../engine/folder.ts'
import { openRun, readPointer } from '../engine/published.ts'
import { TrancheError } from '../errors.ts'
import type { IntakeState } from '../intake/intake-state.ts'
import { createStandardViews } from '../intake/standard-views.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { requireOnThisMachine } from './cluster-refusal.ts'
import { readIntakeState } from './intake-phase.ts'
import { readManifest } from './manifest.ts'
import { runAsOf } from './run-as-of.ts'

/** A published run open for reading. */
export interface OpenedRun {
  readonly warehouse: DuckDbWarehouse
  readonly manifest: Manifest
  readonly run: RunFolder
  readonly state: IntakeState
}

/**
 * What is read of a run: its published tables and the standard ones, on this machine; `rows`, the standard tables, which are
 * here for every run; `results`, the published tables, on this machine; `record`, what tells where they are.
 */
export type RunNeeds = 'all' | 'rows' | 'results' | 'record'

/**
 * @param at a day or instant: the kept run as of then instead of the published one
 * @throws TrancheError not_found before the first run; damaged where the run's record is gone; unsupported where the run
 *   has no such tables
 */
export async function openPublishedRun(
  catalogue: Catalogue,
  needs: RunNeeds = 'all',
  at?: string,
): Promise<OpenedRun> {
  const folder = folderOf(catalogue.dir)
  const run = at === undefined ? await readPointer(folder) : await runAsOf(catalogue, at)
  if (run === null)
    throw new TrancheError(
      'not_found',
      { en: `Nothing is published in ${catalogue.dir} yet.`, zh: `${catalogue.dir} 尚无已发布的结果。` },
      { hint: { en: 'Run `tranche run` first.', zh: '请先执行 `tranche run`。' } },
    )
  const manifest = await readManifest(run)
  const state = await readIntakeState(run)
  if (manifest === null || state === null)
    throw new TrancheError(
      'damaged',
      { en: `The record of run ${run.run} is damaged.`, zh: `运行 ${run.run} 的记录已损坏。` },
      { hint: { en: 'Run `tranche run --force`.', zh: '请执行 `tranche run --force`。' } },
    )
  if (needs === 'all' || needs === 'results') requireOnThisMachine(manifest)
  const warehouse = await openRun(run)
  try {
    if (needs === 'all' || needs === 'rows')
      await createStandardViews({ warehouse, catalogue, folder: folder.root, state })
    return { warehouse, manifest, run, state }
  } catch (error) {
    warehouse.close()
    throw error
  }
}
