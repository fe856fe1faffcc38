import {
  limits,
  parseExpression,
  printExpression,
  referencedNames,
  referencedSegments,
} from '@tranche/language'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expressionArbitrary } from './arbitrary.ts'

const parsed = (text: string) => {
  const outcome = parseExpression(text)
  if (!outcome.ok) throw new Error(`${text}: ${outcome.problems[0]?.message.en}`)
  return outcome.expr
}
const refused = (text: string) => {
  const outcome = parseExpression(text)
  if (outcome.ok) throw new Error(`${text} was accepted`)
  const [first] = outcome.problems
  return `${first?.line}:${first?.column} ${first?.code} ${first?.hint?.en ?? first?.message.en}`
}

describe('The parser', () => {
  it.each([
    ['days>90&&tier=="high"', 'days > 90 && tier == "high"'],
    [' ( a ) && ( ( b || c ) ) ', 'a && (b || c)'],
    ['a && (b && c)', 'a && b && c'],
    ['(a || b) || c', 'a || b || c'],
    ['!(a)', '!a'],
    ['!(a > 1)', '!(a > 1)'],
    ['(a - b) - c', 'a - b - c'],
    ['a - (b - c)', 'a - (b - c)'],
    ['(a * b) + c', 'a * b + c'],
    ['a * (b + c)', 'a * (b + c)'],
    ['-(3)', '-3'],
    ['-x * 2', '-x * 2'],
    ['-(x * 2)', '-(x * 2)'],
    ['3.0', '3'],
    ['0x10', '16'],
    ['1e3', '1000'],
    ['-0.0', '0'],
    ["'it\\'s'", '"it\'s"'],
    ['r"a\\n"', '"a\\\\n"'],
    ['"a\\tb"', '"a\\u0009b"'],
    ['a?b:c?d:e', 'a ? b : c ? d : e'],
    ['(a ? b : c) ? d : e', '(a ? b : c) ? d : e'],
    ['a ? (b ? c : d) : e', 'a ? (b ? c : d) : e'],
    ['x in [ 1,2 , 3 ]', 'x in [1, 2, 3]'],
    ['"vip" in tags', '"vip" in tags'],
    ['row["name"] == row["客户 编号"]', 'name == row["客户 编号"]'],
    ['row["function"] > 1', 'row["function"] > 1'],
    ['(a + "-") . startsWith ("x")', '(a + "-").startsWith("x")'],
    ['in_segment("loyal")', 'in_segment("loyal")'],
    ['at >= date("2024-02-29") // leap', 'at >= date("2024-02-29")'],
    ['(a == b) == c', '(a == b) == c'],
  ])('writes %s as %s', (text, canonical) => {
    expect(printExpression(parsed(text))).toBe(canonical)
    expect(printExpression(parsed(canonical))).toBe(canonical)
  })

  it.each([
    ['', '1:1 syntax Write a condition such as amount > 100.'],
    ['a &&', '1:5 syntax The expression ends after &&; a value must follow.'],
    ['a > 1 &&\n  b ==', '2:7 syntax The expression ends after ==; a value must follow.'],
    ['a b', '1:3 syntax Something like && or > is missing before b.'],
    ['a > > 3', '1:5 syntax There is no value before >.'],
    ['(a', '1:1 syntax This ( is never closed.'],
    ['a)', '1:2 syntax This ) closes nothing that was opened.'],
    ['a == "x', '1:6 syntax Put the same quote at its end.'],
    ['a = 1', '1:3 syntax Write =='],
    ['a and b', '1:3 syntax Write &&'],
    ['a is null', '1:3 syntax Ask with known(x) or !known(x).'],
    ['a ＞ 1', '1:3 syntax Write >'],
    ['（a）', '1:1 syntax Write ('],
    ['客户编号 == "1"', '1:1 syntax Write row["客户编号"]'],
    ['package == 1', '1:1 syntax Write row["…"] around the name.'],
    ['1 < x < 3', '1:7 chained_comparison Write 1 < x && x < 3'],
    ['a == (b) == c', '1:10 chained_comparison Write 1 < x && x < 3'],
    ['x == null', '1:6 null_literal Write known(x) or !known(x)'],
    ['a.b > 1', '1:2 not_in_language Names have no points; write row["a.b"] for a column that is called a.b'],
    ['a % 2 == 0', '1:3 not_in_language Remainders (%) are not part of the language.'],
    ['[1, 2].exists(i, i > 1)', '1:7 not_in_language Loops over lists are not part of the language.'],
    [
      'has(a.b)',
      '1:1 not_in_language Names have no points; write row["a.b"] for a column that is called a.b',
    ],
    ['{"a": 1}', '1:1 not_in_language Maps and objects are not part of the language.'],
    [
      'size(a) > 1',
      '1:1 unknown_function There are known, coalesce, round, abs, business_day, business_month, days_between, startsWith, endsWith, contains, date, in_segment.',
    ],
    ['knwon(a)', '1:1 unknown_function Did you mean known?'],
    [
      'a.matches("x.*")',
      '1:2 unknown_function There are known, coalesce, round, abs, business_day, business_month, days_between, startsWith, endsWith, contains, date, in_segment.',
    ],
    ['date("2023-02-29")', '1:1 bad_literal Write date("2026-03-31"): year, month, day.'],
    ['date("2023-2-9")', '1:1 bad_literal Write date("2026-03-31"): year, month, day.'],
    ['id == 9007199254740993', '1:7 bad_literal Compare long identifiers as text, in quotes.'],
    ['x > 1e999', '1:5 bad_literal This number is too large.'],
    ['x == 5u', '1:6 bad_literal Write numbers plainly and text in plain quotes: 5, 1.5, "text".'],
    ['x == "a\\u0000b"', '1:6 bad_literal Text can not hold the NUL character.'],
    ['x in []', '1:3 bad_literal The list after in is empty.'],
    ['row[1] == 2', '1:4 not_in_language Write row["column name"]'],
  ])('refuses %j with place and advice', (text, expected) => {
    expect(refused(text)).toBe(expected)
  })

  it('counts columns in characters, also after wide ones', () => {
    expect(refused('"💥中" == a && b ==')).toMatch(/^1:18 /)
  })

  it('refuses what is too long, too deep or too large before it can do harm', () => {
    expect(refused('a'.repeat(limits.characters + 1))).toMatch(/^1:1 too_long/)
    expect(refused(`${'('.repeat(20_00)}a${')'.repeat(2000)}`)).toMatch(/^1:33 too_deep/)
    expect(refused(`${'!('.repeat(40)}a${')'.repeat(40)}`)).toMatch(/too_deep/)
    expect(refused(`${'a ? b : '.repeat(40)}c`)).toMatch(/too_deep/)
    expect(refused(Array.from({ length: 600 }, () => 'a').join(' || '))).toMatch(/too_many_parts/)
    expect(refused(Array.from({ length: 4000 }, () => 'a').join('+'))).toMatch(/too_many_parts/)
  })

  it('takes long flat chains: they are not deep', () => {
    expect(
      parsed(
        Array.from({ length: 200 }, (_, i) => `x${i} > 1`)
          .join(' || ')
          .slice(0, 1500)
          .replace(/ \|\| [^|]*$/, ''),
      ).kind,
    ).toBe('or')
    expect(parsed(Array.from({ length: 100 }, (_, i) => `x${i}`).join(' + ')).kind).toBe('arithmetic')
  })

  it('answers any text with a tree or a problem, and never throws', () => {
    const pieces = fc.constantFrom(
      'a',
      '"x"',
      "'",
      '"',
      '(',
      ')',
      '[',
      ']',
      '&&',
      '||',
      '!',
      '-',
      '1',
      '.',
      ',',
      '?',
      ':',
      'in',
      '==',
      ' ',
      '\n',
      '//',
      '\\',
      '{',
      '中',
      '💥',
      'known(',
      'r"',
      '0x',
      '1e',
      'null',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 40 }),
          fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
        ),
        (text) => {
          const outcome = parseExpression(text)
          if (!outcome.ok) {
            expect(outcome.problems.length).toBeGreaterThan(0)
            expect(outcome.problems[0]?.message.zh).toMatch(/[。：]$|./)
          }
        },
      ),
      { numRuns: 3000, seed: 7 },
    )
  })

  it('reads back what it prints, for every kind of tree', () => {
    for (const type of ['bool', 'number', 'string', 'date'] as const)
      fc.assert(
        fc.property(expressionArbitrary(type, 5), (expr) => {
          const text = printExpression(expr)
          expect(printExpression(parsed(text))).toBe(text)
          expect(parsed(`  (${text.replaceAll(' && ', '\n&&  ')} ) `)).toBeDefined()
        }),
        { numRuns: 200, seed: 11 },
      )
  })

  it('lists what an expression needs', () => {
    const expr = parsed('b > 1 && in_segment("loyal") || row["a b"] in [1] && known(b) && "x" in tags')
    expect(referencedNames(expr)).toEqual(['a b', 'b', 'tags'])
    expect(referencedSegments(expr)).toEqual(['loyal'])
  })
})
