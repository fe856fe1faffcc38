import type { TypedExpr } from '../packages/language/src/index.ts'
import type { RandomGenerator } from '../packages/stats/src/index.ts'
import type { Warehouse } from '../packages/tranche/src/engine/warehouse.ts'
import { checkRule } from '../packages/tranche/src/segments/check-segments.ts'
import type { RuleColumn, RuleScope } from '../packages/tranche/src/segments/rule-scope.ts'
import { ident, join, sql, typed } from '../packages/tranche/src/sql/sql.ts'

const numbers = Array.from({ length: 16 }, (_, index) => `n${index}`)
const cities = ['上海', '深圳', '北京', '成都', '武汉']
export const namesOfCustomers = ['city', ...numbers].sort()

/** Customers with a city and sixteen numbers, each missing here and there, and a value. */
export async function createCustomers(warehouse: Warehouse, customers: number): Promise<void> {
  const columns = numbers.map((name, index) => {
    const value = sql`((i * ${typed('bigint', 2 * index + 7919)}) % 100003) / 100003.0`
    return sql`case when i % ${typed('bigint', 11 + index)} = 0 then null else ${value} end as ${ident(name)}`
  })
  const city = join(
    cities.map((name, index) => sql`when i % 5 = ${typed('bigint', index)} then ${name}`),
    ' ',
  )
  await warehouse.run(sql`create table features as
    select 'c' || lpad(cast(i as varchar), 9, '0') as customer_id, case ${city} end as city, ${join(columns)}
    from range(${typed('bigint', customers)}) as t(i)`)
  await warehouse.run(sql`create table customer_value as
    select customer_id, cast(1000 * n3 as decimal(18, 2)) as value_12m from features`)
}

export function scopeOf(): RuleScope {
  const column = { storage: 'double', from: 'features' } as const
  return {
    columns: new Map<string, RuleColumn>([
      ['city', { ...column, type: 'string' }],
      ...numbers.map((name) => [name, { ...column, type: 'number' as const }] as const),
      ['value_12m', { type: 'number', storage: { decimals: 2 }, from: 'customer_value' }],
    ]),
    segments: [],
    columnSegments: [],
  }
}

/** Two or three clauses about numbers and cities. */
export function ruleFrom(random: RandomGenerator, scope: RuleScope): TypedExpr {
  const pick = <T>(of: readonly T[]) => of[Math.floor(random.uniform() * of.length)]!
  const cut = () => (0.05 + 0.9 * random.uniform()).toFixed(3)
  const clause = () =>
    random.uniform() < 0.2
      ? `city in ["${pick(cities)}", "${pick(cities)}"]`
      : `${pick(numbers)} ${pick(['>', '<', '>=', '<='])} ${cut()}`
  const [a, b, c] = [clause(), clause(), clause()]
  return checkRule(pick([`${a} && ${b}`, `${a} && ${b} && ${c}`, `${a} || ${b} && !(${c})`]), scope)
}
