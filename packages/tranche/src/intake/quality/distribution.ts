import type { ColumnType } from '@tranche/contract'
import { populationStabilityIndex } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { join, list, type Sql, sql, typed } from '../../sql/sql.ts'
import type { Distribution } from '../intake-state.ts'

const deciles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
const mostCategories = 20

/**
 * Counts of a column in the bins of an earlier distribution, or in deciles (numbers, days) or the most frequent
 * values (texts) of its own. The last bin takes the rest; missing values have a bin of their own.
 * @param value the column; @param relation where it is read
 */
export async function distributionOf(
  warehouse: Warehouse,
  relation: Sql,
  value: Sql,
  type: ColumnType,
  earlier: Distribution | undefined,
): Promise<Distribution> {
  const number = numberOf(value, type)
  if (number === null) {
    const categories = earlier?.categories ?? (await mostFrequent(warehouse, relation, value))
    const counts = categories.map((item) => sql`count_if(cast(${value} as varchar) = ${item})`)
    const known =
      categories.length === 0 ? sql`false` : sql`cast(${value} as varchar) in (${list(categories)})`
    const rest = sql`count_if(${value} is not null and not (${known}))`
    return {
      cuts: [],
      categories,
      counts: await countRow(warehouse, relation, [...counts, rest, sql`count_if(${value} is null)`]),
    }
  }
  const cuts = earlier?.cuts ?? (await ownCuts(warehouse, relation, number))
  const bins = [...cuts, null].map((upper, index) => {
    const lower = cuts[index - 1]
    const above = lower === undefined ? sql`true` : sql`${number} > ${typed('double', lower)}`
    return upper === null
      ? sql`count_if(${above} and ${number} is not null)`
      : sql`count_if(${above} and ${number} <= ${typed('double', upper)})`
  })
  return {
    cuts,
    categories: [],
    counts: await countRow(warehouse, relation, [...bins, sql`count_if(${number} is null)`]),
  }
}

/** PSI of a distribution against an earlier one in the same bins; null where one of them holds no rows. */
export function distributionChange(earlier: Distribution, now: Distribution): number | null {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
  if (sum(earlier.counts) === 0 || sum(now.counts) === 0) return null
  return populationStabilityIndex(earlier.counts, now.counts).index
}

function numberOf(value: Sql, type: ColumnType): Sql | null {
  switch (type) {
    case 'money':
    case 'number':
    case 'integer':
      return sql`cast(${value} as double)`
    case 'date':
    case 'instant':
      return sql`cast(datediff('day', date '1970-01-01', cast(${value} as date)) as double)`
    default:
      return null
  }
}

async function ownCuts(warehouse: Warehouse, relation: Sql, number: Sql): Promise<readonly number[]> {
  const { cuts } = await warehouse.row<{ cuts: readonly number[] | null }>(
    sql`select quantile_disc(${number}, [${join(deciles.map((share) => sql`${typed('double', share)}`))}]) as cuts from ${relation}`,
  )
  return [...new Set(cuts ?? [])].sort((a, b) => a - b)
}

async function mostFrequent(warehouse: Warehouse, relation: Sql, value: Sql): Promise<readonly string[]> {
  const rows = await warehouse.rows<{ item: string }>(
    sql`select cast(${value} as varchar) as item from ${relation} where ${value} is not null group by 1 order by count(*) desc, 1 limit ${mostCategories}`,
  )
  return rows.map(({ item }) => item)
}

async function countRow(
  warehouse: Warehouse,
  relation: Sql,
  counts: readonly Sql[],
): Promise<readonly number[]> {
  const { all } = await warehouse.row<{ all: readonly number[] }>(
    sql`select [${join(counts)}] as "all" from ${relation}`,
  )
  return all
}
