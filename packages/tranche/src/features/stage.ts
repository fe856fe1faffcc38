import { ident, join, type Sql, sql, unsafeRaw } from '../sql/sql.ts'

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

/** A whole number as a constant: engines plan better for one they know than for a parameter. */
export function whole(value: number): Sql {
  if (!Number.isSafeInteger(value)) throw new RangeError(`Not a whole number: ${value}`)
  return unsafeRaw(String(value))
}

/** An aggregate over the rows that satisfy all conditions. */
export function filtered(aggregate: Sql, conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? aggregate : sql`${aggregate} filter (where ${join(conditions, ' and ')})`
}
