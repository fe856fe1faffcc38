import type { Proportion } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import {
  ageBands,
  channels,
  creatives,
  genders,
  idealProfile,
  quadrants,
  riskTiers,
  wealthProducts,
} from '../simulate/parameters.ts'
import { regions } from '../simulate/regions.ts'
import { scoreBands } from '../simulate/service.ts'
import { type Found, ofDifference, ofShare } from './interval.ts'
import { inBand, inRegion } from './people.ts'

/** A share of the customers of whom both are known: what is counted and whether it is so. */
interface Question {
  readonly key: string
  readonly what: Sql
  readonly where?: Sql
}

/** Shares of customers and their differences, all from one scan. */
export async function foundShares(
  warehouse: Warehouse,
  people: Sql,
): Promise<readonly (readonly [string, Found])[]> {
  const questions = [...sharesOfPeople(), ...productShares(await productNames(warehouse))]
  const counts = await countShares(warehouse, people, questions)
  const difference = (key: string, first: string, second: string): readonly [string, Found][] => {
    const [a, b] = [counts.get(first), counts.get(second)]
    return a === undefined || b === undefined ? [] : [[key, ofDifference(a, b)]]
  }
  return [
    ...[...counts].filter(([key]) => key !== notGolden).map(([key, share]) => [key, ofShare(share)] as const),
    ...difference('gender.conversion_30d.gap', 'gender.conversion_30d.female', 'gender.conversion_30d.male'),
    ...difference('age.conversion_30d.golden_lead', `age.conversion_30d.${golden.key}`, notGolden),
  ]
}

const golden = ageBands[2]
const notGolden = 'age.conversion_30d.not_golden'
const converted = sql`conversion_30d`

function sharesOfPeople(): readonly Question[] {
  const highLimit = sql`credit_limit >= ${quadrants.highLimit}`
  const invested = sql`credit_limit is not null and first_investment_amount is not null`
  return [
    { key: 'gender.share.male', what: sql`gender = 'male'` },
    ...genders.map((gender) => ({
      key: `gender.conversion_30d.${gender}`,
      what: converted,
      where: sql`gender = ${gender}`,
    })),
    ...ageBands.flatMap((band) => [
      { key: `age.share.${band.key}`, what: inBand(band) },
      { key: `age.conversion_30d.${band.key}`, what: converted, where: inBand(band) },
      { key: `age.default_12m.${band.key}`, what: sql`default_12m`, where: inBand(band) },
    ]),
    { key: notGolden, what: converted, where: sql`not (${inBand(golden)})` },
    ...regions.flatMap(({ key }, region) => [
      { key: `region.share.${key}`, what: inRegion(region) },
      { key: `region.conversion_30d.${key}`, what: converted, where: inRegion(region) },
    ]),
    {
      key: `profile.conversion_30d.${regions[idealProfile.region].key}.${channels[idealProfile.channel]}`,
      what: converted,
      where: sql`${inRegion(idealProfile.region)} and channel = ${channels[idealProfile.channel]}`,
    },
    ...creatives.map((name) => ({
      key: `creative.conversion_30d.${name}`,
      what: converted,
      where: sql`creative = ${name}`,
    })),
    ...channels.map((name) => ({
      key: `channel.conversion_30d.${name}`,
      what: converted,
      where: sql`channel = ${name}`,
    })),
    {
      key: 'value_exploration.share.under_monetised',
      what: sql`${highLimit} and first_investment_amount < ${quadrants.lowInvestment}`,
      where: invested,
    },
    {
      key: 'value_exploration.share.high_net_worth',
      what: sql`${highLimit} and first_investment_amount >= ${quadrants.highInvestment}`,
      where: invested,
    },
    ...riskTiers.flatMap((name, tier) => {
      const [low, high] = scoreBands[tier]!
      const inTier = sql`bureau_score between ${low} and ${high}`
      return [
        { key: `risk.tier_share.${name}`, what: inTier },
        { key: `risk.default_12m.${name}`, what: sql`default_12m`, where: inTier },
        { key: `risk.approval.${name}`, what: sql`loan_approved`, where: inTier },
      ]
    }),
  ]
}

/** Products bear their names in the published tables. */
async function productNames(warehouse: Warehouse): Promise<ReadonlyMap<string, string>> {
  const rows = await warehouse.rows<{ product_id: string; name: string | null }>(
    sql`select product_id, name from standard.products`,
  )
  return new Map(rows.map(({ product_id, name }) => [product_id, name ?? product_id]))
}

function productShares(names: ReadonlyMap<string, string>): readonly Question[] {
  const named = (product: string): string => names.get(product) ?? product
  return wealthProducts.flatMap((product) => [
    ...genders.map((gender) => ({
      key: `products.first_share.${gender}.${product}`,
      what: sql`first_product = ${named(product)}`,
      where: sql`gender = ${gender}`,
    })),
    ...wealthProducts.map((next) => ({
      key: `products.next.${product}.${next}`,
      what: sql`next_product = ${named(next)}`,
      where: sql`first_product = ${named(product)}`,
    })),
  ])
}

/** What nobody is known of is left out. */
async function countShares(
  warehouse: Warehouse,
  people: Sql,
  questions: readonly Question[],
): Promise<Map<string, Proportion>> {
  const counts = questions.map(({ what, where = sql`true` }, index) => {
    const known = sql`(${where}) and (${what}) is not null`
    return sql`count(*) filter (where ${known} and (${what})) as ${ident(`s${index}`)},
      count(*) filter (where ${known}) as ${ident(`n${index}`)}`
  })
  const row = await warehouse.row<Record<string, number>>(sql`select ${join(counts)} from ${people}`)
  return new Map(
    questions
      .map(({ key }, index) => [key, { successes: row[`s${index}`]!, n: row[`n${index}`]! }] as const)
      .filter(([, { n }]) => n > 0),
  )
}
