import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Input, RowCounts, Text } from '@tranche/contract'
import { type DuckDbWarehouse, openDuckDb } from '../engine/duckdb.ts'
import type { RunContext } from '../engine/run-context.ts'
import type { TrinoWarehouse } from '../engine/trino.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import type { Keyring } from '../privacy/pseudonym.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { AsRead } from './as-read.ts'
import { isInPlace } from './cluster/place.ts'
import { rowsByStatistics } from './cluster/statistics.ts'
import { tablesThere } from './cluster/tables-there.ts'
import { takeSource } from './cluster/take-source.ts'
import type { IntakeState, Resolution, TakenFile } from './intake-state.ts'
import { type CompileOptions, createClocks } from './mapping/compile-table.ts'
import { takeFiles } from './mapping/take-files.ts'
import { type Changes, changesSince, notesOf } from './quality/changes.ts'
import { checkQuality } from './quality/check-quality.ts'
import { refuseFailures } from './quality/gate.ts'
import { writeProfiles } from './quality/profile-table.ts'
import { type QualityRow, writeQualityTable } from './quality/quality-row.ts'
import { resolutionHash, resolveTables } from './quality/resolve-tables.ts'
import { storedResolution, storeResolution } from './quality/resolved-files.ts'
import { assertRowCounts, lookupTable, rowCounts, writeRowCounts } from './quality/row-counts.ts'
import { writeResolvedQuarantine } from './quarantine/resolved-quarantine.ts'
import { bindInPlace, createStandardViews, homeSystem } from './standard-views.ts'

export interface TakeInOptions {
  readonly catalogue: Catalogue
  /** The run's own database: gets the standard views and the tables quality, row_counts, profiles. */
  readonly warehouse: DuckDbWarehouse
  /** `.tranche` */
  readonly folder: string
  /** State of the last published run, or null: what it took in is not read again. */
  readonly previous: IntakeState | null
  readonly keyring: Keyring
  readonly context: RunContext
  /** What the engine may use while files are staged. */
  readonly threads?: number
  readonly memoryMb?: number
  /** Opens the cluster of the workspace, asked only where a source is a table there. */
  readonly cluster?: () => Promise<TrinoWarehouse>
  /** What another run read, where that is to be read again and nothing else. */
  readonly asRead?: AsRead
  /** Told how many rows statistics give to tables in place before one of them is counted; what it throws stops the intake. */
  readonly expected?: (tables: readonly ToldRows[]) => void
}

/** Rows of the source's table by the cluster's statistics; null where it keeps none. */
export interface ToldRows {
  readonly source: string
  readonly rows: number | null
}

export interface IntakeResult {
  readonly state: IntakeState
  readonly inputs: readonly Input[]
  /** By source and standard table; the table row_counts also has sources that are only looked up. */
  readonly rows: readonly RowCounts[]
  readonly quality: readonly QualityRow[]
  /** What this run added and restated since the previous one. */
  readonly changes: readonly Changes[]
  /** What this run says of it, for people. */
  readonly notes: readonly Text[]
}

/**
 * Takes in what lies in the sources: reads new and changed files only, maps them to the standard model, resolves
 * identities and duplicates, checks quality, and creates the standard views in the warehouse.
 * @throws TrancheError refused where an expectation of severity error fails (the table quality says which);
 *   invalid_source and invalid_definition with their place; cancelled
 */
export async function takeIn(options: TakeInOptions): Promise<IntakeResult> {
  const { catalogue, warehouse, folder, previous, context } = options
  const clocks = createClocks(catalogue.workspace.timeZone)
  const files = inOrder(catalogue, [
    ...(await readFiles(options, clocks)),
    ...(await readInPlace(options, clocks)),
  ])
  const resolution = await resolve(options, files, clocks)
  const base = { files, resolution }
  await createStandardViews({ warehouse, catalogue, folder, state: base, clocks })
  const counts = rowCounts(base)
  const rows = counts.filter(({ table }) => table !== lookupTable)
  await assertRowCounts(warehouse, rowCounts(onThisMachine(base)))
  await writeRowCounts(warehouse, counts)
  await writeProfiles(warehouse, files)
  const { quality, distributions } = await checkQuality({
    warehouse,
    catalogue,
    state: base,
    previous,
    rows,
    now: context.clock(),
  })
  await writeQualityTable(warehouse, quality)
  const state: IntakeState = { version: 1, files, resolution, distributions }
  refuseFailures(quality)
  const changes = await changesSince({ warehouse, catalogue, folder, state, previous })
  return { state, inputs: files.map(inputOf), rows, quality, changes, notes: notesOf(changes, quality) }
}

type Clocks = CompileOptions['clocks']

/** Tables of the cluster, of which only counts are asked. */
async function readInPlace(options: TakeInOptions, clocks: Clocks): Promise<readonly TakenFile[]> {
  const { catalogue, folder, previous, context } = options
  const inPlace = catalogue.sources.filter(({ value }) => isInPlace(value))
  if (inPlace.length === 0) return []
  const warehouse = await options.cluster!()
  const tables = tablesThere(warehouse, { pins: options.asRead?.pins, now: context.clock() })
  if (options.expected !== undefined) {
    const told: ToldRows[] = []
    for (const source of inPlace) {
      const rows = await rowsByStatistics(warehouse, await tables.look(source), source)
      told.push({ source: source.key, rows })
    }
    options.expected(told)
  }
  const home = homeSystem(catalogue)
  const taken: TakenFile[] = []
  for (const source of inPlace) {
    context.signal.throwIfAborted()
    taken.push(
      await takeSource({ warehouse, tables, home, catalogue, folder, previous, clocks, context }, source),
    )
  }
  return taken
}

function inOrder({ sources }: Catalogue, files: readonly TakenFile[]): readonly TakenFile[] {
  const places = new Map(sources.map(({ key }, index) => [key, index]))
  return files.toSorted((a, b) => places.get(a.source)! - places.get(b.source)!)
}

/** What was taken in without the tables of the cluster, whose rows are not here to be counted. */
function onThisMachine({ files, resolution }: Pick<IntakeState, 'files' | 'resolution'>) {
  return { resolution, files: files.filter(({ tables, there }) => there === undefined && tables.length > 0) }
}

/** Reads files in an engine of their own, in memory: what it spills is encrypted, and gone when it closes. */
async function readFiles(options: TakeInOptions, clocks: Clocks): Promise<readonly TakenFile[]> {
  const { catalogue, folder, previous, keyring, context } = options
  const spill = join(folder, 'spill', 'intake')
  await rm(spill, { recursive: true, force: true })
  let scratch: Promise<DuckDbWarehouse> | undefined
  const lanes = new Map<number, Promise<Warehouse>>()
  const ofEach = (work: (opened: Warehouse) => void) =>
    Promise.all([...lanes.values()].map((lane) => lane.then(work, () => undefined)))
  const stop = () => void ofEach((opened) => opened.interrupt())
  const openLane = async (): Promise<Warehouse> => {
    scratch ??= openScratch(options, spill)
    return await (await scratch).beside()
  }
  const laneOf = (number: number): Promise<Warehouse> => {
    const known = lanes.get(number) ?? openLane()
    lanes.set(number, known)
    return known
  }
  context.signal.addEventListener('abort', stop)
  try {
    return await takeFiles({
      scratch: laneOf,
      lanes: mostLanes,
      catalogue,
      folder,
      previous,
      keyring,
      clocks,
      context,
      ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
      ...(options.asRead === undefined ? {} : { asRead: options.asRead }),
    })
  } finally {
    context.signal.removeEventListener('abort', stop)
    await ofEach((opened) => opened.close())
    await scratch?.then(
      (opened) => opened.close(),
      () => undefined,
    )
    await rm(spill, { recursive: true, force: true })
  }
}

const defaultMemoryMb = 2048
/** While one file is decoded here another is mapped in the engine; more would only share its memory among them. */
const mostLanes = 2

async function openScratch(
  { catalogue, threads, memoryMb }: TakeInOptions,
  spill: string,
): Promise<DuckDbWarehouse> {
  await mkdir(spill, { recursive: true, mode: 0o700 })
  const settings = catalogue.workspace.warehouse
  const scratch = await openDuckDb({
    path: ':memory:',
    spillTo: spill,
    memoryMb: memoryMb ?? settings.memoryMb ?? defaultMemoryMb,
    ...((threads ?? settings.threads) === undefined ? {} : { threads: threads ?? settings.threads! }),
  })
  // The engine's built-in cipher has a weak random source; it still keeps names and phones out of plain sight.
  await scratch.run(sql`set force_mbedtls_unsafe = 'true'`)
  await scratch.run(sql`set temp_file_encryption = true`)
  return scratch
}

/** What was found before still holds while files, ranks and references are the same. */
async function resolve(
  { catalogue, warehouse, folder, context }: TakeInOptions,
  files: readonly TakenFile[],
  clocks: Clocks,
): Promise<Resolution> {
  const step = 'intake resolve'
  const stored = await storedResolution(folder, resolutionHash({ catalogue, files }))
  if (stored !== null) {
    context.progress({ step, status: 'reused' })
    return stored
  }
  context.progress({ step, status: 'started' })
  const sources = {
    catalogue,
    folder,
    files,
    clocks,
    inPlace: await bindInPlace(warehouse, catalogue, files),
  }
  const resolution = await resolveTables({
    ...{ warehouse, sources, home: homeSystem(catalogue), signal: context.signal },
    beside: () => warehouse.beside(),
  })
  await writeResolvedQuarantine(warehouse, folder, files, resolution)
  await storeResolution(folder, resolution)
  context.progress({ step, status: 'done' })
  return resolution
}

function inputOf({ source, path, bytes, sha256, status, notes, there }: TakenFile): Input {
  const snapshot = there?.snapshot
  return {
    ...{ source, file: path, bytes, sha256, status, notes: [...notes] },
    ...(snapshot === undefined || snapshot === null ? {} : { snapshot }),
  }
}
