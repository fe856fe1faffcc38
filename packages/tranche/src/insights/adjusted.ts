import { tPValue, tQuantile } from '@tranche/stats'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { Factor } from './factors.ts'
import { type CustomerFrame, tablesOf } from './frame.ts'
import type { Group } from './group.ts'
import { type MadeOnce, madeOnce } from './made-once.ts'
import { type Measure, numbersOf } from './measures.ts'

/** A difference between two groups among customers who are alike in what is held fixed. */
export interface AdjustedComparison {
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly p: number
  /** In standard deviations within cells (Cohen's d). */
  readonly effectSize: number
  readonly n: number
  readonly cells: number
  /** What is held fixed. */
  readonly columns: readonly string[]
  readonly query: Sql
}

const mostFactors = 4
const customersPerCell = 10
/** A cell with one customer of each group still compares like with like; its weight is as small as it is. */
const fewestPerCell = 1

/**
 * The gap in a measure after holding the mix fixed: customers are put into cells by quartiles of limit, age and
 * tenure and by region and channel, compared inside each cell, and the differences are averaged with the weights
 * n₁n₂/(n₁+n₂) that are most precise (Mantel and Haenszel 1959; the same as a regression with one dummy a cell).
 * Undefined where nothing is there to hold fixed, or too few cells have both groups.
 */
export function compareAdjusted(
  frame: CustomerFrame,
  holdable: readonly Factor[],
  measure: Measure,
  first: Group,
  second: Group,
): AdjustedComparison | undefined {
  const taken = new Set([...first.columns, ...second.columns, measure.column])
  const factors = chooseFactors(
    holdable.filter(({ column }) => !taken.has(column)),
    frame.rowCount,
  )
  if (factors.length === 0) return undefined
  const totals = cellTotals(frame, measure, factors, first, second)
  const pooled = combine(totals)
  if (pooled === undefined) return undefined
  return {
    ...pooled,
    columns: factors.map(({ column }) => column),
    query: adjustedQuery(frame, measure, factors, first, second),
  }
}

/** The first factors, as many as leave about ten customers to a cell. */
function chooseFactors(candidates: readonly Factor[], customers: number): readonly Factor[] {
  const chosen: Factor[] = []
  let cells = 1
  for (const factor of candidates) {
    if (chosen.length === mostFactors) break
    if (chosen.length > 0 && cells * factor.size > customers / customersPerCell) continue
    chosen.push(factor)
    cells *= factor.size
  }
  return chosen
}

interface CellTotals {
  readonly n: readonly [Float64Array, Float64Array]
  readonly sum: readonly [Float64Array, Float64Array]
  readonly squares: readonly [Float64Array, Float64Array]
}

function cellTotals(
  frame: CustomerFrame,
  measure: Measure,
  factors: readonly Factor[],
  first: Group,
  second: Group,
): CellTotals {
  const size = factors.reduce((product, factor) => product * factor.size, 1)
  const cells = cellsOf(frame, factors)
  // The first group's cells, and behind them the second's.
  const [n, sum, squares] = [
    new Float64Array(2 * size),
    new Float64Array(2 * size),
    new Float64Array(2 * size),
  ]
  const { values, valid } = numbersOf(frame, measure)
  const [own, others] = [first.mask, second.mask]
  for (let row = 0; row < values.length; row++) {
    if (valid[row] === 0) continue
    if (own[row] === 0 && others[row] === 0) continue
    const at = own[row] === 1 ? cells[row]! : size + cells[row]!
    const value = values[row]!
    n[at]!++
    sum[at]! += value
    squares[at]! += value * value
  }
  const halves = (both: Float64Array) => [both.subarray(0, size), both.subarray(size)] as const
  return { n: halves(n), sum: halves(sum), squares: halves(squares) }
}

/** Cells of a frame by the factors that make them; most comparisons hold the same ones fixed. */
const cellsBefore: MadeOnce<Int32Array> = new WeakMap()

/** Each customer's cell among all combinations of the factors. */
function cellsOf(frame: CustomerFrame, factors: readonly Factor[]): Int32Array {
  const name = factors.map(({ column }) => column).join(' ')
  return madeOnce(cellsBefore, frame, name, () => {
    const cells = new Int32Array(frame.rowCount)
    for (const { codes, size } of factors)
      for (let row = 0; row < cells.length; row++) cells[row] = cells[row]! * size + codes[row]!
    return cells
  })
}

/** Variances are pooled over cells within each group, so that a cell of five has no say about its own spread. */
function combine({ n, sum, squares }: CellTotals) {
  const [n1, n2] = n
  const used = Array.from(n1.keys()).filter((c) => n1[c]! >= fewestPerCell && n2[c]! >= fewestPerCell)
  const people = used.reduce((total, c) => total + n1[c]! + n2[c]!, 0)
  const everyone = n1.reduce((a, b) => a + b, 0) + n2.reduce((a, b) => a + b, 0)
  if (used.length < 2 || people < everyone / 2) return undefined
  const variance = [0, 1].map((side) => {
    let within = 0
    let df = 0
    for (const c of used) {
      const count = n[side as 0 | 1][c]!
      within += squares[side as 0 | 1][c]! - sum[side as 0 | 1][c]! ** 2 / count
      df += count - 1
    }
    return Math.max(0, within) / df
  })
  let weights = 0
  let gap = 0
  let spread = 0
  for (const c of used) {
    const weight = (n1[c]! * n2[c]!) / (n1[c]! + n2[c]!)
    weights += weight
    gap += weight * (sum[0][c]! / n1[c]! - sum[1][c]! / n2[c]!)
    spread += weight * weight * (variance[0]! / n1[c]! + variance[1]! / n2[c]!)
  }
  const estimate = gap / weights
  const error = Math.sqrt(spread) / weights
  if (!(error > 0)) return undefined
  const df = people - 2 * used.length
  const reach = tQuantile(0.975, df) * error
  return {
    estimate,
    low: estimate - reach,
    high: estimate + reach,
    p: tPValue(estimate / error, df, 'twoSided'),
    effectSize: estimate / Math.sqrt((variance[0]! + variance[1]!) / 2),
    n: people,
    cells: used.length,
  }
}

function adjustedQuery(
  frame: CustomerFrame,
  measure: Measure,
  factors: readonly Factor[],
  first: Group,
  second: Group,
): Sql {
  const value = sql`cast(${ident(measure.column)} as double)`
  const columns = [
    measure.column,
    ...factors.map(({ column }) => column),
    ...first.columns,
    ...second.columns,
  ]
  const side = (group: Group) => group.condition ?? sql`true`
  return sql`with cells as (
  select ${join(factors.map(({ expression }, i) => sql`${expression} as ${ident(`f${i}`)}`))},
    count(${value}) filter (where ${side(first)}) as n1, avg(${value}) filter (where ${side(first)}) as y1,
    count(${value}) filter (where ${side(second)}) as n2, avg(${value}) filter (where ${side(second)}) as y2
  from ${tablesOf(frame, columns)} group by ${join(factors.map((_, i) => ident(`f${i}`)))}
)
select sum(n1 * n2 / (n1 + n2) * (y1 - y2)) / sum(n1 * n2 / (n1 + n2)) as estimate
from cells where n1 >= ${fewestPerCell} and n2 >= ${fewestPerCell}`
}
