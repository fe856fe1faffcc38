import type { TypedExpr } from '@tranche/language'
import type { Warehouse } from '../engine/warehouse.ts'
import type { SegmentRules } from '../segments/check-segments.ts'
import { sampleSize, sampleSql } from '../segments/customer-sample.ts'
import { conditionSql, namesOf } from '../segments/preview-rule.ts'
import { ident, join, sql } from '../sql/sql.ts'
import { compareSides, type SideBySide } from './side-by-side.ts'

/** What a preview reads of a sample of customers. */
export interface SampledPreview {
  /** Who value and differences are read of; everybody where there are no more customers than a sample holds. */
  readonly sample: { readonly customers: number; readonly everybody: boolean }
  /** Of the members, by those in the sample; exact where it is everybody. */
  readonly value12m: string | null
  /** Members in the sample against the others in it, in what the rule doesn't ask about. */
  readonly differences: Pick<SideBySide, 'first' | 'second' | 'columns' | 'leftOut'>
}

export interface CustomerSample {
  readonly warehouse: Warehouse
  readonly names: readonly string[]
  readonly customers: number
}

export const sampleTable = sql`customer_sample`

/**
 * Keeps the sample beside the run for as long as it is open, with every column, in the order of customer_id.
 * @param brought where it lies already, as that of a run on a cluster does
 */
export async function drawSample(
  warehouse: Warehouse,
  names: readonly string[],
  { scope }: SegmentRules,
  brought?: Warehouse,
): Promise<CustomerSample> {
  if (brought === undefined)
    await warehouse.run(sql`create temp table ${sampleTable} as ${sampleSql(names, scope)}`)
  const holder = brought ?? warehouse
  const { customers } = await holder.row<{ customers: number }>(
    sql`select count(*) as customers from ${sampleTable}`,
  )
  return { warehouse: holder, names, customers }
}

export async function previewOnSample(
  { warehouse, names, customers }: CustomerSample,
  rules: SegmentRules,
  rule: TypedExpr,
  population: number,
  minimum: number,
): Promise<SampledPreview> {
  const condition = conditionSql(rule, rules)
  const { value } = await warehouse.row<{ value: string | null }>(sql`
    select cast(sum(value_12m) as decimal(38,2)) as value from ${sampleTable} where ${condition}`)
  const asked = new Set(namesOf(rule, rules))
  const { first, second, columns, leftOut } = await compareSides({
    warehouse,
    scope: rules.scope,
    names: names.filter((name) => !asked.has(name)),
    minimum,
    rows: (columns) => {
      const side = sql`case when ${condition} then 1 else 2 end as side`
      return sql`select ${join([side, ...columns.map((name) => ident(name))])} from ${sampleTable}`
    },
  })
  const everybody = population <= sampleSize
  return {
    sample: { customers, everybody },
    value12m: value === null || everybody ? value : ((Number(value) * population) / customers).toFixed(2),
    differences: { first, second, columns, leftOut },
  }
}
