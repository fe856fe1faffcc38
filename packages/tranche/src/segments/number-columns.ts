import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, sql } from '../sql/sql.ts'
import { customersSql } from './customer-blocks.ts'
import type { RuleScope } from './rule-scope.ts'

/** What the values of a column have in common. */
export interface NumberColumn {
  /** Whether all are whole, however they are kept. */
  readonly isWhole: boolean
  /** From the least to the greatest; null where nobody has a value. */
  readonly least: number | null
  readonly greatest: number | null
}

/** Of the columns named those that are numbers, in one scan. */
export async function numberColumns(
  warehouse: Warehouse,
  names: readonly string[],
  scope: RuleScope,
): Promise<ReadonlyMap<string, NumberColumn>> {
  const numbers = names.filter((name) => scope.columns.get(name)?.type === 'number')
  if (numbers.length === 0) return new Map()
  const facts = numbers.flatMap((name, at) => {
    const value = sql`cast(${ident(name)} as double)`
    return [
      sql`count(*) filter (where ${ident(name)} <> floor(${ident(name)})) = 0 as ${ident(`whole ${at}`)}`,
      sql`min(${value}) as ${ident(`least ${at}`)}, max(${value}) as ${ident(`greatest ${at}`)}`,
    ]
  })
  const row = await warehouse.row<Readonly<Record<string, boolean | number | null>>>(
    sql`select ${join(facts)} from (${customersSql(numbers, scope)}) as customers`,
  )
  return new Map(
    numbers.map((name, at) => [
      name,
      {
        isWhole: row[`whole ${at}`] === true,
        least: row[`least ${at}`] as number | null,
        greatest: row[`greatest ${at}`] as number | null,
      },
    ]),
  )
}
