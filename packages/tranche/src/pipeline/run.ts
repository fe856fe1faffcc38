import { rm } from 'node:fs/promises'
import type { Manifest } from '@tranche/contract'
import { createFolder, type Folder, type RunFolder, runFolderOf } from '../engine/folder.ts'
import { publish, readPointer } from '../engine/published.ts'
import type { ProgressEvent } from '../engine/run-context.ts'
import type { IntakeResult } from '../intake/intake.ts'
import type { StateDatabase } from '../store/state-database.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { AsOf } from './as-of.ts'
import { requireBudget } from './cluster-budget.ts'
import { requireSchema } from './cluster-run.ts'
import { followRun } from './cluster-views.ts'
import { computeRun } from './compute-run.ts'
import { expireRuns } from './expire-runs.ts'
import { intakePhase, writeIntakeState } from './intake-phase.ts'
import { takeLock } from './lock.ts'
import { requireSpace } from './machine.ts'
import { besides, identifyRun } from './run-identity.ts'
import { publishShared, seenCurrent } from './shared-pointer.ts'
import { withRunState } from './state.ts'
import { requireSound } from './validate.ts'

export interface RunOptions {
  /** Day or instant; default: the start of the business day after the newest event. `now` for this instant. */
  readonly asOf?: string
  readonly seed?: number
  readonly clock?: () => Date
  readonly signal?: AbortSignal
  readonly progress?: (event: ProgressEvent) => void
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Compute again even where nothing changed since the published run. */
  readonly force?: boolean
}

export interface RunOutcome {
  readonly run: string
  readonly folder: RunFolder
  readonly manifest: Manifest
  /** Nothing changed since the run that is published; it stays. */
  readonly unchanged: boolean
  readonly intake: IntakeResult
  readonly asOf: AsOf
}

/**
 * Takes in what is new, computes everything as of an instant, writes the reports and publishes all of it at once.
 * A run that was interrupted goes on after its last finished step. On any error the published results stay.
 * @throws TrancheError
 */
export async function runPipeline(catalogue: Catalogue, options: RunOptions = {}): Promise<RunOutcome> {
  requireSound(catalogue)
  const clock = options.clock ?? (() => new Date())
  const folder = await createFolder(catalogue.dir)
  const lock = await takeLock(folder.lock, clock)
  try {
    return await withRunState(catalogue, options, (state) =>
      lockedRun(catalogue, folder, { ...options, clock }, state),
    )
  } finally {
    await lock.release()
  }
}

export interface Running {
  readonly catalogue: Catalogue
  readonly folder: Folder
  readonly clock: () => Date
  readonly signal: AbortSignal
  readonly progress: (event: ProgressEvent) => void
  readonly seed: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Null where nothing was ever written to it. */
  readonly state: StateDatabase | null
}

/** What a run or a plan carries along, defaults filled in. */
export function runningOf(
  catalogue: Catalogue,
  folder: Folder,
  options: RunOptions,
  state: StateDatabase | null,
): Running {
  return {
    state,
    catalogue,
    folder,
    clock: options.clock ?? (() => new Date()),
    signal: options.signal ?? new AbortController().signal,
    progress: options.progress ?? (() => undefined),
    seed: options.seed ?? 20_260_101,
    env: options.env ?? process.env,
  }
}

async function lockedRun(
  catalogue: Catalogue,
  folder: Folder,
  options: RunOptions & { readonly clock: () => Date },
  state: StateDatabase | null,
): Promise<RunOutcome> {
  const running = runningOf(catalogue, folder, options, state)
  const startedAt = running.clock()
  await rm(folder.spill, { recursive: true, force: true })
  await requireSchema(catalogue, running.env)
  const phase = await intakePhase(running, { ...options, startedAt })
  const { intake, asOf } = phase
  const seen = await seenCurrent(running)
  await requireSpace(
    folder.root,
    intake.inputs.reduce((sum, input) => sum + input.bytes, 0),
  )
  const current = await readPointer(folder)
  const { name, previous, published } = await identifyRun(running, phase, current)
  const isPublished = current !== null && published !== null
  if (isPublished && published.status === 'published' && options.force !== true) {
    // The same content may lie there with another time, after a copy or a restore: readers look at the time.
    await writeIntakeState(current, intake.state)
    if (seen === null || seen.run === current.run) await followRun(running, current.run)
    return { run: current.run, folder: current, manifest: published, unchanged: true, intake, asOf }
  }
  await requireBudget(catalogue, intake, current)
  const run = runFolderOf(folder, isPublished ? besides(current.run, name) : name)
  if (isPublished) await rm(run.path, { recursive: true, force: true })
  const manifest = await computeRun(running, { run, phase, previous, startedAt })
  await publishShared(running, run.run, seen)
  await publish(folder, run.run)
  await followRun(running, run.run)
  await expireRuns(running, [run.run, previous?.run])
  return { run: run.run, folder: run, manifest, unchanged: false, intake, asOf }
}
