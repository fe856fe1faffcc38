import type { Text } from '@tranche/contract'
import { wilsonInterval } from '@tranche/stats'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { outcomeOf, outcomeSql } from '../segments/outcome.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

/** How frequent an outcome is in a cell of a set. */
export interface CellOutcome {
  readonly cell: string
  /** Customers whose outcome is known, and those with it. */
  readonly n: number
  readonly events: number
  readonly rate: number
  readonly low: number
  readonly high: number
  /** Over the rate of all; null where that is zero. */
  readonly lift: number | null
}

export interface SetOutcome {
  readonly outcome: string
  readonly label: Text
  readonly rate: number
  /** Cells of fewer people than may be shown are left out. */
  readonly cells: readonly CellOutcome[]
}

/** Outcome metrics of the workspace by cell of a set, with 95% intervals (Wilson 1927), in one scan. */
export async function setOutcomes(
  warehouse: Warehouse,
  catalogue: Catalogue,
  set: string,
  known: ReadonlySet<string>,
): Promise<readonly SetOutcome[]> {
  const outcomes = catalogue.metrics.flatMap(({ key, value }) => {
    const found = value.outcome === undefined ? undefined : readable(key, catalogue)
    return found === undefined || !known.has(found.feature) ? [] : [{ key, label: value.label, found }]
  })
  if (outcomes.length === 0) return []
  const counts = outcomes.flatMap(({ found }, index): Sql[] => {
    const value = outcomeSql(found, 'features')
    return [
      sql`count(${value}) as ${ident(`n${index}`)}`,
      sql`cast(coalesce(sum(${value}), 0) as bigint) as ${ident(`events${index}`)}`,
    ]
  })
  const rows = await warehouse.rows<Record<string, string | number | null>>(sql`
    select ${ident(set)} as cell, ${join(counts)} from customer_sets join features using (customer_id)
    group by ${ident(set)} order by ${ident(set)} nulls last`)
  const minimum = catalogue.workspace.disclosure.minimumCell
  return outcomes.map(({ key, label }, index) => {
    const all = rows.map((row) => ({
      cell: row['cell'] as string | null,
      n: Number(row[`n${index}`]),
      events: Number(row[`events${index}`]),
    }))
    const total = all.reduce((sum, { n }) => sum + n, 0)
    const rate = total === 0 ? 0 : all.reduce((sum, { events }) => sum + events, 0) / total
    return {
      outcome: key,
      label,
      rate,
      cells: all.flatMap(({ cell, n, events }) => {
        if (cell === null || n === 0 || n < minimum) return []
        const { low, high } = wilsonInterval({ successes: events, n })
        const own = events / n
        return [{ cell, n, events, rate: own, low, high, lift: rate === 0 ? null : own / rate }]
      }),
    }
  })
}

/** An outcome whose attribute no feature carries can't be told by cell, and is left out. */
function readable(key: string, catalogue: Catalogue) {
  try {
    return outcomeOf(key, catalogue)
  } catch (error) {
    if (error instanceof TrancheError) return undefined
    throw error
  }
}
