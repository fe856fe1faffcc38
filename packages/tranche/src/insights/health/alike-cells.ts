import { adjustPValues, type SampleSummary, twoProportionZTest, welchTTest } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import type { SetModels } from '../../segments/fit-sets.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { SegmentSetDefinition } from '../../workspace/catalogue.ts'
import { cellsOf } from '../../workspace/segment-cells.ts'
import type { Ailment } from './health.ts'

/** Adjusted p from which two cells are not told apart. */
const alikeFrom = 0.05

type Cell = SampleSummary & {
  readonly cell: string
  /** Customers whose activity is known, and of these the active ones. */
  readonly known: number
  readonly active: number
}

/**
 * Sets with cells that neither the value nor the activity of their customers tells apart: neighbours of bands, any two of others,
 * corrected together (Benjamini and Hochberg). Sets made of value itself are told apart by it, and pass.
 */
export async function alikeCells(
  warehouse: Warehouse,
  sets: readonly SegmentSetDefinition[],
  models: SetModels,
): Promise<readonly Ailment[]> {
  const found: Ailment[] = []
  for (const { key: set, value } of sets) {
    const model = models.get(set)
    if (model === undefined || model === null) continue
    const order = cellsOf(value).map((cell) => cell.value)
    const place = ({ cell }: Cell) => order.indexOf(cell)
    const cells = await warehouse.rows<Cell>(sql`
      select ${ident(set)} as cell, count(value_12m) as n, coalesce(avg(cast(value_12m as double)), 0) as mean,
        coalesce(var_samp(cast(value_12m as double)), 0) as variance,
        count(activity) as known, count(*) filter (where activity = 'active') as active
      from customer_sets join customer_value using (customer_id)
      where ${ident(set)} is not null group by ${ident(set)} order by ${ident(set)}`)
    // Where nobody's value or activity is known, nothing was asked that could tell cells apart.
    if (cells.every(({ n, known }) => n === 0 && known === 0)) continue
    const pairs = cells
      .flatMap((first, index) => cells.slice(index + 1).map((second) => [first, second] as const))
      .filter(([first, second]) => model.kind !== 'bands' || Math.abs(place(second) - place(first)) === 1)
      .map(([first, second]) => ({ cells: [first.cell, second.cell] as const, p: apart(first, second) }))
    const adjusted = adjustPValues(
      pairs.map(({ p }) => p),
      'benjaminiHochberg',
    )
    const alike = pairs
      .map((pair, index) => ({ ...pair, p: adjusted[index]! }))
      .filter(({ p }) => p > alikeFrom)
      .sort((a, b) => b.p - a.p)
    if (alike.length > 0)
      found.push({
        kind: 'over_segmented',
        set,
        merge: alike[0]!.cells,
        p: alike[0]!.p,
        alike: alike.length,
        pairs: pairs.length,
      })
  }
  return found
}

/** The smaller p of two tests, doubled for having looked twice (Bonferroni). */
function apart(first: Cell, second: Cell): number {
  const value =
    Math.min(first.n, second.n) < 2 || (first.variance === 0 && second.variance === 0)
      ? 1
      : welchTTest(first, second).pValue
  const held = first.active + second.active
  const known = first.known + second.known
  const activity =
    Math.min(first.known, second.known) === 0 || held === 0 || held === known
      ? 1
      : twoProportionZTest(
          { successes: first.active, n: first.known },
          { successes: second.active, n: second.known },
        ).pValue
  return Math.min(1, 2 * Math.min(value, activity))
}
