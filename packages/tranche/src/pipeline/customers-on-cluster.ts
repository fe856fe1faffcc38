import { type StandardTable, type StandardTableName, standardTables } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { otherSpellings } from '../intake/identity/spellings.ts'
import { customerColumns } from '../intake/mapping/order-of-columns.ts'
import { byDialect, ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { columnsThere } from './standard-columns-there.ts'

/** Tables whose rows belong to customers, customers themselves last. */
export const customerTables: readonly StandardTableName[] = [
  ...(standardTables as readonly StandardTable[])
    .filter(({ name, perCustomer }) => perCustomer && !['customer_versions', 'customer_keys'].includes(name))
    .map(({ name }) => name as StandardTableName),
  'customer_versions',
]

/** What is known of customers' numbers on the cluster, where some rows of customers lie there. */
export interface CustomersThere {
  /** Numbers spelled unlike the others; their rows are read as those of the others' spelling. */
  readonly spelled: number
  /** Customers whom no table of customers names. */
  readonly derived: number
}

const numbersTable = 'customer_numbers'
const spellingsTable = 'customer_spellings'
const derivedTable = 'derived_customers'

/**
 * Looks at the numbers of customers in all tables in one go, and leaves tables of those spelled unlike the others and of those
 * that no table of customers names, as intake does for what is read on this machine.
 * @param parts queries that give the rows of each table
 */
export async function findCustomersThere(
  cluster: Warehouse,
  parts: ReadonlyMap<StandardTableName, readonly Sql[]>,
): Promise<CustomersThere> {
  const numbers = [...parts].flatMap(([name, queries]) =>
    queries.map((rows) => sql`select customer_id, ${name === 'customer_versions'} as named from (${rows})`),
  )
  const none = sql`select cast(null as varchar) as customer_id, false as named where false`
  await cluster.run(sql`create or replace table ${tableNamed(numbersTable)} as
    select customer_id, bool_or(named) as named
    from (${numbers.length === 0 ? none : join(numbers, ' union all ')}) where customer_id is not null group by customer_id`)
  const { others } = await otherSpellings(cluster, sql`select customer_id from ${tableNamed(numbersTable)}`)
  const spelled = others === null ? 0 : await keep(cluster, spellingsTable, others)
  const number = spelled === 0 ? sql`n.customer_id` : sql`coalesce(a.customer_id, n.customer_id)`
  const derived = await keep(
    cluster,
    derivedTable,
    sql`select ${number} as customer_id from ${tableNamed(numbersTable)} n${spelled === 0 ? sql`` : spellingsOf('n', 'customer_id', 'a')}
      group by ${number} having not bool_or(named)`,
  )
  await cluster.run(sql`drop table ${tableNamed(numbersTable)}`)
  return { spelled, derived }
}

/** Keeps a query's rows as a table, if it has any. @returns how many */
async function keep(cluster: Warehouse, table: string, query: Sql): Promise<number> {
  await cluster.run(sql`create or replace table ${tableNamed(table)} as ${query}`)
  const { n } = await cluster.row<{ n: number }>(sql`select count(*) as n from ${tableNamed(table)}`)
  if (n === 0) await cluster.run(sql`drop table ${tableNamed(table)}`)
  return n
}

const spellingsOf = (rows: string, column: string, alias: string): Sql =>
  sql` left join ${tableNamed(spellingsTable)} ${ident(alias)} on ${ident(alias, 'spelling')} = ${ident(rows, column)}`

/** Rows of a table with customers' numbers spelled like the others'. */
export function spelledAlike(catalogue: Catalogue, name: StandardTableName, rows: Sql): Sql {
  const columns = columnsThere(catalogue, name)
  const numbers = columns.filter((column) => customerColumns.includes(column.name))
  const values = columns.map((column) => {
    const own = ident('t', column.name)
    const alias = numbers.indexOf(column)
    return alias < 0
      ? own
      : sql`coalesce(${ident(`a${alias}`, 'customer_id')}, ${own}) as ${ident(column.name)}`
  })
  const joins = numbers.map((column, alias) => spellingsOf('t', column.name, `a${alias}`))
  return sql`select ${join(values)} from (${rows}) t${joins.length === 0 ? sql`` : join(joins, '')}`
}

/** `_file` of customers whom the cluster found in other tables alone. */
export const derivedThere = '_cluster'

/** Rows for customers whom no table of customers names: nothing is known of them but the number. */
export function derivedRows(catalogue: Catalogue): Sql {
  const own: Readonly<Record<string, Sql>> = {
    customer_id: sql`customer_id`,
    source: sql`'_derived'`,
    _file: sql`${derivedThere}`,
    _line: sql`cast(0 as bigint)`,
  }
  const columns = columnsThere(catalogue, 'customer_versions').map(
    ({ name, type }) =>
      sql`cast(${own[name] ?? sql`null`} as ${byDialect((dialect) => dialect.columnType(type))}) as ${ident(name)}`,
  )
  return sql`select ${join(columns)} from ${tableNamed(derivedTable)}`
}
