import type { DaySets, MonthSets, Slice } from './number-sets.ts'
import { type Sql, sql, unsafeRaw, whole } from './sql.ts'

/** A bit a day, the first day first; days in between are runs of zeros in the text of the bits. */
export const duckdbDaySets: DaySets = {
  // The engine wants the length as a constant, not as a parameter.
  collect: (number, size, only) => sql`bitstring_agg(${only(number)}, 0, ${whole(size - 1)})`,
  // Runs of zeros between the days, with those before the first and after the last. Lengths count bytes of them.
  sliced: (set, slice) => sql`string_split(cast(${masked(set, slice)} as varchar), '1')`,
  count: (runs) => sql`nullif(len(${runs}) - 1, 0)`,
  squaredGaps: (runs) => {
    const squares = sql`list_transform(${runs}, lambda run: (strlen(run) + 1) * (strlen(run) + 1))`
    // What stands before the first day and after the last is no gap.
    return sql`list_sum(${squares}[2:-2])`
  },
  firstGap: (runs) => sql`case when len(${runs}) > 2 then strlen(${runs}[2]) + 1 end`,
}

/** A bit a month, the last one lowest. */
export const duckdbMonthSets: MonthSets = {
  collect: (number, size, only) => {
    const bit = sql`cast(1 as ${size > bitsOfBigint ? sql`hugeint` : sql`bigint`}) << (${number})`
    return sql`bit_or(${only(sql`case when ${number} between 0 and ${whole(size - 1)} then ${bit} end`)})`
  },
  longestRun: (set) => sql`list_max(list_transform(string_split(bin(${set}), '0'), lambda run: strlen(run)))`,
  lastRun: (set) => {
    const upToNow = sql`case when ${set} & 1 = 0 then ${set} >> 1 else ${set} end`
    // One more turns the ones at the end to zeros and the zero before them to a one.
    return sql`(bit_count(xor(${upToNow}, ${upToNow} + 1)) - 1)`
  },
}

const bitsOfBigint = 62

function masked(set: Sql, { size, start, length }: Slice): Sql {
  if (length === size) return set
  const rest = Math.max(0, size - start - length)
  const mask = `${'0'.repeat(Math.min(size, start))}${'1'.repeat(length)}${'0'.repeat(rest)}`
  return sql`(${set} & ${unsafeRaw(`cast('${mask}' as bit)`)})`
}
