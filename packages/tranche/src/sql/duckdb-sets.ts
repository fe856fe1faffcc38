import type { DaySets, MonthSets, Slice } from './number-sets.ts'
import { type Sql, sql, unsafeRaw, whole } from './sql.ts'

/** A bit a day, the first day first; days in between are runs of zeros in the text of the bits. */
export const duckdbDaySets: DaySets = {
  // The engine wants the length as a constant, not as a parameter.
  collect: (number, size, only) => sql`bitstring_agg(${only(number)}, 0, ${whole(size - 1)})`,
  count: (set, slice) => sql`nullif(bit_count(${masked(set, slice)}), 0)`,
  squaredGaps: (set, slice) => {
    const squares = sql`list_transform(${runs(set, slice)}, lambda run: (strlen(run) + 1) * (strlen(run) + 1))`
    // What stands before the first day and after the last is no gap.
    return sql`list_sum(${squares}[2:-2])`
  },
  firstGap: (set, slice) => sql`(strlen((${runs(set, slice)}[2:-2])[1]) + 1)`,
}

/** A bit a month, the last one lowest, so that its digit is the last of the text. */
export const duckdbMonthSets: MonthSets = {
  collect: (number, size, only) => {
    const bit = sql`cast(1 as ${size > bitsOfBigint ? sql`hugeint` : sql`bigint`}) << (${number})`
    return sql`bit_or(${only(sql`case when ${number} between 0 and ${whole(size - 1)} then ${bit} end`)})`
  },
  prepared: (set) => sql`bin(${set})`,
  longestRun: (text) => sql`list_max(list_transform(string_split(${text}, '0'), lambda run: strlen(run)))`,
  lastRun: (text) => {
    const upToNow = sql`case when ${text} like '%0' then substring(${text}, 1, strlen(${text}) - 1) else ${text} end`
    return sql`strlen(${upToNow}) - strlen(rtrim(${upToNow}, '1'))`
  },
}

const bitsOfBigint = 62

function masked(set: Sql, { size, start, length }: Slice): Sql {
  if (length === size) return set
  const rest = Math.max(0, size - start - length)
  const mask = `${'0'.repeat(Math.min(size, start))}${'1'.repeat(length)}${'0'.repeat(rest)}`
  return sql`(${set} & ${unsafeRaw(`cast('${mask}' as bit)`)})`
}

/** Runs of zeros between the days of the slice, with those before the first and after the last. Count bytes of them. */
function runs(set: Sql, slice: Slice): Sql {
  return sql`string_split(cast(${masked(set, slice)} as varchar), '1')`
}
