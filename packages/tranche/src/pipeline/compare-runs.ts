import { openDuckDb } from '../engine/duckdb.ts'
import type { RunFolder } from '../engine/folder.ts'
import { beside } from '../engine/published.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql, typed } from '../sql/sql.ts'

/** A table of two runs that should be the same. */
export interface ComparedTable {
  readonly table: string
  /** Rows, and how many of them the other run has not; null where it has no such table. */
  readonly published: Side
  readonly again: Side
  readonly equal: boolean
}

type Side = { readonly rows: number; readonly differing: number } | null

export interface CompareOptions {
  readonly spillTo: string
  readonly threads?: number
  readonly memoryMb?: number
  /**
   * By how much doubles may differ, relative to the larger, to count as the same: 0 on one machine; engines of many machines add
   * them in whatever order parts come.
   */
  readonly tolerance: number
}

/**
 * Compares all tables of two runs on this machine row by row, in whatever order rows lie: those that only one of them has are
 * told apart in the engine, doubles within the tolerance being the same. Rows that several times the same count as often.
 */
export async function compareRuns(
  published: RunFolder,
  again: RunFolder,
  { tolerance, ...options }: CompareOptions,
): Promise<readonly ComparedTable[]> {
  const warehouse = await openDuckDb({ ...options, path: ':memory:' })
  const compared: ComparedTable[] = []
  try {
    await beside(warehouse, published, 'published', async () => {
      await beside(warehouse, again, 'again', async () => {
        const [one, other] = [await shapesOf(warehouse, 'published'), await shapesOf(warehouse, 'again')]
        for (const table of [...new Set([...one.keys(), ...other.keys()])].sort())
          compared.push(await compare(warehouse, table, one.get(table), other.get(table), tolerance))
      })
    })
  } finally {
    warehouse.close()
  }
  return compared
}

interface Column {
  readonly name: string
  readonly type: string
}

/** Columns of the tables of an attached run, by table. */
async function shapesOf(warehouse: Warehouse, run: string): Promise<ReadonlyMap<string, readonly Column[]>> {
  const columns = await warehouse.rows<{ table: string; name: string; type: string }>(
    sql`select table_name as "table", column_name as name, data_type as type from duckdb_columns()
      where database_name = ${run} and schema_name = 'main' and not internal
        and table_name in (select table_name from duckdb_tables() where database_name = ${run} and schema_name = 'main')
      order by table_name, column_index`,
  )
  return Map.groupBy(columns, ({ table }) => table)
}

async function compare(
  warehouse: Warehouse,
  table: string,
  published: readonly Column[] | undefined,
  again: readonly Column[] | undefined,
  tolerance: number,
): Promise<ComparedTable> {
  const placeOf = (run: string) => ident(run, 'main', table)
  const rows = async (run: string) =>
    (await warehouse.row<{ n: number }>(sql`select count(*) as n from ${placeOf(run)}`)).n
  const side = async (
    run: string,
    columns: readonly Column[] | undefined,
    differing?: number,
  ): Promise<Side> => {
    if (columns === undefined) return null
    const n = await rows(run)
    return { rows: n, differing: differing ?? n }
  }
  const shape = (columns: readonly Column[] | undefined) =>
    JSON.stringify(columns?.map(({ name, type }) => [name, type]))
  if (published === undefined || again === undefined || shape(published) !== shape(again))
    return {
      ...{ table, equal: false },
      published: await side('published', published),
      again: await side('again', again),
    }
  const only = async (name: string, one: string, other: string) =>
    await warehouse.run(
      sql`create or replace temp table ${ident(name)} as select * from ${placeOf(one)} except all select * from ${placeOf(other)}`,
    )
  await only('only_published', 'published', 'again')
  await only('only_again', 'again', 'published')
  const close = tolerance === 0 ? 0 : await countClose(warehouse, published, tolerance)
  const count = async (name: string) =>
    (await warehouse.row<{ n: number }>(sql`select count(*) as n from ${ident(name)}`)).n - close
  const [lost, added] = [await count('only_published'), await count('only_again')]
  return {
    ...{ table, equal: lost === 0 && added === 0 },
    published: await side('published', published, lost),
    again: await side('again', again, added),
  }
}

/** Rows that only one run has whose doubles alone differ from those of a row that only the other has, by no more than the tolerance. */
async function countClose(
  warehouse: Warehouse,
  columns: readonly Column[],
  tolerance: number,
): Promise<number> {
  const doubles = columns.filter(({ type }) => type === 'DOUBLE').map(({ name }) => ident(name))
  if (doubles.length === 0) return 0
  const others = columns.filter(({ type }) => type !== 'DOUBLE').map(({ name }) => ident(name))
  const places = (name: string) =>
    sql`(select *, row_number() over (${others.length === 0 ? sql`` : sql`partition by ${join(others)}`} order by ${join(doubles)}) as _place from ${ident(name)})`
  const same = others.map((name) => sql`a.${name} is not distinct from b.${name}`)
  const near = doubles.map((name) => isNear(sql`a.${name}`, sql`b.${name}`, tolerance))
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${places('only_published')} as a join ${places('only_again')} as b
      on ${join([sql`a._place = b._place`, ...same, ...near], ' and ')}`,
  )
  return n
}

function isNear(one: Sql, other: Sql, tolerance: number): Sql {
  const within = sql`abs(${one} - ${other}) <= ${typed('double', tolerance)} * greatest(abs(${one}), abs(${other}))`
  return sql`(${one} is not distinct from ${other} or coalesce(${within}, false))`
}
