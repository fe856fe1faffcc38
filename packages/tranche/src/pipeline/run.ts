import { createHash } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '@tranche/contract'
import { type DuckDbWarehouse, openDuckDb } from '../engine/duckdb.ts'
import { createFolder, type Folder, type RunFolder, runFolderOf } from '../engine/folder.ts'
import { publish, readPointer } from '../engine/published.ts'
import type { ProgressEvent } from '../engine/run-context.ts'
import { TrancheError } from '../errors.ts'
import type { IntakeResult } from '../intake/intake.ts'
import { createStandardViews } from '../intake/standard-views.ts'
import { sql } from '../sql/sql.ts'
import type { StateDatabase } from '../store/state-database.ts'
import { version } from '../version.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { canonicalJson } from '../workspace/hash.ts'
import { analysisSteps } from './analysis.ts'
import type { AsOf } from './as-of.ts'
import { type IntakePhase, intakePhase, keepPending, writeIntakeState } from './intake-phase.ts'
import { takeLock } from './lock.ts'
import { engineSettings, peakMemoryMb, requireSpace } from './machine.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { withRunState } from './state.ts'
import { prepareSteps, runSteps, stopIfAsked } from './steps.ts'
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
  }
}

/** Name of the run that these inputs, definitions and as-of make. */
export function runName(catalogue: Catalogue, { intake, asOf }: IntakePhase, seed: number): string {
  return `${asOf.instant.slice(0, 10)}-${fingerprintOf(catalogue, intake, asOf, seed).slice(0, 12)}`
}

const againMark = '-again'

/** Whether a run is that of this name, computed once or again. */
export function isSameRun(run: string, name: string): boolean {
  return run === name || run === `${name}${againMark}`
}

/** Where a published run is computed again: beside it, so that it stays whole until the new one takes its place. */
function besides(published: string, name: string): string {
  return published === name ? `${name}${againMark}` : name
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
  const phase = await intakePhase(running, options)
  const { intake, asOf } = phase
  await requireSpace(
    folder.root,
    intake.inputs.reduce((sum, input) => sum + input.bytes, 0),
  )
  const name = runName(catalogue, phase, running.seed)
  const current = await readPointer(folder)
  const isPublished = current !== null && isSameRun(current.run, name)
  const published = isPublished ? await readManifest(current) : null
  if (isPublished && published?.status === 'published' && options.force !== true) {
    // The same content may lie there with another time, after a copy or a restore: readers look at the time.
    await writeIntakeState(current, intake.state)
    return { run: current.run, folder: current, manifest: published, unchanged: true, intake, asOf }
  }
  const run = runFolderOf(folder, isPublished ? besides(current.run, name) : name)
  if (isPublished) await rm(run.path, { recursive: true, force: true })
  const manifest = await compute(running, run, phase, startedAt)
  await publish(folder, run.run)
  await expireRuns(folder, run.run, catalogue.workspace.runs.keep)
  return { run: run.run, folder: run, manifest, unchanged: false, intake, asOf }
}

async function compute(
  running: Running,
  run: RunFolder,
  { intake, asOf }: IntakePhase,
  startedAt: Date,
): Promise<Manifest> {
  const { catalogue, folder, clock, signal, progress } = running
  await keepPending(folder, run)
  await writeIntakeState(run, intake.state)
  const before = await readManifest(run)
  const attempts = [...(before?.attempts ?? []), { startedAt: startedAt.toISOString(), pid: process.pid }]
  const warehouse = await openRunDatabase(running, run)
  let manifest = firstManifest(running, run, intake, asOf, startedAt, attempts, warehouse.settings)
  await writeManifest(run, manifest)
  const stop = () => warehouse.interrupt()
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
    const steps = await runSteps(
      { warehouse, attempt: attempts.length, clock, signal, progress },
      analysisSteps({ catalogue, warehouse, context, run, manifest }),
    )
    await warehouse.run(sql`checkpoint`)
    manifest = {
      ...manifest,
      steps: [...steps],
      status: 'published',
      finishedAt: clock().toISOString(),
      peakMemoryMb: peakMemoryMb(),
    }
  } catch (error) {
    await writeManifest(run, { ...manifest, status: signal.aborted ? 'running' : 'failed' })
    if (signal.aborted) stopIfAsked(signal)
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    warehouse.close()
    await clearSpill(folder)
  }
  await writeManifest(run, manifest)
  return manifest
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

const definitionsOf = ({ sources, features, metrics, segments, segmentSets, recommendations }: Catalogue) => [
  ...sources,
  ...features,
  ...metrics,
  ...segments,
  ...segmentSets,
  ...recommendations,
]

function firstManifest(
  { catalogue, seed }: Running,
  run: RunFolder,
  intake: IntakeResult,
  asOf: AsOf,
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
    steps: [],
    attempts: [...attempts],
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    peakMemoryMb: null,
    status: 'running',
  }
}

/** Hash of all inputs: which content came from which source, and from the state. */
function snapshotOf({ inputs, state: { consents } }: IntakeResult): string {
  const content = inputs.map(({ source, sha256 }) => `${source} ${sha256}`).sort()
  if (consents !== undefined) content.push(`_state ${consents.hash}`)
  return createHash('sha256').update(content.join('\n')).digest('hex')
}

/** The same inputs, definitions, words, instant, seed and program give the same run. */
function fingerprintOf(catalogue: Catalogue, intake: IntakeResult, asOf: AsOf, seed: number): string {
  const { name, locale } = catalogue.workspace
  const definitions = definitionsOf(catalogue)
  return createHash('sha256')
    .update(
      canonicalJson({
        version,
        seed,
        asOf: asOf.instant,
        snapshot: snapshotOf(intake),
        settings: catalogue.settingsHash,
        attributes: catalogue.attributePolicy?.rules ?? null,
        words: { name, locale },
        definitions: definitions.map(({ kind, key, logicHash, textHash }) => [
          kind,
          key,
          logicHash,
          textHash,
        ]),
      }),
    )
    .digest('hex')
}

async function clearSpill(folder: Folder): Promise<void> {
  await rm(folder.spill, { recursive: true, force: true })
}

/** Keeps the newest runs; the one in force always stays. */
async function expireRuns(folder: Folder, current: string, keep: number): Promise<void> {
  const runs: { run: string; finishedAt: string }[] = []
  for (const run of await readdir(folder.runs)) {
    const manifest = await readManifest(runFolderOf(folder, run))
    runs.push({ run, finishedAt: manifest?.finishedAt ?? manifest?.startedAt ?? '' })
  }
  runs.sort((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1))
  for (const { run } of runs.filter(({ run: name }) => name !== current).slice(Math.max(0, keep - 1)))
    await rm(join(folder.runs, run), { recursive: true, force: true })
}
