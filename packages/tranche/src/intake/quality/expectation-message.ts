import type { Expectation, Text } from '@tranche/contract'
import { counted, formatCount, plural } from '@tranche/language'
import type { KindedExpectation } from './row-expectations.ts'
import type { TableCheck } from './table-expectations.ts'

/** What the quality page says of an expectation: what was expected, what was found. */
export function expectationMessage(
  { kind, expectation }: KindedExpectation,
  check: TableCheck,
  name: Text,
): Text {
  const expected = expectedText(kind, expectation, name)
  const found = foundText(kind, expectation, check)
  return { en: `${expected.en} ${found.en}`, zh: `${expected.zh}${found.zh}` }
}

function expectedText(kind: KindedExpectation['kind'], expectation: Expectation, { en, zh }: Text): Text {
  switch (kind) {
    case 'not_null':
      return { en: `${en} is never missing:`, zh: `${zh}不应缺失：` }
    case 'accepted':
      return {
        en: `${en} is one of ${some(expectation.accepted!)}:`,
        zh: `${zh}应为 ${some(expectation.accepted!)} 之一：`,
      }
    case 'range':
      return {
        en: `${en} lies in ${rangeText(expectation)}:`,
        zh: `${zh}应在 ${rangeText(expectation)} 之内：`,
      }
    case 'pattern':
      return { en: `${en} matches ${expectation.pattern}:`, zh: `${zh}应匹配 ${expectation.pattern}：` }
    case 'expression':
      return { en: `${expectation.expression} holds:`, zh: `${expectation.expression} 应成立：` }
    case 'unique':
      return { en: `${en} is unique:`, zh: `${zh}应唯一：` }
    case 'foreign_key': {
      const { table, column } = expectation.foreign_key!
      return { en: `${en} refers to ${table}.${column}:`, zh: `${zh}应能在 ${table}.${column} 中找到：` }
    }
    case 'freshness':
      return { en: 'The newest row is recent:', zh: '最新一行应足够新：' }
    case 'row_count_change':
      return { en: 'The number of rows changes little:', zh: '行数变化应较小：' }
    case 'distribution':
      return { en: `The distribution of ${en} changes little:`, zh: `${zh}的分布变化应较小：` }
  }
}

function foundText(kind: KindedExpectation['kind'], { quarantine }: Expectation, check: TableCheck): Text {
  const { observed, threshold, n, failed } = check
  switch (kind) {
    case 'freshness':
      return observed === null
        ? { en: 'no row has a date.', zh: '没有带日期的行。' }
        : {
            en: `${counted(observed, 'day', 'days')} old, at most ${threshold} allowed.`,
            zh: `距今 ${observed} 天，最多允许 ${threshold} 天。`,
          }
    case 'row_count_change':
      return observed === null
        ? { en: 'nothing to compare with yet.', zh: '暂无可比较的上次结果。' }
        : {
            en: `by ${percent(observed)}, at most ${percent(threshold)} allowed.`,
            zh: `变化 ${percent(observed)}，最多允许 ${percent(threshold)}。`,
          }
    case 'distribution':
      return observed === null
        ? { en: 'nothing to compare with yet.', zh: '暂无可比较的上次结果。' }
        : {
            en: `PSI ${observed.toFixed(3)}, at most ${threshold} allowed.`,
            zh: `PSI 为 ${observed.toFixed(3)}，最多允许 ${threshold}。`,
          }
    default: {
      if (observed === null) return { en: 'there are no rows.', zh: '没有行。' }
      const aside: Text =
        quarantine && failed
          ? { en: failed === 1 ? ' It was set aside.' : ' They were set aside.', zh: '这些行已隔离。' }
          : { en: '', zh: '' }
      return {
        en: `${formatCount(failed ?? 0, 'en')} of ${counted(n ?? 0, 'row', 'rows')} (${percent(observed)}) ${plural(failed ?? 0, 'is', 'are')} otherwise, at most ${percent(threshold)} allowed.${aside.en}`,
        zh: `${n} 行中有 ${failed} 行（${percent(observed)}）不符合，最多允许 ${percent(threshold)}。${aside.zh}`,
      }
    }
  }
}

function rangeText({ range }: Expectation): string {
  const { min, max } = range!
  return `${min === undefined ? '' : `${min} `}…${max === undefined ? '' : ` ${max}`}`
}

function some(values: readonly (string | number | boolean)[]): string {
  return values.length > 8 ? `${values.slice(0, 8).join(', ')}, …` : values.join(', ')
}

function percent(share: number): string {
  const text = (share * 100).toFixed(2)
  return `${text === '0.00' && share > 0 ? '<0.01' : text.replace(/\.?0+$/, '')}%`
}
