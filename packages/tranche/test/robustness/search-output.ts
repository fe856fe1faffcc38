import { readdir, readFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { gunzipSync, inflateRawSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { ident, join, sql, typed, unsafeRaw } from '../../src/sql/sql.ts'

export interface Leak {
  readonly file: string
  /** Table and column, or the part of an archive. */
  readonly part: string
  readonly needle: string
}

export interface Searched {
  readonly leaks: readonly Leak[]
  /** What was looked into, by kind: that nothing was found in nothing proves nothing. */
  readonly looked: Readonly<Record<string, number>>
}

/** Looks for texts in every byte under the folders: as written, unzipped, and through SQL in every column there is. */
export async function searchOutput(
  folders: readonly string[],
  needles: readonly string[],
): Promise<Searched> {
  const looked: Record<string, number> = {}
  const leaks: Leak[] = []
  const warehouse = await openDuckDb({ path: ':memory:' })
  const note = (kind: string) => {
    looked[kind] = (looked[kind] ?? 0) + 1
  }
  try {
    for (const folder of folders)
      for (const file of await filesUnder(folder)) {
        const bytes = await readFile(file)
        note('files')
        const found = (part: string, hits: readonly string[]) =>
          leaks.push(...hits.map((needle) => ({ file, part, needle })))
        found('bytes', inBytes(bytes, needles))
        if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
          note('gzip')
          found('gunzipped', inBytes(gunzipSync(bytes), needles))
        }
        if (bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04') {
          note('zip')
          for (const [name, content] of zipParts(bytes)) found(name, inBytes(content, needles))
        }
        if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') {
          note('parquet')
          const relation = `read_parquet(${warehouse.dialect.literal(typed('varchar', file))})`
          for (const [column, hits] of await inColumns(warehouse, relation, needles)) found(column, hits)
        }
        if (bytes.subarray(8, 12).toString('latin1') === 'DUCK') {
          note('duckdb')
          for (const [part, hits] of await inDatabase(warehouse, file, needles)) found(part, hits)
        }
      }
  } finally {
    warehouse.close()
  }
  return { leaks, looked }
}

/** The needles that stand in a text. */
export function inText(text: string, needles: readonly string[]): readonly string[] {
  return needles.filter((needle) => text.includes(needle))
}

async function filesUnder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => joinPath(entry.parentPath, entry.name))
}

const encodings = ['utf8', 'gb18030', 'utf16le', 'utf16be']

function inBytes(bytes: Buffer, needles: readonly string[]): readonly string[] {
  return needles.filter((needle) =>
    encodings.some((encoding) => bytes.includes(iconv.encode(needle, encoding))),
  )
}

/** Parts of a ZIP archive by its directory; each stored or deflated. */
function* zipParts(bytes: Buffer): Iterable<readonly [string, Buffer]> {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place))
    const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes!)
    const local = bytes.readUInt32LE(at + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const packed = bytes.subarray(start, start + bytes.readUInt32LE(at + 20))
    yield [name, bytes.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed)]
    at += 46 + nameBytes! + extraBytes! + commentBytes!
  }
}

async function inDatabase(
  warehouse: DuckDbWarehouse,
  file: string,
  needles: readonly string[],
): Promise<readonly (readonly [string, readonly string[]])[]> {
  await warehouse.run(
    sql`attach ${unsafeRaw(warehouse.dialect.literal(typed('varchar', file)))} as searched (read_only)`,
  )
  try {
    const tables = await warehouse.rows<{ schema: string; name: string }>(
      sql`select schema_name as schema, table_name as name from duckdb_tables() where database_name = 'searched'`,
    )
    const views = await warehouse.rows<{ text: string }>(
      sql`select sql as text from duckdb_views() where database_name = 'searched'`,
    )
    const found: (readonly [string, readonly string[]])[] = views.map(({ text }) => [
      'a view',
      inText(text ?? '', needles),
    ])
    for (const { schema, name } of tables)
      for (const [column, hits] of await inColumns(warehouse, `searched."${schema}"."${name}"`, needles))
        found.push([`${schema}.${name}.${column}`, hits])
    return found
  } finally {
    await warehouse.run(sql`detach searched`)
  }
}

async function inColumns(
  warehouse: DuckDbWarehouse,
  relation: string,
  needles: readonly string[],
): Promise<readonly (readonly [string, readonly string[]])[]> {
  const from = unsafeRaw(relation)
  const columns = await warehouse.rows<{ column_name: string }>(sql`describe select * from ${from}`)
  if (columns.length === 0) return []
  const texts = columns.map(
    ({ column_name: column }, index) =>
      sql`string_agg(distinct cast(${ident(column)} as varchar), chr(10)) as ${ident(`c${index}`)}`,
  )
  const found = await warehouse.row<Record<string, string | null>>(sql`select ${join(texts)} from ${from}`)
  return columns.map(({ column_name: column }, index) => [
    column,
    [...inText(column, needles), ...inText(found[`c${index}`] ?? '', needles)],
  ])
}
