import type { SegmentSet, SegmentSetModel } from '@tranche/contract'
import { binNumbers, fitOptimalBinning, StatsError } from '@tranche/stats'
import type { Columns, Warehouse } from '../engine/warehouse.ts'
import { saltedHash } from '../sql/salted-hash.ts'
import { ident, sql } from '../sql/sql.ts'
import { customersSql } from './customer-blocks.ts'
import { type Outcome, outcomeSql } from './outcome.ts'
import type { RuleScope } from './rule-scope.ts'

type BandsModel = Extract<SegmentSetModel, { readonly kind: 'bands' }>

/** Customers that bands against an outcome are fitted and judged on, the same ones for the same customer numbers. */
const mostSampled = 200_000
const fewestOfEach = 50
/** Neighbours whose shares a test can't tell apart at this level are one band. */
const alikeFrom = 0.05

/**
 * Bands of a number that tell a yes-or-no outcome apart best: cut on one half of the customers, counted on both. One band where
 * either half has fewer than fifty with the outcome or without it, or nothing tells them apart.
 * Source: Navas-Palencia (2020), https://arxiv.org/abs/2001.08025, as in `fitOptimalBinning`.
 */
export async function fitOptimalBands(
  warehouse: Warehouse,
  { of, optimal }: NonNullable<SegmentSet['bands']>,
  outcome: Outcome,
  scope: RuleScope,
): Promise<BandsModel> {
  const { most, smallest, against } = optimal!
  const names = [...new Set([of, outcome.feature])].sort()
  const read = await warehouse.columns(sql`
    select x, y, half from (
      select cast(${ident(of)} as double) as x, ${outcomeSql(outcome)} as y, customer_id,
        cast(${saltedHash('bands', sql`customer_id`)} % 2 as double) as half
      from (${customersSql(names, scope)}) as customers
    ) as customers where x is not null and y in (0, 1)
    order by ${saltedHash('banded', sql`customer_id`)}, customer_id limit ${mostSampled}`)
  const [training, proof] = [halfOf(read, 0), halfOf(read, 1)]
  const splits = isEnough(training) && isEnough(proof) ? splitsOf(training, most, smallest) : []
  const count = ({ x, y }: Half) => {
    const bands = binNumbers({ splits, special: [] }, x)
    return Array.from({ length: splits.length + 1 }, (_, band) => {
      let [n, events] = [0, 0]
      bands.forEach((one, row) => {
        if (one !== band) return
        n++
        events += y[row]!
      })
      return { n, events }
    })
  }
  const [fitted, held] = [count(training), count(proof)]
  return {
    kind: 'bands',
    of,
    cuts: splits,
    optimal: { against, judged: fitted.map((one, band) => ({ fitted: one, held: held[band]! })) },
  }
}

interface Half {
  readonly x: Float64Array
  readonly y: Float64Array
}

function halfOf({ byName }: Columns, half: number): Half {
  const values = (name: string) => {
    const column = byName[name]
    return column?.type === 'number' ? column.values : new Float64Array(0)
  }
  const halves = values('half')
  const rows = (name: string) => values(name).filter((_, row) => halves[row] === half)
  return { x: rows('x'), y: rows('y') }
}

function isEnough({ y }: Half): boolean {
  const events = y.reduce((sum, value) => sum + value, 0)
  return events >= fewestOfEach && y.length - events >= fewestOfEach
}

/** @returns rising cuts, none where no constraint can be met */
function splitsOf({ x, y }: Half, most: number, smallest: number): number[] {
  if (x.every((value) => value === x[0])) return []
  try {
    const { splits } = fitOptimalBinning({ values: x }, y, {
      maximumBins: most,
      minimumShare: smallest,
      maximumPValue: alikeFrom,
    })
    return [...splits]
  } catch (error) {
    if (error instanceof StatsError && error.code === 'infeasible') return []
    throw error
  }
}
