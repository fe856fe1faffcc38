import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LedgerEntry, Text } from '@tranche/contract'
import { writeAtomically } from '../engine/atomic-file.ts'
import { openDuckDb } from '../engine/duckdb.ts'
import { type Folder, type RunFolder, runFolderOf } from '../engine/folder.ts'
import { readPointer } from '../engine/published.ts'
import type { TrinoQuery } from '../engine/trino.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import type { AsRead } from '../intake/as-read.ts'
import { type IntakeResult, type ToldRows, takeIn } from '../intake/intake.ts'
import { type IntakeState, intakePaths } from '../intake/intake-state.ts'
import { type Keyring, openKeyring } from '../privacy/pseudonym.ts'
import { sql } from '../sql/sql.ts'
import { copyConsents } from '../store/copy-consents.ts'
import { ledgerEntries } from '../store/recommendation-ledger.ts'
import { stateSourceKey } from '../workspace/state-source.ts'
import { type AsOf, resolveAsOf } from './as-of.ts'
import { requireEstimate } from './cluster-budget.ts'
import { engineSettings } from './machine.ts'
import type { Running, RunOptions } from './run.ts'
import { sourcesOnCluster } from './sources-on-cluster.ts'
import { prepareSteps, stopIfAsked } from './steps.ts'

export interface IntakePhase {
  readonly intake: IntakeResult
  readonly asOf: AsOf
  /** What had become of recommendations when the run began. */
  readonly ledger: readonly LedgerEntry[]
  /** The key that pseudonyms are made with. */
  readonly keyring: () => Promise<Keyring>
  /** What was asked of the cluster about tables in place. */
  readonly asked: readonly TrinoQuery[]
}

export interface IntakePhaseOptions extends Pick<RunOptions, 'asOf' | 'env'> {
  /** What was taken in before; by the published run unless said. */
  readonly previous?: IntakeState | null
  /** When the run began, by which it is known what had been decided; now unless said. */
  readonly startedAt?: Date
  /** What another run read, where that is to be read again and nothing else. */
  readonly asRead?: AsRead
  /** Gets what is known of tables in place where their statistics alone refuse the run. */
  readonly tell?: (lines: readonly Text[]) => void
}

/**
 * Takes in what lies in the sources and finds the as-of. What it writes goes to a pending database, which becomes that
 * of the run once inputs, definitions and as-of say which run this is.
 */
export async function intakePhase(running: Running, options: IntakePhaseOptions): Promise<IntakePhase> {
  const { catalogue, folder, signal, progress, clock } = running
  const env = options.env ?? process.env
  const pending = pendingRun(folder)
  await rm(pending.path, { recursive: true, force: true })
  await mkdir(pending.path, { recursive: true, mode: 0o750 })
  const settings = engineSettings(catalogue.workspace)
  const warehouse = await openDuckDb({ path: pending.database, spillTo: folder.spill, ...settings })
  const stop = () => warehouse.interrupt()
  signal.addEventListener('abort', stop)
  const begin = performance.now()
  const startedAt = (options.startedAt ?? clock()).toISOString()
  progress({ step: 'intake', status: 'started' })
  const cluster = sourcesOnCluster(catalogue, env, signal)
  try {
    const keyring = await openKeyring({
      file: join(folder.root, 'pseudonym.key'),
      secret: env['TRANCHE_PSEUDONYM_KEY'],
    })
    const context = {
      asOf: startedAt,
      timeZone: catalogue.workspace.timeZone,
      seed: running.seed,
      clock,
      progress,
      signal,
    }
    const previous = options.previous === undefined ? await previousState(folder) : options.previous
    const taken = await takeIn({
      ...(cluster === null ? {} : { cluster: cluster.open }),
      ...(previous === null
        ? { expected: (told: readonly ToldRows[]) => requireEstimate(catalogue, told, options.tell) }
        : {}),
      ...(options.asRead === undefined ? {} : { asRead: options.asRead }),
      catalogue,
      warehouse,
      folder: folder.root,
      previous,
      keyring,
      context,
      ...settings,
    })
    const intake = await withConsents(running, warehouse, taken)
    const asOf = await resolveAsOf(catalogue, warehouse, clock(), options.asOf, intake.state.files)
    const rows = intake.rows.reduce((sum, row) => sum + row.read, 0)
    const seconds = Math.round(performance.now() - begin) / 1000
    await prepareSteps(warehouse)
    await warehouse.run(
      sql`insert into run_state.steps select 'intake', ${rows}, ${startedAt}, ${seconds}, 1`,
    )
    progress({ step: 'intake', status: 'done', rows, seconds })
    const ledger = running.state === null ? [] : await ledgerEntries(running.state, startedAt)
    return { intake, asOf, ledger, keyring: async () => keyring, asked: cluster?.asked() ?? [] }
  } catch (error) {
    if (signal.aborted) stopIfAsked(signal)
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    cluster?.close()
    warehouse.close()
    await rm(folder.spill, { recursive: true, force: true })
  }
}

/** Adds the decisions that the state holds, as of now, to what was taken in; those that the cluster reads itself are a source. */
async function withConsents(
  { state, folder, catalogue }: Running,
  warehouse: Warehouse,
  taken: IntakeResult,
): Promise<IntakeResult> {
  if (state === null || catalogue.sources.some(({ key }) => key === stateSourceKey)) return taken
  const fileOf = (hash: string) => join(folder.root, intakePaths.standard('consents', hash))
  const consents = await copyConsents(state, warehouse, fileOf)
  return consents === null ? taken : { ...taken, state: { ...taken.state, consents } }
}

/** The pending database becomes the run's, unless an earlier attempt of the same run left one to go on with. */
export async function keepPending(folder: Folder, run: RunFolder): Promise<void> {
  const pending = pendingRun(folder)
  if (existsSync(run.database)) await rm(pending.path, { recursive: true, force: true })
  else {
    await rm(run.path, { recursive: true, force: true })
    await rename(pending.path, run.path)
  }
}

const statePath = (run: RunFolder) => join(run.path, 'intake.json')

export async function writeIntakeState(run: RunFolder, state: IntakeState): Promise<void> {
  await writeAtomically(statePath(run), `${JSON.stringify(state)}\n`)
}

/** What the run took in: needed to see its standard tables again. */
export async function readIntakeState(run: RunFolder): Promise<IntakeState | null> {
  try {
    return JSON.parse(await readFile(statePath(run), 'utf8')) as IntakeState
  } catch {
    return null
  }
}

async function previousState(folder: Folder): Promise<IntakeState | null> {
  const current = await readPointer(folder)
  return current === null ? null : await readIntakeState(current)
}

export const pendingRun = (folder: Folder) => runFolderOf(folder, 'pending')
