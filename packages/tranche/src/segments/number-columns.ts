import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, sql } from '../sql/sql.ts'
import { customersSql } from './customer-blocks.ts'
import type { RuleScope } from './rule-scope.ts'

/** Of columns that are numbers those all of whose values are whole, as they are stored or by looking at each. */
export async function wholeColumns(
  warehouse: Warehouse,
  names: readonly string[],
  scope: RuleScope,
): Promise<ReadonlySet<string>> {
  const numbers = names.filter((name) => scope.columns.get(name)?.type === 'number')
  const stored = numbers.filter((name) => scope.columns.get(name)!.storage === 'integer')
  const others = numbers.filter((name) => !stored.includes(name))
  if (others.length === 0) return new Set(stored)
  const wholes = others.map(
    (name) => sql`count(*) filter (where ${ident(name)} <> floor(${ident(name)})) = 0 as ${ident(name)}`,
  )
  const row = await warehouse.row<Readonly<Record<string, boolean>>>(
    sql`select ${join(wholes)} from (${customersSql(others, scope)}) as customers`,
  )
  return new Set([...stored, ...others.filter((name) => row[name] === true)])
}
