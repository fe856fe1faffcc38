import type { Language, Text } from '@tranche/contract'
import { formatNumber, formatPercent } from '@tranche/language'
import type { ComparedColumn } from '../insights/compared-sides.ts'
import { brief } from './brief.ts'

/** Levels told of one text. */
const mostLevels = 2

/** One thing that two groups differ in, with the size of the difference by its usual letter. */
export function differenceLine(column: ComparedColumn, label: Text, lang: Language): string {
  const size = column.effectSize.toFixed(2)
  if (column.kind === 'levels') {
    const levels = column.levels
      .filter(({ first, second }) => first !== null && second !== null)
      .slice(0, mostLevels)
      .map(
        ({ level, first, second }) =>
          `${level} ${formatPercent(first!, { lang })} / ${formatPercent(second!, { lang })}`,
      )
    return lineOf(label, levels.join({ en: '; ', zh: '；' }[lang]), `V ${size}`, lang)
  }
  const value = (of: number) =>
    column.kind === 'share' ? formatPercent(of, { lang }) : formatNumber(of, { lang })
  const sign = column.kind === 'share' ? 'h' : 'd'
  const values = `${value(column.first.value)} / ${value(column.second.value)}`
  return lineOf(label, values, `${sign} ${size}`, lang)
}

function lineOf(label: Text, values: string, size: string, lang: Language): string {
  const name = brief(label[lang])
  return lang === 'zh' ? `${name}：${values}（${size}）` : `${name}: ${values}  (${size})`
}
