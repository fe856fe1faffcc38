import { ident, join, type Sql, sql, whole } from '../sql/sql.ts'

/** Customers with from ≤ c < to. */
export interface Chunk {
  readonly from: number
  readonly to: number
}

/** One grouped pass over a narrowed table: a relation of one row per customer, joined to the customers by c. */
export interface Relation {
  readonly alias: string
  /** Names, with about how many bytes the pass holds for each customer. */
  readonly columns: ReadonlyMap<string, number>
  /** The pass with only these columns. */
  readonly statement: (chunk: Chunk, columns: ReadonlySet<string>) => Sql
}

/** State of an aggregate and its copy in a join. */
export const bytesPerCell = 40

/** The name under which a column of a relation stands beside the customers. */
export const joined = (alias: string, column: string): Sql => ident(`${alias}_${column}`)

export const inChunk = ({ from, to }: Chunk): Sql => sql`c >= ${whole(from)} and c < ${whole(to)}`

/** A value of the rows that count, NULL of others. */
export type OnlyThose = (value: Sql) => Sql

export const all: OnlyThose = (value) => value

/** For aggregates, which pass over NULL: for a filter the engine would slice every column beneath, for each of them. */
export function onlyWhere(conditions: readonly Sql[]): OnlyThose {
  if (conditions.length === 0) return all
  return (value) => sql`case when ${join(conditions, ' and ')} then ${value} end`
}

/** Number of the rows that satisfy all conditions. */
export function countWhere(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`count(*)` : sql`count(${onlyWhere(conditions)(sql`1`)})`
}
