import { type Column, prepareConditions, type TypedExpr } from '@tranche/language'
import type { Warehouse } from '../engine/warehouse.ts'
import type { SegmentRules } from '../segments/check-segments.ts'
import { sampleSize, sampleSql } from '../segments/customer-sample.ts'
import { inlineSegments } from '../segments/inline-segments.ts'
import { namesOf } from '../segments/preview-rule.ts'
import { columnBuilder, readableSql } from '../segments/read-columns.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import { comparedSides, type SideBySide } from './compared-sides.ts'
import { sidesOf } from './sides-of-sample.ts'

/** What a preview reads of a sample of customers. */
export interface SampledPreview {
  /** Who value and differences are read of; everybody where there are no more customers than a sample holds. */
  readonly sample: { readonly customers: number; readonly everybody: boolean }
  /** Of the members, by those in the sample; exact where it is everybody. */
  readonly value12m: string | null
  /** Members in the sample against the others in it, in what the rule doesn't ask about. */
  readonly differences: Pick<SideBySide, 'first' | 'second' | 'columns' | 'leftOut'>
}

/** A sample of customers in memory, with every column. */
export interface CustomerSample {
  readonly customers: number
  readonly columns: Readonly<Record<string, Column>>
  /** Values in hundredths of the currency, NaN where there is none. */
  readonly valuesMinor: Float64Array
  readonly bytes: number
}

/** A name that no column has. */
const minor = 'value in hundredths'

/** The sample as the engine draws it, in the order of customer_id. */
export function sampleOf(names: readonly string[], { scope }: SegmentRules): Sql {
  return sampleSql([...new Set([...names, 'value_12m'])], scope)
}

/** @param from where the sample lies already, as that of a run on a cluster does */
export async function drawSample(
  warehouse: Warehouse,
  names: readonly string[],
  rules: SegmentRules,
  from: Sql = sql`(${sampleOf(names, rules)})`,
): Promise<CustomerSample> {
  const { scope } = rules
  const columns = names.map((name) => readableSql(name, scope.columns.get(name)!))
  const value = sql`cast(value_12m * 100 as bigint) as ${ident(minor)}`
  const { rowCount, byName } = await warehouse.columns(
    sql`select ${join([value, ...columns])} from ${from} as drawn`,
  )
  const rows = Int32Array.from({ length: rowCount }, (_, row) => row)
  const built = [...names, minor].map((name) => {
    const builder = columnBuilder(scope.columns.get(name) ?? money, rowCount)
    builder.put(byName[name]!, rows)
    return [name, builder.done()] as const
  })
  const values = built.at(-1)![1].column as { readonly values: Float64Array }
  return {
    customers: rowCount,
    columns: Object.fromEntries(built.slice(0, -1).map(([name, { column }]) => [name, column])),
    valuesMinor: values.values,
    bytes: built.reduce((sum, [, { bytes }]) => sum + bytes, 0),
  }
}

const money = { type: 'number', storage: 'double', from: 'customer_value' } as const

export function previewOnSample(
  { columns, customers, valuesMinor }: CustomerSample,
  rules: SegmentRules,
  rule: TypedExpr,
  population: number,
  minimum: number,
): SampledPreview {
  const [so] = prepareConditions([inlineSegments(rule, rules)])({ length: customers, columns })
  const sides = sidesOf(columns, so!)
  const asked = new Set(namesOf(rule, rules))
  const names = Object.keys(columns).filter((name) => !asked.has(name))
  const compared = comparedSides(sides, { names, scope: rules.scope, minimum })
  const { first, second, leftOut } = compared
  const everybody = population <= sampleSize
  const value = sumOf(valuesMinor, sides.members)
  return {
    sample: { customers, everybody },
    value12m: value === null || everybody ? value : ((Number(value) * population) / customers).toFixed(2),
    differences: { first, second, columns: compared.columns, leftOut },
  }
}

/** Whole numbers up to here add up exactly, and so does one more such number. */
const mostExact = 2 ** 52

/** The exact sum of values in the rows, as an amount; null where none has one. */
function sumOf(valuesMinor: Float64Array, rows: Int32Array): string | null {
  let known = 0
  let total = 0n
  let some = 0
  for (let i = 0; i < rows.length; i++) {
    const value = valuesMinor[rows[i]!]!
    if (Number.isNaN(value)) continue
    known++
    some += value
    if (Math.abs(some) < mostExact) continue
    total += BigInt(some)
    some = 0
  }
  return known === 0 ? null : amountOf(total + BigInt(some))
}

function amountOf(hundredths: bigint): string {
  const digits = String(hundredths < 0n ? -hundredths : hundredths).padStart(3, '0')
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
