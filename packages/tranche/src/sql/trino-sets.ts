import type { DaySets, MonthSets } from './number-sets.ts'
import { type Sql, sql, whole } from './sql.ts'

/** Sorted arrays of distinct numbers. */
export const trinoDaySets: DaySets = {
  collect: (number, _, only) => sortedSet(number, sql`${only(number)} is not null`),
  sliced: (set, { size, start, length }) =>
    length === size ? set : sql`filter(${set}, d -> d >= ${whole(start)} and d < ${whole(start + length)})`,
  count: (days) => sql`nullif(cardinality(${days}), 0)`,
  squaredGaps: (days) =>
    sql`reduce(${days}, cast(row(null, null) as row(before bigint, total bigint)),
      (s, d) -> cast(row(d, case when s.before is null then null else coalesce(s.total, 0) + (d - s.before) * (d - s.before) end)
        as row(before bigint, total bigint)), s -> s.total)`,
  firstGap: (days) => sql`(element_at(${days}, 2) - element_at(${days}, 1))`,
}

export const trinoMonthSets: MonthSets = {
  collect: (number, size, only) => sortedSet(number, sql`${only(number)} between 0 and ${whole(size - 1)}`),
  longestRun: (set) =>
    sql`reduce(${set}, cast(row(null, 0, 0) as row(before bigint, run bigint, longest bigint)),
      (s, m) -> cast(row(m, case when m = s.before + 1 then s.run + 1 else 1 end,
        greatest(s.longest, case when m = s.before + 1 then s.run + 1 else 1 end)) as row(before bigint, run bigint, longest bigint)),
      s -> s.longest)`,
  // The months of the first run are as far from the first as their places are.
  lastRun: (set) =>
    sql`case when element_at(${set}, 1) <= 1 then cardinality(filter(zip_with(${set}, sequence(1, cardinality(${set})), (m, i) -> m - i),
      distance -> distance = element_at(${set}, 1) - 1)) when ${set} is not null then 0 end`,
}

/** For an array distinct by its elements the engine needs no marks of what was seen, as for a distinct aggregate. */
function sortedSet(number: Sql, condition: Sql): Sql {
  return sql`array_sort(array_distinct(array_agg(cast(${number} as bigint)) filter (where ${condition})))`
}
