import type { Manifest } from '@tranche/contract'
import type { DuckDbWarehouse } from '../engine/duckdb.ts'
import { folderOf, type RunFolder } from '../engine/folder.ts'
import { openRun, readPointer } from '../engine/published.ts'
import { TrancheError } from '../errors.ts'
import { createStandardViews } from '../intake/standard-views.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { readIntakeState } from './intake-phase.ts'
import { readManifest } from './manifest.ts'
import { handWritten } from './reconcile-queries.ts'

/** One published number beside what a second, independent query says of it. Money and counts are exact texts. */
export interface Reconciled {
  readonly key: string
  readonly published: string | null
  readonly recomputed: string | null
  readonly agrees: boolean
}

/** A published run open for reading, with the standard tables that it was computed from. */
export interface OpenedRun {
  readonly warehouse: DuckDbWarehouse
  readonly manifest: Manifest
  readonly run: RunFolder
}

/** @throws TrancheError not_found before the first run; damaged where the run's record is gone */
export async function openPublishedRun(catalogue: Catalogue): Promise<OpenedRun> {
  const folder = folderOf(catalogue.dir)
  const run = await readPointer(folder)
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
  const warehouse = await openRun(run)
  try {
    await createStandardViews({ warehouse, catalogue, folder: folder.root, state })
    return { warehouse, manifest, run }
  } catch (error) {
    warehouse.close()
    throw error
  }
}

/**
 * Recomputes published counts and sums by queries written by hand over the mapped sources, never through the compiler
 * of features, and compares them to the last minor unit.
 */
export async function reconcilePublished(catalogue: Catalogue): Promise<readonly Reconciled[]> {
  const { warehouse, manifest } = await openPublishedRun(catalogue)
  try {
    const lines: Reconciled[] = []
    for (const { key, published, recomputed, tolerance } of await handWritten({
      catalogue,
      warehouse,
      manifest,
    })) {
      const [first] = await warehouse.rows<{ v: string | number | null }>(published)
      const [second] = await warehouse.rows<{ v: string | number | null }>(recomputed)
      const [a, b] = [textOf(first?.v), textOf(second?.v)]
      lines.push({
        key,
        published: a,
        recomputed: b,
        agrees: tolerance === undefined ? a === b : close(a, b, tolerance),
      })
    }
    return lines
  } finally {
    warehouse.close()
  }
}

const textOf = (value: string | number | null | undefined) =>
  value === null || value === undefined ? null : String(value)

/** Rates and means are doubles; they agree to the relative tolerance of their statement. */
function close(a: string | null, b: string | null, tolerance: number): boolean {
  if (a === null || b === null) return a === b
  const [x, y] = [Number(a), Number(b)]
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y))
}
