import { createRandom } from '../packages/stats/src/index.ts'
import { openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import { checkRule, type SegmentRules } from '../packages/tranche/src/segments/check-segments.ts'
import { customerBlocks } from '../packages/tranche/src/segments/customer-blocks.ts'
import { evaluateRules } from '../packages/tranche/src/segments/evaluate-rules.ts'
import { conditionSql } from '../packages/tranche/src/segments/preview-rule.ts'
import type { RuleScope } from '../packages/tranche/src/segments/rule-scope.ts'
import { ident, join, sql, typed } from '../packages/tranche/src/sql/sql.ts'
import { memoryMb, threads } from './bare-scans.ts'
import { judged, type SectionResult, seconds } from './report.ts'

const numbers = Array.from({ length: 16 }, (_, index) => `n${index}`)
const cities = ['上海', '深圳', '北京', '成都', '武汉']
const ruleCount = 200

/**
 * 200 rules over so many customers, evaluated together, against 200 separate counts in the engine and against streaming the columns
 * that they need into typed arrays. Counts of members must be equal.
 */
export async function segmentsSection(customers: number): Promise<SectionResult> {
  const warehouse = await openDuckDb({ path: ':memory:', threads, memoryMb })
  try {
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
    await warehouse.run(sql`create table customer_value as select customer_id from features where false`)
    const scope = scopeOf()
    const rules = rulesOf(scope)
    const names = ['city', ...numbers].sort()
    const streamed = await timed(async () => {
      let rows = 0
      for await (const { customers: block } of customerBlocks(warehouse, names, scope)) rows += block.length
      return rows
    })
    const together = await timed(() => evaluateRules(warehouse, rules, async () => undefined))
    const separate = await timed(async () => {
      const counts: number[] = []
      for (const { rule } of rules.rules) {
        const { n } = await warehouse.row<{ n: number }>(
          sql`select count(*) as n from features where ${conditionSql(rule, rules)}`,
        )
        counts.push(n)
      }
      return counts
    })
    const differing = together.result.filter(({ customers: n }, at) => n !== separate.result[at]).length
    const half = judged('together / separate counts', together.took / separate.took, { atMost: 0.5 })
    const fourfold = judged('together / streaming the columns', together.took / streamed.took, { atMost: 4 })
    return {
      passed: half.passed && fourfold.passed && differing === 0,
      lines: [
        `${customers} customers, ${ruleCount} rules over ${names.length} columns`,
        `together ${seconds(together.took)}, separate counts ${seconds(separate.took)}, streaming ${seconds(streamed.took)}`,
        differing === 0 ? 'all counts equal' : `${differing} counts DIFFER`,
        half.line,
        fourfold.line,
      ],
    }
  } finally {
    warehouse.close()
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly took: number }> {
  const begin = performance.now()
  const result = await work()
  return { result, took: (performance.now() - begin) / 1000 }
}

function scopeOf(): RuleScope {
  const column = { storage: 'double', from: 'features' } as const
  return {
    columns: new Map<string, RuleScope['columns'] extends ReadonlyMap<string, infer C> ? C : never>([
      ['city', { ...column, type: 'string' }],
      ...numbers.map((name) => [name, { ...column, type: 'number' as const }] as const),
    ]),
    segments: [],
    columnSegments: [],
  }
}

function rulesOf(scope: RuleScope): SegmentRules {
  const random = createRandom(7)
  const pick = <T>(of: readonly T[]) => of[Math.floor(random.uniform() * of.length)]!
  const cut = () => (0.05 + 0.9 * random.uniform()).toFixed(3)
  const clause = () =>
    random.uniform() < 0.2
      ? `city in ["${pick(cities)}", "${pick(cities)}"]`
      : `${pick(numbers)} ${pick(['>', '<', '>=', '<='])} ${cut()}`
  const rules = Array.from({ length: ruleCount }, (_, index) => {
    const [a, b, c] = [clause(), clause(), clause()]
    const text = pick([`${a} && ${b}`, `${a} && ${b} && ${c}`, `${a} || ${b} && !(${c})`])
    return { key: `r${index}`, definition: undefined as never, rule: checkRule(text, scope) }
  })
  return { scope, rules, sets: [], outcomes: new Map() }
}
