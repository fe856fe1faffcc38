import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Manifest } from '@tranche/contract'
import { type DuckDbWarehouse, openDuckDb } from '../engine/duckdb.ts'
import { createFolder, type Folder, type RunFolder, runFolderOf } from '../engine/folder.ts'
import { beside, publish, readPointer } from '../engine/published.ts'
import type { ProgressEvent } from '../engine/run-context.ts'
import { TrancheError } from '../errors.ts'
import { copyPrevious } from '../insights/changes/previous-tables.ts'
import type { IntakeResult } from '../intake/intake.ts'
import { readRowCounts } from '../intake/quality/row-counts.ts'
import { createStandardViews } from '../intake/standard-views.ts'
import { sql } from '../sql/sql.ts'
import type { StateDatabase } from '../store/state-database.ts'
import { version } from '../version.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { AsOf } from './as-of.ts'
import { requireBudget } from './cluster-budget.ts'
import { type ClusterRun, openClusterRun, requireSchema } from './cluster-run.ts'
import { runAllSteps } from './cluster-steps.ts'
import { followRun } from './cluster-views.ts'
import { expireRuns } from './expire-runs.ts'
import { type IntakePhase, intakePhase, keepPending, writeIntakeState } from './intake-phase.ts'
import { takeLock } from './lock.ts'
import { engineSettings, peakMemoryMb, requireSpace } from './machine.ts'
import { readManifest, writeManifest } from './manifest.ts'
import {
  besides,
  definitionsOf,
  identifyRun,
  ledgerHash,
  type PreviousRun,
  snapshotOf,
} from './run-identity.ts'
import { publishShared, seenCurrent } from './shared-pointer.ts'
import { withRunState } from './state.ts'
import { prepareSteps, stopIfAsked } from './steps.ts'
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
  const phase = await intakePhase(running, options)
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
  const manifest = await compute(running, run, phase, previous, startedAt)
  await publishShared(running, run.run, seen)
  await publish(folder, run.run)
  await followRun(running, run.run)
  await expireRuns(running, [run.run, previous?.run])
  return { run: run.run, folder: run, manifest, unchanged: false, intake, asOf }
}

async function compute(
  running: Running,
  run: RunFolder,
  phase: IntakePhase,
  previous: PreviousRun | null,
  startedAt: Date,
): Promise<Manifest> {
  const { intake, asOf } = phase
  const { catalogue, folder, clock, signal, progress } = running
  await keepPending(folder, run)
  await writeIntakeState(run, intake.state)
  const before = await readManifest(run)
  const attempts = [...(before?.attempts ?? []), { startedAt: startedAt.toISOString(), pid: process.pid }]
  const cluster = await openClusterRun(catalogue, run.run, running.env, before?.cluster, phase.asked)
  const warehouse = await openRunDatabase(running, run)
  let manifest = withCluster(
    firstManifest(running, run, phase, previous, startedAt, attempts, warehouse.settings),
    cluster,
  )
  await writeManifest(run, manifest)
  const stop = () => {
    warehouse.interrupt()
    cluster?.warehouse.interrupt()
  }
  signal.addEventListener('abort', stop)
  try {
    await prepareSteps(warehouse)
    await createStandardViews({ warehouse, catalogue, folder: folder.root, state: intake.state })
    const context = {
      asOf: asOf.instant,
      timeZone: catalogue.workspace.timeZone,
      seed: running.seed,
      clock,
      progress,
      signal,
    }
    const steps = await runAllSteps(
      { warehouse, attempt: attempts.length, clock, signal, progress },
      {
        ...{ catalogue, warehouse, context, run, manifest },
        ledger: phase.ledger,
        before: await bringBefore(warehouse, folder, previous),
        lists: {
          dir: catalogue.dir,
          folder: folder.root,
          state: intake.state,
          keyring: phase.keyring,
          sources: catalogue.sources,
        },
      },
      cluster?.steps({
        ...{ local: warehouse, context, scratch: folder.spill },
        ...{ folder: folder.root, state: intake.state },
      }) ?? null,
    )
    await warehouse.run(sql`checkpoint`)
    manifest = {
      ...withCluster(manifest, cluster),
      // Where rows of both places met, some were set aside only there.
      ...(cluster === null ? {} : { rows: [...(await readRowCounts(warehouse))] }),
      steps: [...steps],
      status: 'published',
      finishedAt: clock().toISOString(),
      peakMemoryMb: peakMemoryMb(),
    }
  } catch (error) {
    const status = signal.aborted ? 'running' : 'failed'
    await writeManifest(run, { ...withCluster(manifest, cluster), status })
    if (signal.aborted) stopIfAsked(signal)
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    warehouse.close()
    cluster?.warehouse.close()
    await clearSpill(folder)
  }
  await writeManifest(run, manifest)
  return manifest
}

/** Lays what the report compares itself with beside the run's own tables, and gives what the run before was. */
async function bringBefore(
  warehouse: DuckDbWarehouse,
  folder: Folder,
  previous: PreviousRun | null,
): Promise<Manifest | null> {
  if (previous === null) return null
  const run = runFolderOf(folder, previous.run)
  const before = await readManifest(run)
  if (before === null || !existsSync(run.database)) return null
  await beside(warehouse, run, 'before', (schema) => copyPrevious(warehouse, schema))
  return before
}

/** The database of this run; one that a crash left unreadable is thrown away and begun again. */
async function openRunDatabase({ catalogue, folder }: Running, run: RunFolder): Promise<DuckDbWarehouse> {
  const options = { path: run.database, spillTo: folder.spill, ...engineSettings(catalogue.workspace) }
  try {
    return await openDuckDb(options)
  } catch (error) {
    if (!(error instanceof TrancheError) || error.code !== 'damaged') throw error
    await rm(run.database, { force: true })
    await rm(`${run.database}.wal`, { force: true })
    return await openDuckDb(options)
  }
}

function firstManifest(
  { catalogue, seed }: Running,
  run: RunFolder,
  { intake, asOf, ledger }: IntakePhase,
  previous: PreviousRun | null,
  startedAt: Date,
  attempts: Manifest['attempts'],
  engine: DuckDbWarehouse['settings'],
): Manifest {
  const definitions = definitionsOf(catalogue)
  return {
    run: run.run,
    version,
    engine: { name: 'duckdb', ...engine },
    asOf: asOf.instant,
    asOfGiven: asOf.origin === 'given',
    timeZone: catalogue.workspace.timeZone,
    currency: catalogue.workspace.currency,
    seed,
    definitions: Object.fromEntries(
      definitions.map(({ kind, key, logicHash }) => [`${kind}:${key}`, logicHash]),
    ),
    snapshot: snapshotOf(intake),
    inputs: [...intake.inputs],
    rows: [...intake.rows],
    ...(intake.state.consents === undefined ? {} : { consents: intake.state.consents }),
    ...(ledger.length === 0 ? {} : { ledger: { hash: ledgerHash(ledger), entries: ledger.length } }),
    ...(previous === null ? {} : { previous }),
    steps: [],
    attempts: [...attempts],
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    peakMemoryMb: null,
    status: 'running',
  }
}

function withCluster(manifest: Manifest, cluster: ClusterRun | null): Manifest {
  if (cluster === null) return manifest
  const engine = { ...manifest.engine, name: 'trino', version: cluster.version }
  return { ...manifest, engine, cluster: cluster.record() }
}

async function clearSpill(folder: Folder): Promise<void> {
  await rm(folder.spill, { recursive: true, force: true })
}
