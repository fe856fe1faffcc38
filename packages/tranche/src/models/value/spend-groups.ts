import type { Columns } from '../../engine/warehouse.ts'
import { byDialect, type Sql, sql, typed } from '../../sql/sql.ts'
import { numbers, type RepeatSpend } from './value-model.ts'

/** Bins of amounts within one doubling: each is 1.1% wide. */
const binsPerDoubling = 64

/** Below these central moments of a bin are rounding (amounts over the bin's centre have 15 decimals, their powers 18). */
const leastVariance = 1e-13
const leastThird = 1e-13

/**
 * Those who bought again, counted by number of repeats and bin of amount, with the first three moments within each bin:
 * what leaves the engine grows with the spread of amounts and not with customers. Sums are of decimals, so that no order of
 * rows shows in them.
 */
export function spendGroupsSql(histories: Sql): Sql {
  const amount = sql`cast(repeat_amount as double)`
  const perDoubling = typed('double', binsPerDoubling)
  const two = typed('double', 2)
  const total = (value: Sql, scale: number) =>
    byDialect((dialect) => sql`cast(sum(${dialect.toDecimal(value, 38, scale)}) as double)`)
  return sql`
    with binned as ( -- one row per customer who bought again
      select frequency, ${amount} as amount, floor(log2(${amount}) * ${perDoubling}) as bin
      from ${histories} where frequency > 0 and repeat_amount > 0
    ), off_centre as (
      select frequency, bin, amount / power(${two}, (bin + ${typed('double', 0.5)}) / ${perDoubling}) - ${typed('double', 1)} as u
      from binned
    )
    select frequency, bin, cast(count(*) as integer) as customers,
      ${total(sql`u`, 15)} as u1, ${total(sql`u * u`, 18)} as u2, ${total(sql`u * u * u`, 18)} as u3
    from off_centre group by frequency, bin order by frequency, bin`
}

/**
 * Each bin as one or two amounts with weights that have its count and first three moments, so that a likelihood that is
 * smooth in the amount is met to the fourth power of the bin's width (some 1e-11).
 * Source: Golub and Welsch (1969), "Calculation of Gauss quadrature rules", https://doi.org/10.2307/2004418, for two nodes.
 */
export function spendOfGroups(groups: Columns): RepeatSpend {
  const [frequency, bin, customers] = [
    numbers(groups, 'frequency'),
    numbers(groups, 'bin'),
    numbers(groups, 'customers'),
  ]
  const [u1, u2, u3] = [numbers(groups, 'u1'), numbers(groups, 'u2'), numbers(groups, 'u3')]
  const found = { frequency: [] as number[], meanAmount: [] as number[], weights: [] as number[] }
  for (let row = 0; row < groups.rowCount; row++) {
    const count = customers[row]!
    const centre = 2 ** ((bin[row]! + 0.5) / binsPerDoubling)
    const nodes = twoNodes(u1[row]! / count, u2[row]! / count, u3[row]! / count)
    for (const { at, share } of nodes) {
      found.frequency.push(frequency[row]!)
      found.meanAmount.push((centre * (1 + at)) / frequency[row]!)
      found.weights.push(share * count)
    }
  }
  return {
    frequency: Float64Array.from(found.frequency),
    meanAmount: Float64Array.from(found.meanAmount),
    weights: Float64Array.from(found.weights),
  }
}

/** Nodes and weights of a distribution with these raw moments. */
function twoNodes(first: number, second: number, third: number): readonly { at: number; share: number }[] {
  const variance = second - first * first
  if (variance < leastVariance) return [{ at: first, share: 1 }]
  const central = third - first * (3 * second - 2 * first * first)
  const skew = Math.abs(central) < leastThird ? 0 : central / variance
  const half = Math.sqrt(variance + (skew * skew) / 4)
  const [low, high] = [skew / 2 - half, skew / 2 + half]
  return [
    { at: first + low, share: high / (high - low) },
    { at: first + high, share: -low / (high - low) },
  ]
}
