import { type ColumnTable, createBitset, referencedNames, type TypedExpr } from '@tranche/language'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ColumnName,
  columnNames,
  columnTypes,
  expressionArbitrary,
  rowArbitrary,
  typedFrom,
} from '../../../language/test/arbitrary.ts'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import type { SegmentRules } from '../../src/segments/check-segments.ts'
import { countClauses } from '../../src/segments/count-clauses.ts'
import { namesOf, previewRule } from '../../src/segments/preview-rule.ts'
import { ResidentColumns } from '../../src/segments/resident-columns.ts'
import type { RuleColumn } from '../../src/segments/rule-scope.ts'
import { ident, join, sql } from '../../src/sql/sql.ts'
import { fill, sqlOptions } from '../conformance/expression-harness.ts'

const seed = 20_260_731
/** A multiple of neither the rows that are worked on at a time nor those of a word of bits. */
const customers = 40 * 173
/** Rules read neither sets nor, since no day is said to begin when, instants. */
const inRules = (name: string) => !['set', 'instant'].includes(columnTypes[name as ColumnName])
const ofValue = ['amount', 'active', 'due']
const names = columnNames.filter(inRules)
const columns = new Map(
  names.map((name): [string, RuleColumn] => [
    name,
    {
      type: columnTypes[name],
      storage: sqlOptions.storage!(name),
      from: ofValue.includes(name) ? 'customer_value' : 'features',
    },
  ]),
)
const segmentRule = (key: string, rule: TypedExpr) => ({ key, definition: undefined as never, rule })
const scope = {
  columns,
  segments: ['level_low', 'few', 'few_or_low'],
  columnSegments: [{ key: 'level_low', column: 'level', value: 'low' }],
}
const rules: SegmentRules = {
  scope,
  rules: [
    segmentRule('few', typedFrom('days < 400 || amount > 10', 'rule', scope)),
    segmentRule('few_or_low', typedFrom('in_segment("few") != in_segment("level_low")', 'rule', scope)),
  ],
  sets: [],
  outcomes: new Map(),
}

/** Generated conditions, alone and several in one `&&`, some of which ask about segments. */
function generatedRules(count: number): readonly TypedExpr[] {
  const condition = expressionArbitrary('bool', 3).filter((expr) => referencedNames(expr).every(inRules))
  const asked = fc.constantFrom('few', '!few_or_low', 'level_low').map((key) => {
    const segment = `in_segment("${key.replace('!', '')}")`
    return typedFrom(key.startsWith('!') ? `!${segment}` : segment, 'rule', scope)
  })
  const several = fc
    .array(fc.oneof({ weight: 3, arbitrary: condition }, { weight: 1, arbitrary: asked }), {
      minLength: 2,
      maxLength: 4,
    })
    .map((operands): TypedExpr => ({ kind: 'and', operands, type: 'bool', at: operands[0]!.at }))
  return fc.sample(fc.oneof(condition, several), { numRuns: count, seed })
}

let warehouse: DuckDbWarehouse
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
  await fill(warehouse, fc.sample(rowArbitrary, { numRuns: 40, seed }))
  const everybody = sql`select 'c' || (173 * line + i) as customer_id, i, t.* from t, range(173) as r(i)`
  const of = (these: readonly string[]) => join(['customer_id', ...these].map((name) => ident(name)))
  await warehouse.run(sql`create table features as
    select ${of(names.filter((name) => !ofValue.includes(name)))} from (${everybody})`)
  // Others stand first, and some nowhere; of somebody else there is nothing but a value.
  await warehouse.run(sql`create table customer_value as
    select * from (select ${of(ofValue)} from (${everybody}) where i % 5 > 0
      union all select 'nobody', 1, true, date '2020-02-02') order by md5(customer_id)`)
}, 60_000)
afterAll(() => warehouse.close())

describe('Columns kept from rule to rule', () => {
  it.each<[string, number]>([
    ['with room for all', 2 ** 30],
    ['with room for some', 65 * customers],
  ])(
    '%s give the counts of a scan, unknowns and funnels included',
    async (_, limitBytes) => {
      const kept = new ResidentColumns(warehouse, scope, { limitBytes })
      let unknown = 0
      let scannedOnly = 0
      for (const rule of generatedRules(120)) {
        const table = await kept.table(namesOf(rule, rules))
        expect(kept.bytes).toBeLessThanOrEqual(limitBytes)
        if (table === undefined) {
          scannedOnly++
          continue
        }
        const counted = countClauses(table, rules, rule)
        expect(counted).toEqual(await previewRule(warehouse, rules, rule))
        expect(counted.population).toBe(customers)
        if (counted.unknown > 0 && counted.unknown < customers) unknown++
      }
      expect(unknown).toBeGreaterThan(20)
      expect(scannedOnly).toBe(0)
    },
    120_000,
  )

  it('are found out where they are wrong', async () => {
    const kept = new ResidentColumns(warehouse, scope)
    const wrong = async (rule: TypedExpr) => {
      const table = (await kept.table(namesOf(rule, rules)))!
      const counted = countClauses(withAllKnown(table), rules, rule)
      return JSON.stringify(counted) !== JSON.stringify(await previewRule(warehouse, rules, rule))
    }
    let found = 0
    for (const rule of generatedRules(40)) if (await wrong(rule)) found++
    expect(found).toBeGreaterThan(0)
  })

  it('have no room for more than they may take, nor for columns of a hundred thousand texts', async () => {
    expect(
      await new ResidentColumns(warehouse, scope, { limitBytes: 8 * customers }).table(['x', 'y']),
    ).toBeUndefined()
    const many = await openDuckDb({ path: ':memory:' })
    try {
      await many.run(sql`create table features as
        select 'c' || i as customer_id, 'text ' || i as name, i * 0.5 as x from range(100000) as t(i)`)
      const kept = new ResidentColumns(many, scope)
      expect(await kept.table(['name', 'x'])).toBeUndefined()
      expect((await kept.table(['x']))!.length).toBe(100_000)
    } finally {
      many.close()
    }
  })
})

function withAllKnown({ length, columns: right }: ColumnTable): ColumnTable {
  const known = createBitset(length)
  known.words.fill(0xffffffff)
  const columns = Object.entries(right).map(([name, column]) => [
    name,
    'known' in column ? { ...column, known } : column,
  ])
  return { length, columns: Object.fromEntries(columns) }
}
