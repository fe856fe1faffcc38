import type { Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import { openBytes, readHead } from './byte-stream.ts'
import { createScanner } from './csv-scanner.ts'
import { type DecodePlan, decodePlans, EncodingMismatch, readText } from './encoding.ts'
import { columnNames } from './header.ts'
import { createLineTable } from './line-table.ts'
import type { StagedFile, StageOptions } from './staged-file.ts'
import { createRejectedRows, rejectDetail, stagingName } from './staging-table.ts'

const maxColumns = 2000

/**
 * JSON Lines: one object a line; its members become columns of texts. What is nested stays JSON text, and an object
 * of few members also gives each of them a column of its own, `customer.id`.
 */
export async function stageJsonLines(options: StageOptions): Promise<StagedFile> {
  const source = await openBytes(options.file)
  const head = await readHead(source)
  for (const plan of decodePlans(head, 'auto', options.file)) {
    try {
      return await readObjects(options, plan)
    } catch (error) {
      if (!(error instanceof EncodingMismatch)) throw error
    }
  }
  throw new TypeError('The last plan of decoding is never strict.')
}

/** Nothing of what was staged on the way stays behind when it fails. */
async function readObjects(options: StageOptions, plan: DecodePlan): Promise<StagedFile> {
  const names = {
    lines: stagingName('lines'),
    rejected: stagingName('rejected'),
    staged: stagingName('staged'),
  }
  try {
    const raw = await readLines(options, plan, names)
    return await objectsToColumns(options, plan, raw, names.staged)
  } catch (error) {
    for (const name of Object.values(names))
      await options.warehouse.run(sql`drop table if exists ${ident(name)}`)
    throw error
  }
}

interface RawLines {
  readonly lines: string
  readonly rejected: string
  readonly read: number
  readonly cutShort: boolean
}

async function readLines(
  options: StageOptions,
  plan: DecodePlan,
  names: { readonly lines: string; readonly rejected: string },
): Promise<RawLines> {
  const { warehouse, file, signal, limit } = options
  const source = await openBytes(file)
  const lines = await createLineTable(warehouse, names.lines, ['text'], null)
  const rejected = await createRejectedRows(warehouse, names.rejected, {
    width: 1,
    sealed: (options.sealed?.length ?? 0) > 0,
    delimiter: ',',
  })
  // A delimiter that stands in no text: the scanner then only splits lines and guards their length.
  const shape = { delimiter: '\0\0', quote: null, newline: '\n', width: null } as const
  const scanner = createScanner(shape, {
    plain: (line, raw) => {
      if (plan.lossy && raw.includes('\uFFFD')) return false
      const text = raw.trim()
      if (text !== '') lines.addLine(line, text)
      return true
    },
    row: (line, cells) => {
      const text = cells.join('\0\0').trim()
      if (plan.lossy && text.includes('\uFFFD')) rejected.add(line, 'bad_encoding', text, 0)
      else lines.add(line, [text])
    },
    reject: (line, reason, original, found) => rejected.add(line, reason, original, found),
  })
  let cutShort = false
  for await (const text of readText(source, plan, signal, (bytes) =>
    options.progress?.({ rows: lines.count(), bytes, totalBytes: source.bytes }),
  )) {
    scanner.push(text)
    if (lines.full()) await lines.flush()
    cutShort = limit !== undefined && lines.count() >= limit
    if (cutShort) break
  }
  if (!cutShort) scanner.end()
  await lines.flush()
  await rejected.table.flush()
  const read = lines.count() + rejected.table.count()
  return { lines: lines.name, rejected: rejected.table.name, read, cutShort }
}

async function objectsToColumns(
  options: StageOptions,
  plan: DecodePlan,
  raw: RawLines,
  table: string,
): Promise<StagedFile> {
  const { warehouse, file } = options
  const lines = ident(raw.lines)
  const shown = (options.sealed?.length ?? 0) > 0 ? sql`'***'` : sql`text`
  // Lines with the same members are one, so that few lists are taken apart; NULL are those that are no JSON.
  const lists = stagingName('lists')
  await warehouse.run(
    sql`create or replace temp table ${ident(lists)} as select case when json_valid(text) then json_keys(text) end as keys, min(_line) as line from ${lines} group by 1`,
  )
  const keys = await warehouse.rows<{ key: string }>(
    sql`select key from (select unnest(keys) as key, generate_subscripts(keys, 1) as place, line from ${ident(lists)}) group by key order by min(line * 100000 + place)`,
  )
  const { odd } = await warehouse.row<{ odd: number }>(
    sql`select count(*) as odd from ${ident(lists)} where keys is null or len(keys) = 0`,
  )
  await warehouse.run(sql`drop table ${ident(lists)}`)
  if (odd > 0) await setAside(warehouse, raw, shown)
  if (keys.length === 0) throw noObjects(file)
  if (keys.length > maxColumns) throw tooManyKeys(file, keys.length)
  const found = keys.map(({ key }) => ({ name: key, pointer: pointer(key) }))
  const paths = [...found, ...(await nestedMembers(warehouse, lines, found, maxColumns - found.length))]
  const { names, notes } = columnNames(paths.map(({ name }) => name))
  // All members in one go: every call would parse the line again.
  const members = names.map((name, index) => sql`nullif(members[${index + 1}], '') as ${ident(name)}`)
  await warehouse.run(
    sql`create or replace temp table ${ident(table)} as select _line, ${join(members)} from (select _line, json_extract_string(text, [${pointersOf(paths)}]) as members from ${lines})`,
  )
  await warehouse.run(sql`drop table ${lines}`)
  const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${ident(raw.rejected)}`)
  if (n === 0) await warehouse.run(sql`drop table ${ident(raw.rejected)}`)
  const limited: Text[] = raw.cutShort
    ? [
        {
          en: `Only ${raw.read === 1 ? 'the first row was' : `the first ${raw.read} rows were`} read.`,
          zh: `仅读取了前 ${raw.read} 行。`,
        },
      ]
    : []
  return {
    relation: ident(table),
    columns: names.map((name) => ({ name, kind: 'text' })),
    rejected: n === 0 ? null : raw.rejected,
    firstLine: 1,
    records: raw.read,
    notes: [plan.note, ...notes, ...limited],
    drop: async () => {
      await warehouse.run(sql`drop table if exists ${ident(table)}`)
      await warehouse.run(sql`drop table if exists ${ident(raw.rejected)}`)
    },
  }
}

interface Member {
  readonly name: string
  readonly pointer: string
}

/** Moves lines that are no JSON object to the rejected ones. */
async function setAside(warehouse: Warehouse, { lines, rejected }: RawLines, shown: Sql): Promise<void> {
  const detail = rejectDetail('not_json', 1, 0)
  const strange = stagingName('strange')
  await warehouse.run(
    sql`create or replace temp table ${ident(strange)} as select _line, ${shown} as original from ${ident(lines)} where not case when json_valid(text) then json_type(text) = 'OBJECT' else false end`,
  )
  await warehouse.run(
    sql`insert into ${ident(rejected)} select _line, null, 'not_json', ${detail.en}, ${detail.zh}, original from ${ident(strange)}`,
  )
  await warehouse.run(sql`delete from ${ident(lines)} where _line in (select _line from ${ident(strange)})`)
  await warehouse.run(sql`drop table ${ident(strange)}`)
}

/** Objects of more members than this are bags of properties, not records. */
const mostMembers = 50
const deepest = 3

/** Members of members, by paths such as `customer.address.city`, in the order in which they first come. */
async function nestedMembers(
  warehouse: Warehouse,
  lines: Sql,
  parents: readonly Member[],
  room: number,
  depth = 1,
): Promise<readonly Member[]> {
  if (depth > deepest || parents.length === 0) return []
  const whether = parents.map(
    (_, index) => sql`coalesce(bool_or(kinds[${index + 1}] = 'OBJECT'), false) as ${ident(`o${index}`)}`,
  )
  // One call for all members: every call parses the line.
  const kinds = await warehouse.row(
    sql`select ${join(whether)} from (select json_type(text, [${pointersOf(parents)}]) as kinds from ${lines})`,
  )
  const objects = parents.filter((_, index) => kinds[`o${index}`] === true)
  if (objects.length === 0) return []
  const keys = await warehouse.rows<{ parent: number; key: string }>(
    sql`select parent, key from (
        select parent, unnest(keys) as key, generate_subscripts(keys, 1) as place, line from (
          select parent, keys, min(_line) as line from (
            select _line, unnest(lists) as keys, generate_subscripts(lists, 1) as parent
            from (select _line, json_keys(text, [${pointersOf(objects)}]) as lists from ${lines})
          ) group by all
        )
      ) group by parent, key qualify row_number() over (partition by parent order by min(line * 100000 + place)) <= ${mostMembers + 1}
      order by parent, min(line * 100000 + place)`,
  )
  const found: Member[] = []
  for (const [index, parent] of objects.entries()) {
    const own = keys.filter((member) => member.parent === index + 1)
    if (own.length > mostMembers || found.length + own.length > room) continue
    found.push(
      ...own.map(({ key }) => ({
        name: `${parent.name}.${key}`,
        pointer: `${parent.pointer}${pointer(key)}`,
      })),
    )
  }
  return [...found, ...(await nestedMembers(warehouse, lines, found, room - found.length, depth + 1))]
}

function pointersOf(members: readonly Member[]): Sql {
  return join(members.map((member) => sql`${member.pointer}`))
}

/** A member's address as a JSON pointer, in which `~` and `/` are written `~0` and `~1`. */
function pointer(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function noObjects(file: string): TrancheError {
  return new TrancheError(
    'invalid_source',
    { en: `${file} holds no JSON object on any line.`, zh: `${file} 中没有任何一行是 JSON 对象。` },
    {
      place: { file, line: 1 },
      hint: {
        en: 'Expected JSON Lines: one object a line, such as {"customer": "17", "amount": 12.5}.',
        zh: '应为 JSON Lines：每行一个对象，如 {"customer": "17", "amount": 12.5}。',
      },
    },
  )
}

function tooManyKeys(file: string, found: number): TrancheError {
  return new TrancheError(
    'invalid_source',
    {
      en: `${file} has ${found} different names in its objects, expected at most ${maxColumns}.`,
      zh: `${file} 的对象共有 ${found} 个不同字段，至多允许 ${maxColumns} 个。`,
    },
    {
      place: { file },
      hint: {
        en: 'Put values that vary into values, not into names.',
        zh: '请将变化的内容放在值中，而不是字段名中。',
      },
    },
  )
}
