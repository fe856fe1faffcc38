import type { LookalikeModel, SegmentSet } from '@tranche/contract'
import { fitLogisticRidge, mannWhitneyTest, normalQuantile, type Rows, StatsError } from '@tranche/stats'
import type { Columns, Warehouse } from '../engine/warehouse.ts'
import { saltedHash } from '../sql/salted-hash.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import { customersSql } from './customer-blocks.ts'
import { type Prepared, prepare, standardRows, valuesOf } from './prepared-features.ts'
import type { RuleScope } from './rule-scope.ts'

type LookalikeSettings = NonNullable<SegmentSet['lookalike']>

/** Customers of the segment, and others, that the model is fitted and judged on: the same ones for the same customer numbers. */
const mostSeeds = 20_000
const mostOthers = 40_000
const fewestSeeds = 100
/** Shares of the others at which the curve is shown beside the sizes asked for. */
const shown = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]

/**
 * How like the customers of a segment others are: a logistic regression of being in it on features on the standard scale, fitted on
 * one half and judged on the other. Null with fewer than a hundred in the segment or outside, or where the model does no better
 * than chance on those it never saw, so that nobody is called alike who isn't.
 * Source: logistic regression with an L2 penalty as in `fitLogisticRidge`; AUC and its error, Hanley & McNeil (1982),
 * https://doi.org/10.1148/radiology.143.1.7063747.
 */
export async function fitLookalike(
  warehouse: Warehouse,
  { features, sizes, seed }: LookalikeSettings,
  members: Sql,
  scope: RuleScope,
): Promise<LookalikeModel | null> {
  const read = await readBoth(warehouse, features, members, seed, scope)
  const isSeed = valuesOf('~seed', read)
  const half = valuesOf('~half', read)
  const seeds = isSeed.reduce((sum, value) => sum + value, 0)
  if (seeds < fewestSeeds || isSeed.length - seeds < fewestSeeds) return null
  const prepared = features.map((name) => prepare(name, read)).filter(({ sd }) => sd > 0)
  if (prepared.length === 0) return null
  const rows = standardRows(prepared, read.rowCount)
  const coefficients = fitted(rows, isSeed, half)
  if (coefficients === null) return null
  const scores = scoresOf(rows, coefficients)
  const pick = (wanted: number) =>
    scores.filter((_, row) => isSeed[row] === wanted && half[row] === 1).sort((a, b) => b - a)
  const [held, others] = [pick(1), pick(0)]
  const auc = areaUnder(held, others)
  if (!(auc.low > 0.5)) return null
  const cutAt = (share: number) => others[Math.min(others.length - 1, Math.floor(share * others.length))]!
  return {
    kind: 'lookalike',
    features: prepared.map(({ values: _, ...feature }: Prepared) => feature),
    coefficients: [...coefficients],
    cuts: sizes.map(cutAt),
    seeds: await countOf(warehouse, members),
    auc,
    curve: await curveOf(
      warehouse,
      members,
      [...new Set([...shown, ...sizes])].sort((a, b) => a - b),
      (share) => {
        const cut = cutAt(share)
        return held.filter((score) => score >= cut).length / held.length
      },
    ),
  }
}

async function readBoth(
  warehouse: Warehouse,
  features: readonly string[],
  members: Sql,
  seed: number,
  scope: RuleScope,
): Promise<Columns> {
  const doubles = features.map((name) => sql`cast(${ident(name)} as double) as ${ident(name)}`)
  const order = sql`${saltedHash(String(seed), sql`customers.customer_id`)}, customers.customer_id`
  const side = (isSeed: 0 | 1, most: number) => sql`
    select * from (
      select customers.*, ${isSeed}::double as "~seed",
        cast(${saltedHash(`half ${seed}`, sql`customers.customer_id`)} % 2 as double) as "~half"
      from (${customersSql(features, scope)}) as customers left join (${members}) as members
        on members.customer_id = customers.customer_id
      where members.customer_id is ${isSeed === 1 ? sql`not null` : sql`null`}
      order by ${order} limit ${most}
    ) as side`
  return await warehouse.columns(sql`
    select ${join([...doubles, sql`"~seed"`, sql`"~half"`])} from (
      ${side(1, mostSeeds)} union all ${side(0, mostOthers)}
    ) as customers order by customer_id`)
}

function fitted(rows: Rows, isSeed: Float64Array, half: Float64Array): readonly number[] | null {
  const training = Array.from(half.keys()).filter((row) => half[row] === 0)
  const data = new Float64Array(training.length * rows.p)
  training.forEach((row, at) => {
    data.set(rows.data.subarray(row * rows.p, (row + 1) * rows.p), at * rows.p)
  })
  const y = Float64Array.from(training, (row) => isSeed[row]!)
  try {
    const x = { data, n: training.length, p: rows.p }
    return fitLogisticRidge({ x, y }, { objective: 'mean', maxIterations: 500 }).coefficients
  } catch (error) {
    if (error instanceof StatsError) return null
    throw error
  }
}

function scoresOf({ data, n, p }: Rows, coefficients: readonly number[]): Float64Array {
  return Float64Array.from({ length: n }, (_, row) => {
    let score = 0
    for (let column = 0; column < p; column++) score += coefficients[column]! * data[row * p + column]!
    return score
  })
}

/** The share of pairs of one who is in and one who isn't of which the former scores higher, with its 95% interval. */
function areaUnder(inside: Float64Array, outside: Float64Array): LookalikeModel['auc'] {
  const [m, n] = [inside.length, outside.length]
  const value = mannWhitneyTest(inside, outside, { method: 'normal' }).probabilityOfSuperiority
  const [q1, q2] = [value / (2 - value), (2 * value * value) / (1 + value)]
  const variance =
    (value * (1 - value) + (m - 1) * (q1 - value * value) + (n - 1) * (q2 - value * value)) / (m * n)
  const half = normalQuantile(0.975) * Math.sqrt(Math.max(0, variance))
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) }
}

async function countOf(warehouse: Warehouse, members: Sql): Promise<number> {
  return (await warehouse.row<{ n: number }>(sql`select count(*) as n from (${members}) as members`)).n
}

async function curveOf(
  warehouse: Warehouse,
  members: Sql,
  shares: readonly number[],
  found: (share: number) => number,
): Promise<LookalikeModel['curve']> {
  const { n } = await warehouse.row<{ n: number }>(sql`
    select count(*) as n from features left join (${members}) as members on members.customer_id = features.customer_id
    where members.customer_id is null`)
  return shares.map((share) => ({
    share,
    customers: Math.round(share * n),
    found: found(share),
    similarity: found(share) / share,
  }))
}
