import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join as joinPath } from 'node:path'
import type { Source } from '@tranche/contract'
import { writeAtomically } from '../../engine/atomic-file.ts'
import type { RunContext } from '../../engine/run-context.ts'
import type { TrinoWarehouse } from '../../engine/trino.ts'
import { TrancheError } from '../../errors.ts'
import type { Catalogue, Definition } from '../../workspace/catalogue.ts'
import { sha256 } from '../../workspace/hash.ts'
import {
  type FileContent,
  type IntakeState,
  intakePaths,
  type TakenFile,
  type TakenTable,
} from '../intake-state.ts'
import type { CompiledTable, CompileOptions } from '../mapping/compile-table.ts'
import { fileIdOf, mappingHash } from '../mapping/file-hash.ts'
import type { RawColumn } from '../mapping/raw-columns.ts'
import { lookedUpSources } from '../mapping/stagings.ts'
import { checksInPlace, compileInPlace, type LookedUpThere, rawRowsInPlace } from './compile.ts'
import { type ClusterTable, tableError } from './place.ts'
import { type Scanned, scanLookedUp, scanTable } from './scan-table.ts'
import { pinnedContent, type TablesThere } from './tables-there.ts'
import { contentOf } from './unchanged.ts'

export interface TakeSourceOptions {
  readonly warehouse: TrinoWarehouse
  readonly tables: TablesThere
  readonly catalogue: Catalogue
  readonly folder: string
  readonly previous: IntakeState | null
  readonly clocks: CompileOptions['clocks']
  readonly context: RunContext
}

/**
 * Takes in a table of the cluster without taking a row of it: what its mapping makes of it is counted there, and read where it
 * lies ever after. A snapshot that was counted before is not counted again.
 * @throws TrancheError invalid_source, refused (not readable, or keys that repeat)
 */
export async function takeSource(options: TakeSourceOptions, source: Definition<Source>): Promise<TakenFile> {
  const { tables, catalogue, folder, previous, context } = options
  const there = await tables.look(source)
  const lookedUp = await lookedUpThere(options, source)
  const step = `intake ${source.key} ${there.name}`
  const path = `cluster:${there.name}`
  const before = previous?.files.find((known) => known.source === source.key && known.path === path)
  const hashOf = (content: string) =>
    sha256(
      `${content}\x1f${mappingHash({
        ...{ source: source.value, timeZone: catalogue.workspace.timeZone, key: '' },
        lookedUp: lookedUp.map((other) => `${other.source.key} ${other.content}`),
      })}`,
    )
  const pinned = pinnedContent(there)
  const known = pinned === null ? null : await storedContent(folder, hashOf(pinned), context.clock())
  if (known === null) context.progress({ step, status: 'started' })
  const content = known ?? (await readThere(options, { source, there, lookedUp }, pinned, hashOf))
  context.progress({ step, status: known === null ? 'done' : 'reused', rows: content.records })
  const status = before === undefined ? 'new' : before.hash === content.hash ? 'unchanged' : 'changed'
  return { ...content, source: source.key, path, bytes: 0, mtimeMs: 0, inode: 0, status, copyOf: null }
}

interface There extends LookedUpThere {
  readonly lookedUp: readonly LookedUpThere[]
}

/** Tables that a source's columns are looked up in, each with what stands for its content. */
async function lookedUpThere(
  { tables, catalogue }: TakeSourceOptions,
  { value }: Definition<Source>,
): Promise<readonly (LookedUpThere & { readonly content: string })[]> {
  const keys = lookedUpSources(value)
  const found: (LookedUpThere & { readonly content: string })[] = []
  for (const source of catalogue.sources.filter(({ key }) => keys.includes(key)))
    found.push({ source, there: await tables.look(source), content: await tables.content(source) })
  return found
}

async function readThere(
  options: TakeSourceOptions,
  place: There,
  pinned: string | null,
  hashOf: (content: string) => string,
): Promise<FileContent> {
  const { source, there, lookedUp } = place
  const compiled = source.value.tables.map((_, index) =>
    compileInPlace({ ...place, fileId: 'scanned', clocks: options.clocks }, index),
  )
  compiled.forEach(requireNumbers)
  const scans: Scanned[] = []
  for (const [index, table] of compiled.entries()) {
    options.context.signal.throwIfAborted()
    const scanned = await scan(options, source, there, index, table)
    requireKeys(there, table, scanned.repeated)
    scans.push(scanned)
  }
  const { read, profile, sum } = scans[0] ?? (await scanOthers(options, source, there))
  const content = pinned ?? contentOf(there, sum ?? '')
  const hash = hashOf(content)
  const taken: FileContent = {
    ...{ sha256: content, hash, id: fileIdOf(source.key, content) },
    ...{ records: read, unreadable: 0, notes: notesOf(there) },
    columns: [...rawRowsInPlace({ source, there }).columns.values()].map(({ name, kind }) => ({
      name,
      kind,
    })),
    profile,
    checks: [],
    tables: scans.map((scanned, index) => takenTable(hash, index, compiled[index]!, scanned)),
    hasLinks: false,
    there,
    ...(lookedUp.length === 0
      ? {}
      : { lookedUp: Object.fromEntries(lookedUp.map((other) => [other.source.key, other.there])) }),
    ...(pinned === null ? { summed: readable(source, there).map(({ name }) => name) } : {}),
  }
  const path = joinPath(options.folder, intakePaths.content(hash))
  await mkdir(dirname(path), { recursive: true, mode: 0o750 })
  await writeAtomically(path, `${JSON.stringify(taken)}\n`)
  return taken
}

async function scan(
  { warehouse, clocks, context }: TakeSourceOptions,
  source: Definition<Source>,
  there: ClusterTable,
  index: number,
  compiled: CompiledTable,
): Promise<Scanned> {
  const { zone } = clocks(undefined)
  try {
    return await scanTable({
      ...{ warehouse, compiled, zone, now: context.clock() },
      ...checksInPlace(source, index, compiled, zone),
      raw: readable(source, there),
      summed: there.snapshot === null,
    })
  } catch (error) {
    throw tableError(error, source)
  }
}

async function scanOthers(
  { warehouse }: TakeSourceOptions,
  source: Definition<Source>,
  there: ClusterTable,
): Promise<Pick<Scanned, 'read' | 'profile' | 'sum'>> {
  try {
    const raw = readable(source, there)
    return await scanLookedUp({ warehouse, raw, summed: there.snapshot === null }, there)
  } catch (error) {
    throw tableError(error, source)
  }
}

/** Columns of a table that anything may read. */
function readable(source: Definition<Source>, there: ClusterTable): readonly RawColumn[] {
  const columns = [...rawRowsInPlace({ source, there }).columns.values()]
  return columns.filter(({ identifier }) => identifier === undefined)
}

function takenTable(
  hash: string,
  index: number,
  { mapping, columns }: CompiledTable,
  { repeated: _repeated, profile: _profile, sum: _sum, ...counts }: Scanned,
): TakenTable {
  return {
    ...{ table: mapping.table, index, hash: sha256(`${hash}\x1f${index}`), place: 'cluster' },
    ...{ direct: [], tight: [], coded: {}, patched: 0, stepsOver: false, folded: null, numbered: false },
    columns: columns.map(({ name }) => name),
    ...counts,
  }
}

function notesOf({ snapshot }: ClusterTable): FileContent['notes'] {
  return [
    snapshot === null
      ? {
          en: 'Read where it lies; it keeps no snapshots, so that a change in the middle of a run fails the run.',
          zh: '就地读取；该表不保留快照，运行期间若有变更，运行会失败。',
        }
      : {
          en: `Read where it lies, as of snapshot ${snapshot}.`,
          zh: `就地读取，快照为 ${snapshot}。`,
        },
  ]
}

/** What was counted of the same snapshot before, if all times in it that count then do so still. */
async function storedContent(folder: string, hash: string, now: Date): Promise<FileContent | null> {
  try {
    const stored = JSON.parse(
      await readFile(joinPath(folder, intakePaths.content(hash)), 'utf8'),
    ) as FileContent
    const isPast = (text: string) =>
      Date.parse(text.length === 10 ? text : `${text.replace(' ', 'T')}Z`) <= now.getTime()
    return stored.tables.every(({ newest }) => newest === null || isPast(newest)) ? stored : null
  } catch {
    return null
  }
}

/** Rows of a table have no lines to be numbered by. */
function requireNumbers({ numbered, table, place }: CompiledTable): void {
  if (!numbered) return
  const [key] = table.key
  throw new TrancheError(
    'invalid_definition',
    {
      en: `${table.name}: rows of a table of the cluster need a number of their own, so map ${key}.`,
      zh: `${table.name}：集群表的行需要自己的编号，请映射 ${key}。`,
    },
    {
      place,
      hint: {
        en: 'Where there is none, cluster.copy: true takes the table in like a file, whose rows are numbered by line.',
        zh: '若没有编号，可设 cluster.copy: true，按文件方式读入并按行编号。',
      },
    },
  )
}

/** @throws TrancheError refused where a key repeats: which row holds is told only of what was taken in */
function requireKeys({ name }: ClusterTable, { table, place }: CompiledTable, repeated: number): void {
  if (repeated === 0) return
  const key = table.key.join(', ')
  throw new TrancheError(
    'refused',
    {
      en: `${name}: ${repeated} rows repeat the key of another row of ${table.name} (${key}).`,
      zh: `${name}：有 ${repeated} 行与 ${table.name} 的其他行键重复（${key}）。`,
    },
    {
      place,
      hint: {
        en: 'Keep one of each with where, or in a view on the cluster; or take the table in with cluster.copy: true, which tells duplicates from contradictions.',
        zh: '请用 where 或集群上的视图每键只留一行；或设 cluster.copy: true 读入该表，由系统区分重复与矛盾。',
      },
    },
  )
}
