import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '@tranche/contract'
import { type DuckDbWarehouse, openDuckDb } from '../engine/duckdb.ts'
import { type Folder, type RunFolder, runFolderOf } from '../engine/folder.ts'
import { beside } from '../engine/published.ts'
import { TrancheError } from '../errors.ts'
import { copyPrevious } from '../insights/changes/previous-tables.ts'
import { readRowCounts } from '../intake/quality/row-counts.ts'
import { createStandardViews } from '../intake/standard-views.ts'
import { sql } from '../sql/sql.ts'
import { version } from '../version.ts'
import { type ClusterRun, openClusterRun } from './cluster-run.ts'
import { runAllSteps } from './cluster-steps.ts'
import { type IntakePhase, keepPending, writeIntakeState } from './intake-phase.ts'
import { engineSettings, peakMemoryMb } from './machine.ts'
import { readManifest, writeManifest } from './manifest.ts'
import type { Running } from './run.ts'
import { definitionsOf, ledgerHash, type PreviousRun, snapshotOf } from './run-identity.ts'
import { prepareSteps, stopIfAsked } from './steps.ts'

export interface ComputeRunOptions {
  /** Where it is computed, under its own name. */
  readonly run: RunFolder
  /** What its tables on a cluster are named after; the run unless said. */
  readonly clusterName?: string
  readonly phase: IntakePhase
  readonly previous: PreviousRun | null
  readonly startedAt: Date
}

/**
 * Computes all steps of a run from what was taken in, in a folder of its own; what a former attempt finished there is not done
 * again. Nothing is published.
 * @throws TrancheError
 */
export async function computeRun(running: Running, options: ComputeRunOptions): Promise<Manifest> {
  const { run, phase, previous, startedAt } = options
  const { intake, asOf } = phase
  const { catalogue, folder, clock, signal, progress } = running
  await keepPending(folder, run)
  await writeIntakeState(run, intake.state)
  const before = await readManifest(run)
  const attempts = [...(before?.attempts ?? []), { startedAt: startedAt.toISOString(), pid: process.pid }]
  const cluster = await openClusterRun(
    catalogue,
    options.clusterName ?? run.run,
    running.env,
    before?.cluster,
    phase.asked,
  )
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
  const options = {
    path: run.database,
    spillTo: folder.spill,
    scratch: { file: join(folder.spill, 'scratch.duckdb') },
    ...engineSettings(catalogue.workspace),
  }
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
