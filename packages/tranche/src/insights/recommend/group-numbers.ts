import type { TypedExpr } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import type { SegmentRules } from '../../segments/check-segments.ts'
import { customersSql } from '../../segments/customer-blocks.ts'
import { conditionSql, namesOf } from '../../segments/preview-rule.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'

/** A group and what is asked of it. */
export interface GroupAsked {
  readonly group: TypedExpr
  readonly measures: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface GroupNumbers {
  readonly reach: number
  /** Customers of whom a missing value leaves it open. */
  readonly unknown: number
  /** By name; absent where nobody in the group has the value. */
  readonly measures: Readonly<Record<string, number>>
}

/** Counts all groups and their measures in one scan of features beside value. */
export async function numbersOfGroups(
  warehouse: Warehouse,
  rules: SegmentRules,
  asked: readonly GroupAsked[],
): Promise<readonly GroupNumbers[]> {
  if (asked.length === 0) return []
  const names = new Set(asked.flatMap(({ group }) => namesOf(group, rules)))
  for (const { measures } of asked)
    for (const measure of Object.values(measures))
      for (const column of Object.values(measure)) names.add(column)
  const carried = [...names].sort()
  const flags = asked.map(({ group }, at) => sql`${conditionSql(group, rules)} as ${ident(`g${at}`)}`)
  const columns = asked.flatMap(({ measures }, at) => {
    const flag = ident(`g${at}`)
    return [
      sql`count(*) filter (where ${flag}) as ${ident(`reach${at}`)}`,
      sql`count(*) filter (where ${flag} is null) as ${ident(`unknown${at}`)}`,
      ...Object.values(measures).map(
        (measure, index) => sql`${aggregate(measure, flag)} as ${ident(`m${at}_${index}`)}`,
      ),
    ]
  })
  const row = await warehouse.row<Record<string, number | string | null>>(sql`
    with judged as ( -- one row per customer
      select ${join([...carried.map((name) => ident(name)), ...flags])}
      from (${customersSql(carried, rules.scope)}) as customers
    )
    select ${join(columns)} from judged`)
  return asked.map(({ measures }, at) => ({
    reach: Number(row[`reach${at}`]),
    unknown: Number(row[`unknown${at}`]),
    measures: Object.fromEntries(
      Object.keys(measures).flatMap((name, index) => {
        const value = row[`m${at}_${index}`]
        return value === null || value === undefined ? [] : [[name, Number(value)] as const]
      }),
    ),
  }))
}

/** Sums of decimals do not hang on the order of rows, and means and spreads follow from them. Others' values are not even cast. */
function aggregate(measure: Readonly<Record<string, string>>, flag: Sql): Sql {
  const [[kind, column] = ['', '']] = Object.entries(measure)
  const ofMembers = (expression: Sql) => sql`case when ${flag} then ${expression} end`
  const value = ofMembers(sql`cast(${ident(column)} as decimal(24,6))`)
  switch (kind) {
    case 'sum':
      return sql`sum(${value})`
    case 'mean':
      return sql`avg(${value})`
    default: {
      const cents = sql`cast(${ident(column)} as decimal(38,2))`
      const sum = sql`cast(sum(${ofMembers(cents)}) as double)`
      const squares = sql`cast(sum(${ofMembers(sql`${cents} * ${cents}`)}) as double)`
      const n = sql`count(${ofMembers(cents)})`
      return sql`sqrt(greatest(0, (${squares} - ${sum} * ${sum} / nullif(${n}, 0)) / nullif(${n} - 1, 0)))`
    }
  }
}
