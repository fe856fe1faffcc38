import {
  LanguageError,
  parseExpression,
  printExpression,
  queryToRule,
  type RuleQueryGroup,
  type RuleQueryRule,
  ruleQueryOperators,
  ruleToQuery,
  segmentField,
} from '@tranche/language'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnNames, columnTypes, expressionArbitrary, scope } from './arbitrary.ts'

function parsed(text: string) {
  const outcome = parseExpression(text)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.expr
}
const shownOf = (text: string) => ruleToQuery(parsed(text))

const textOperators = ['contains', 'beginsWith', 'endsWith', 'doesNotContain', 'doesNotBeginWith'] as const
const word = fc.constantFrom('a', '中文', "it's", '"', '\\', 'a,b', ' x ', '', '2024')
const line: fc.Arbitrary<RuleQueryRule> = fc
  .constantFrom(...columnNames)
  .chain((field): fc.Arbitrary<RuleQueryRule> => {
    const type = columnTypes[field]
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
    const day = fc.constantFrom('1970-01-01', '2024-02-29', '9999-12-31')
    const value = type === 'number' ? number : type === 'date' || type === 'instant' ? day : word
    const compared = fc.record({
      field: fc.constant(field),
      operator: fc.constantFrom('=' as const, '!=' as const, '<=' as const),
      value,
    })
    const known = fc.record({
      field: fc.constant(field),
      operator: fc.constantFrom('null' as const, 'notNull' as const),
      value: fc.constant(null),
    })
    if (type === 'bool')
      return fc.record({
        field: fc.constant(field),
        operator: fc.constantFrom('isTrue' as const, 'isFalse' as const, 'null' as const),
        value: fc.constant(null),
      })
    if (type === 'set')
      return fc.record({
        field: fc.constant(field),
        operator: fc.constantFrom('has' as const, 'hasNot' as const),
        value: word,
      })
    const listed = fc.record({
      field: fc.constant(field),
      operator: fc.constantFrom('in' as const, 'notIn' as const),
      value: fc.array<string | number>(value as fc.Arbitrary<string | number>, {
        minLength: 1,
        maxLength: 3,
      }),
    })
    const matched = fc.record({
      field: fc.constant(field),
      operator: fc.constantFrom(...textOperators),
      value: word,
    })
    return type === 'string' ? fc.oneof(compared, known, listed, matched) : fc.oneof(compared, known, listed)
  })
const segment: fc.Arbitrary<RuleQueryRule> = fc.record({
  field: fc.constant(segmentField),
  operator: fc.constantFrom('=' as const, '!=' as const),
  value: fc.constantFrom('loyal', 'at_risk'),
})
const query: fc.Arbitrary<RuleQueryGroup> = fc.letrec<{ group: RuleQueryGroup }>((tie) => ({
  group: fc.record(
    {
      combinator: fc.constantFrom('and' as const, 'or' as const),
      not: fc.boolean(),
      rules: fc.array(fc.oneof({ maxDepth: 3 }, line, segment, tie('group')), { minLength: 1, maxLength: 4 }),
    },
    { requiredKeys: ['combinator', 'rules'] },
  ),
})).group

describe('a rule in a builder', () => {
  test('whatever the language can say is shown and comes back as it was, or is left as text', () => {
    let shown = 0
    fc.assert(
      fc.property(expressionArbitrary('bool', 3), (expr) => {
        const tree = ruleToQuery(expr)
        if (tree === null) return
        shown++
        expect(queryToRule(tree, scope)).toBe(printExpression(expr))
      }),
      { numRuns: 2000 },
    )
    expect(shown).toBeGreaterThan(200)
  })

  test('whatever a builder can hold becomes a rule that it shows again, and that becomes the same rule', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const text = queryToRule(tree, scope)
        const again = shownOf(text)
        expect(again).not.toBeNull()
        expect(queryToRule(again!, scope)).toBe(text)
        expect(printExpression(parsed(text))).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })

  test('reads as people write it', () => {
    expect(
      shownOf('spend > 90 && (city in ["上海", "深圳"] || !known(income)) && !in_segment("new")'),
    ).toEqual({
      combinator: 'and',
      rules: [
        { field: 'spend', operator: '>', value: 90 },
        {
          combinator: 'or',
          rules: [
            { field: 'city', operator: 'in', value: ['上海', '深圳'] },
            { field: 'income', operator: 'null', value: null },
          ],
        },
        { field: segmentField, operator: '!=', value: 'new' },
      ],
    })
  })

  test.each([
    'spend_90d / spend_365d > 0.5',
    '90 < x',
    'x > 1 ? active : flag',
    'known(x / y)',
    'business_day(at) > born',
  ])('%s stays a text', (text) => expect(shownOf(text)).toBeNull())

  test('takes values as editors hand them over, by the type of the column', () => {
    const rule = (part: RuleQueryRule) => queryToRule({ combinator: 'and', rules: [part] }, scope)
    expect(rule({ field: 'x', operator: '>=', value: '12.5' })).toBe('x >= 12.5')
    expect(rule({ field: 'active', operator: '=', value: 'true' })).toBe('active == true')
    expect(rule({ field: 'born', operator: '<', value: '2001-02-03' })).toBe('born < date("2001-02-03")')
    expect(rule({ field: 'level', operator: 'in', value: 'high, low' })).toBe('level in ["high", "low"]')
    expect(rule({ field: 'x', operator: 'between', value: ['1', 2] })).toBe('x >= 1 && x <= 2')
    expect(rule({ field: 'x', operator: 'notBetween', value: '1,2' })).toBe('!(x >= 1 && x <= 2)')
    expect(rule({ field: 'x', operator: '>', value: 'y', valueSource: 'field' })).toBe('x > y')
    expect(rule({ field: 'x', operator: '>', value: 'many' })).toBe('x > "many"')
  })

  test('refuses what no builder gives', () => {
    const broken = [
      { combinator: 'and', rules: [] },
      { combinator: 'xor', rules: [{ field: 'x', operator: '=', value: 1 }] },
      { combinator: 'and', rules: [{ field: 'x', operator: 'like', value: 1 }] },
      { combinator: 'and', rules: [{ field: 'x', operator: '=', value: null }] },
      { combinator: 'and', rules: [{ field: 'x', operator: 'between', value: [1] }] },
      { combinator: 'and', rules: [{ field: segmentField, operator: '>', value: 'new' }] },
    ] as unknown as RuleQueryGroup[]
    for (const tree of broken) expect(() => queryToRule(tree, scope)).toThrow(LanguageError)
    expect(new Set(ruleQueryOperators).size).toBe(ruleQueryOperators.length)
  })
})
