import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join as joinPath } from 'node:path'
import type { Source } from '@tranche/contract'
import { writeAtomically } from '../../engine/atomic-file.ts'
import type { RunContext } from '../../engine/run-context.ts'
import type { TrinoWarehouse } from '../../engine/trino.ts'
import { TrancheError } from '../../errors.ts'
import type { Catalogue, Definition } from '../../workspace/catalogue.ts'
import { canonicalJson, sha256 } from '../../workspace/hash.ts'
import {
  type FileContent,
  type IntakeState,
  intakePaths,
  type TakenFile,
  type TakenTable,
} from '../intake-state.ts'
import type { CompiledTable, CompileOptions } from '../mapping/compile-table.ts'
import { fileIdOf, mappingHash } from '../mapping/file-hash.ts'
import { compileInPlace, type OtherThere, rawRowsInPlace } from './compile.ts'
import type { ClusterTable } from './place.ts'
import { followedInRun, foreignKeys, othersOf } from './references.ts'
import { readable, type SourceThere, scanMapping, scanUnmapped, tablesOf } from './scan-mapping.ts'
import type { Scanned } from './scan-table.ts'
import { pinnedContent, type TablesThere } from './tables-there.ts'
import { contentOf } from './unchanged.ts'

export interface TakeSourceOptions {
  readonly warehouse: TrinoWarehouse
  readonly tables: TablesThere
  /** The system whose numbers customers keep. */
  readonly home: string
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
  const others = await othersThere(options, source)
  const step = `intake ${source.key} ${there.name}`
  const path = `cluster:${there.name}`
  const before = previous?.files.find((known) => known.source === source.key && known.path === path)
  const hashOf = (content: string) =>
    sha256(
      `${content}\x1f${mappingHash({
        ...{ source: source.value, timeZone: catalogue.workspace.timeZone, key: '' },
        lookedUp: [
          ...others.map((other) => `${other.source.key} ${other.content}`),
          ...source.value.tables.flatMap((_, index) =>
            followedInRun(catalogue, source, index).length > 0 ? [`followed in run ${index}`] : [],
          ),
          ...foreignKeys(source).map(({ expectation, index }) => canonicalJson({ ...expectation, index })),
        ],
      })}`,
    )
  const pinned = pinnedContent(there)
  const known = pinned === null ? null : await storedContent(folder, hashOf(pinned), context.clock())
  if (known === null) context.progress({ step, status: 'started' })
  const content = known ?? (await readThere(options, { source, there, others }, pinned, hashOf))
  context.progress({ step, status: known === null ? 'done' : 'reused', rows: content.records })
  const status = before === undefined ? 'new' : before.hash === content.hash ? 'unchanged' : 'changed'
  return { ...content, source: source.key, path, bytes: 0, mtimeMs: 0, inode: 0, status, copyOf: null }
}

/** Tables that a source's rows are held against, each with what stands for its content and what is made of it. */
async function othersThere(
  { tables, catalogue }: TakeSourceOptions,
  source: Definition<Source>,
): Promise<readonly (OtherThere & { readonly content: string })[]> {
  const found: (OtherThere & { readonly content: string })[] = []
  for (const other of othersOf(catalogue, source)) {
    const { timeZone } = catalogue.workspace
    const mapping = mappingHash({ source: other.value, timeZone, key: '', lookedUp: [] })
    const content = `${await tables.content(other)} ${mapping}`
    found.push({ source: other, there: await tables.look(other), content })
  }
  return found
}

async function readThere(
  options: TakeSourceOptions,
  place: SourceThere,
  pinned: string | null,
  hashOf: (content: string) => string,
): Promise<FileContent> {
  const { source, there, others } = place
  const compiled = source.value.tables.map((_, index) =>
    compileInPlace({ ...place, fileId: 'scanned', clocks: options.clocks }, index),
  )
  compiled.forEach(requireNumbers)
  const scans: Scanned[] = []
  for (const [index, table] of compiled.entries()) {
    options.context.signal.throwIfAborted()
    scans.push(await scanMapping(options, place, index, table))
  }
  const { read, profile, sum } = scans[0] ?? (await scanUnmapped(options, place))
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
    ...(others.length === 0 ? {} : { others: tablesOf(others) }),
    ...(pinned === null ? { summed: readable(source, there).map(({ name }) => name) } : {}),
  }
  const path = joinPath(options.folder, intakePaths.content(hash))
  await mkdir(dirname(path), { recursive: true, mode: 0o750 })
  await writeAtomically(path, `${JSON.stringify(taken)}\n`)
  return taken
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

function notesOf({ snapshot, upTo }: ClusterTable): FileContent['notes'] {
  if (upTo !== undefined)
    return [
      {
        en: `Read where it lies: rows that were added up to ${upTo.instant}.`,
        zh: `就地读取：截至 ${upTo.instant} 已追加的行。`,
      },
    ]
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
