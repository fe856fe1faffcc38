import type { TypedExpr } from '@tranche/language'
import { byDialect, join, type Sql, sql } from './sql.ts'

/** How an engine stores a number: doubles may hold NaN and infinity, decimals have places after the point. */
export type NumberStorage = 'double' | 'integer' | { readonly decimals: number }

/** A part of an expression as SQL. */
export interface Fragment {
  readonly sql: Sql
  /** About how many values and columns its text names; what is large is not written twice. */
  readonly size: number
  /** A number that may be NaN or infinite, which means unknown and spreads until it is turned into NULL. */
  readonly mayOverflow?: boolean
  /** A condition that is never NULL. */
  readonly total?: boolean
}

/** The compilers of parts, and where names lead. */
export interface Compiler {
  readonly column: (name: string) => Sql
  readonly storage: (name: string) => NumberStorage
  readonly businessDay: (instant: Sql) => Sql
  readonly inSegment: (key: string) => Sql
  readonly compile: (expr: TypedExpr) => Fragment
  /** Like `compile`, with NULL for a number that is not finite. */
  readonly known: (expr: TypedExpr) => Fragment
}

/** A fragment made of others, neither overflowing nor total. */
export function plain(statement: Sql, ...parts: readonly Fragment[]): Fragment {
  return { sql: statement, size: sizeOf(parts) }
}

export function sizeOf(parts: readonly Fragment[]): number {
  return parts.reduce((sum, { size }) => sum + size, 1)
}

/** Turns what is not finite into NULL. */
export function finiteSql(fragment: Fragment): Fragment {
  if (!fragment.mayOverflow) return fragment
  const { sql: value, size } = fragment
  if (size <= largestRepeated)
    return { sql: sql`(${byDialect((dialect) => dialect.finite(value))})`, size: size * 2 }
  // Repeating it at every level would double the text each time; a lambda names it once.
  return { sql: byDialect((dialect) => dialect.finiteOnce(value)), size: size + 1 }
}

/** `condition ? yes : no`, NULL where the condition is. */
export function chosen(condition: Fragment, yes: Fragment, no: Fragment): Fragment {
  const size = sizeOf([condition, condition, yes, no])
  const mayOverflow = yes.mayOverflow === true || no.mayOverflow === true
  const total = condition.total === true && yes.total === true && no.total === true
  const asked = condition.sql
  if (condition.total)
    return { sql: sql`(case when ${asked} then ${yes.sql} else ${no.sql} end)`, size, mayOverflow, total }
  if (condition.size <= largestRepeated)
    return {
      sql: sql`(case when ${asked} then ${yes.sql} when not ${asked} then ${no.sql} end)`,
      size,
      mayOverflow,
    }
  return {
    sql: byDialect((dialect) => dialect.pick(asked, yes.sql, no.sql)),
    size: size - condition.size,
    mayOverflow,
  }
}

/** The first argument that is not NULL. */
export function coalesced(args: readonly Fragment[]): Fragment {
  return {
    sql: sql`coalesce(${join(args.map((arg) => arg.sql))})`,
    size: sizeOf(args),
    total: args.some((arg) => arg.total === true),
  }
}

const largestRepeated = 16
