import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join as joinPath } from 'node:path'
import type { Source } from '@tranche/contract'
import { writeAtomically } from '../../engine/atomic-file.ts'
import type { RunContext } from '../../engine/run-context.ts'
import type { TrinoWarehouse } from '../../engine/trino.ts'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import type { Keyring } from '../../privacy/pseudonym.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { Catalogue, Definition } from '../../workspace/catalogue.ts'
import { sha256 } from '../../workspace/hash.ts'
import type { AsRead } from '../as-read.ts'
import { isInPlace } from '../cluster/place.ts'
import { tablesThere } from '../cluster/tables-there.ts'
import { type FileContent, type IntakeState, intakePaths, type TakenFile } from '../intake-state.ts'
import { requireReadable } from '../readers/parquet.ts'
import { stageFile } from '../readers/stage-file.ts'
import type { CompileOptions } from './compile-table.ts'
import { fileIdOf, mappingHash } from './file-hash.ts'
import type { LookedUpSource } from './lookups.ts'
import { sideBySide } from './side-by-side.ts'
import { hashFile, type SourceFile, sourceFiles } from './source-files.ts'
import { createStagings, lookedUpSources, pseudonymsOf, type Stagings } from './stagings.ts'
import { takeFile } from './take-file.ts'

export interface TakeFilesOptions {
  /** Opens the engine in which files are staged, the first time one is needed; a lane has its own temporary tables. */
  readonly scratch: (lane: number) => Promise<Warehouse>
  /** How many files may be read side by side. */
  readonly lanes: number
  readonly catalogue: Catalogue
  /** `.tranche` */
  readonly folder: string
  readonly previous: IntakeState | null
  readonly keyring: Keyring
  readonly clocks: CompileOptions['clocks']
  readonly context: RunContext
  /** What another run read, where that is to be read again and nothing else. */
  readonly asRead?: Pick<AsRead, 'isWanted' | 'requireSame'>
  /** Opens the cluster of the workspace, where a source is a table of it that is to be copied. */
  readonly cluster?: () => Promise<TrinoWarehouse>
}

export interface Hashed {
  readonly source: Definition<Source>
  readonly file: SourceFile
  readonly sha256: string
}

/** A lane's own engine and what is staged in it. */
interface Lane {
  readonly scratch: () => Promise<Warehouse>
  readonly stagings: Stagings
}

/**
 * Takes in every file of every source: those taken in before under the same mapping are not read again, and not
 * even hashed again where size, time and inode are the same. In the order of sources and paths.
 */
export async function takeFiles(options: TakeFilesOptions): Promise<readonly TakenFile[]> {
  const { catalogue, context } = options
  const hashed: Hashed[] = []
  for (const source of catalogue.sources.filter(({ value }) => !isInPlace(value)))
    for (const file of await sourceFiles(catalogue.dir, source)) {
      context.signal.throwIfAborted()
      if (options.asRead?.isWanted(source.key, file.path) === false) continue
      hashed.push({ source, file, sha256: await contentHash(options, source, file) })
    }
  options.asRead?.requireSame(
    hashed.map((item) => ({ source: item.source.key, file: item.file.path, sha256: item.sha256 })),
  )
  // Looked-up sources are staged for others to read, which only their own lane can.
  const lanes = hashed.some(({ source }) => lookedUpSources(source.value).length > 0) ? 1 : options.lanes
  return await sideBySide<Hashed, Lane, TakenFile>({
    items: hashed,
    lanes,
    open: (number) => {
      const scratch = () => options.scratch(number)
      return { scratch, stagings: createStagings({ ...options, scratch }) }
    },
    work: async (item, lane, earlier) => {
      context.signal.throwIfAborted()
      const same = hashed.findIndex(
        (other) => other.source.key === item.source.key && other.sha256 === item.sha256,
      )
      const copyOf = hashed[same] === item ? null : hashed[same]!.file.path
      // What is written of the first is that of its copies.
      if (copyOf !== null) await earlier(same)
      return await takeOne(options, item, hashed, copyOf, lane)
    },
    close: (lane) => lane.stagings.dropAll(),
  })
}

async function takeOne(
  options: TakeFilesOptions,
  { source, file, sha256: content }: Hashed,
  all: readonly Hashed[],
  copyOf: string | null,
  lane: Lane,
): Promise<TakenFile> {
  const { catalogue, previous, keyring, folder, context } = options
  const lookups = lookedUpSources(source.value)
  const lookedUp = all.filter((other) => lookups.includes(other.source.key))
  const hash = sha256(
    `${content}\x1f${mappingHash({
      source: source.value,
      timeZone: catalogue.workspace.timeZone,
      key: keyring.fingerprint,
      lookedUp: lookedUp.map((other) =>
        Object.keys(pseudonymsOf(other.source.value)).length === 0
          ? `${other.source.key} ${other.sha256}`
          : `${other.source.key} ${other.sha256} ${keyring.fingerprint}`,
      ),
    })}`,
  )
  const before = previous?.files.find((known) => known.source === source.key && known.path === file.path)
  const status = before === undefined ? 'new' : before.hash === hash ? 'unchanged' : 'changed'
  const known = await knownContent(folder, hash, before)
  const step = `intake ${source.key} ${file.path}`
  const contentTaken =
    known ?? (await readContent(options, { source, file, sha256: content }, hash, lookedUp, lane))
  context.progress({
    step,
    status: known === null ? 'done' : 'reused',
    rows: contentTaken.records,
  })
  return {
    ...contentTaken,
    source: source.key,
    path: file.path,
    bytes: file.bytes,
    mtimeMs: file.mtimeMs,
    inode: file.inode,
    status,
    copyOf,
  }
}

/** What was written of the same content and mapping before, if all of it is still there. */
async function knownContent(
  folder: string,
  hash: string,
  before: TakenFile | undefined,
): Promise<FileContent | null> {
  const stored = before?.hash === hash ? contentOf(before) : await readStored(folder, hash)
  if (stored === null) return null
  const files = [
    ...stored.tables.flatMap(({ table, hash: tableHash, place, patched, stepsOver, quarantined }) => [
      ...(place === 'written' || patched > 0 ? [intakePaths.standard(table, tableHash)] : []),
      ...(stepsOver ? [intakePaths.lines(table, tableHash)] : []),
      ...(quarantined > 0 ? [intakePaths.quarantine(tableHash)] : []),
    ]),
    ...(stored.hasLinks ? [intakePaths.links(hash)] : []),
  ]
  return files.every((file) => existsSync(joinPath(folder, file))) ? stored : null
}

function contentOf(file: TakenFile): FileContent {
  const { source: _s, path: _p, bytes: _b, mtimeMs: _m, inode: _i, status: _t, copyOf: _c, ...content } = file
  return content
}

async function readStored(folder: string, hash: string): Promise<FileContent | null> {
  try {
    return JSON.parse(await readFile(joinPath(folder, intakePaths.content(hash)), 'utf8')) as FileContent
  } catch {
    return null
  }
}

async function readContent(
  options: TakeFilesOptions,
  { source, file, sha256: content }: Hashed,
  hash: string,
  lookedUp: readonly Hashed[],
  { scratch, stagings }: Lane,
): Promise<FileContent> {
  const { folder } = options
  options.context.progress({ step: `intake ${source.key} ${file.path}`, status: 'started' })
  const others = new Map<string, LookedUpSource>()
  for (const key of new Set(lookedUp.map((other) => other.source.key)))
    others.set(key, await stagings.lookedUp(lookedUp.filter((other) => other.source.key === key)))
  const { staged, isParquet } = await stagings.stage({ source, file, sha256: content })
  try {
    const found = await takeFile({
      warehouse: await scratch(),
      catalogue: options.catalogue,
      source,
      file,
      staged,
      isParquet,
      hash,
      sha256: content,
      fileId: fileIdOf(source.key, content),
      folder,
      keyring: options.keyring,
      clocks: options.clocks,
      lookedUp: (key) => others.get(key)!,
    })
    const path = joinPath(folder, intakePaths.content(hash))
    await mkdir(dirname(path), { recursive: true, mode: 0o750 })
    await writeAtomically(path, `${JSON.stringify(found)}\n`)
    return found
  } catch (error) {
    if (isParquet && error instanceof TrancheError && error.code === 'query_failed')
      await requireReadable(await scratch(), file.absolute)
    throw error
  } finally {
    await stagings.release({ source, file })
  }
}

async function contentHash(
  { previous, scratch, context, cluster }: TakeFilesOptions,
  source: Definition<Source>,
  file: SourceFile,
): Promise<string> {
  const before = previous?.files.find((known) => known.source === source.key && known.path === file.path)
  const same =
    before !== undefined &&
    before.bytes === file.bytes &&
    before.mtimeMs === file.mtimeMs &&
    before.inode === file.inode
  if (source.value.cluster !== undefined) return await tablesThere(await cluster!()).content(source)
  if (source.value.postgres === undefined)
    return same ? before.sha256 : await hashFile(file.absolute, context.signal)
  // A table of a database has no time of its last change: its rows are hashed, whatever their order.
  const warehouse = await scratch(0)
  const staged = await stageFile({
    source: source.value,
    file: file.absolute,
    warehouse,
    signal: context.signal,
  })
  try {
    const columns = join(staged.columns.map(({ name }) => ident(name)))
    const { text } = await warehouse.row<{ text: string }>(
      sql`select cast(count(*) as varchar) || ':' || coalesce(cast(sum(hash(${columns})) as varchar), '') as text from ${staged.relation}`,
    )
    return sha256(text)
  } finally {
    await staged.drop()
  }
}
