import type { Language, Text } from '@tranche/contract'
import { formatCount, formatNumber, formatPercent } from '@tranche/language'
import type { ComparedColumn, SideBySide } from '../../insights/side-by-side.ts'
import { compareSegments } from '../../pipeline/compare-segments.ts'
import { columnLabels } from '../../segments/column-labels.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { sayFreshness } from '../freshness.ts'
import type { Invocation } from '../program.ts'

/** Levels told of one text. */
const mostLevels = 2

export async function act(
  { dir, output }: Invocation,
  first: string,
  second: string | undefined,
  { all = false }: { readonly all?: boolean },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const compared = await compareSegments(catalogue, first, second ?? null)
  if (output.json) return output.document(compared)
  output.say(headline(compared, first, second, output.language))
  for (const one of compared.freshness) if (one.stale) sayFreshness(output, one, one.segment)
  const label = columnLabels(catalogue.features)
  const told = all ? compared.columns : compared.columns.filter(({ shown }) => shown)
  for (const column of told) output.say(`  ${lineOf(column, label(column.name), output.language)}`)
  const rest = compared.columns.length - told.length
  if (rest > 0)
    output.say({
      en: `  ${rest} more show no difference (--all lists them)`,
      zh: `  另有 ${rest} 项未见差异（--all 可全部列出）`,
    })
}

function headline(
  { first, second, both }: SideBySide,
  a: string,
  b: string | undefined,
  lang: Language,
): Text {
  const count = (n: number) => formatCount(n, lang)
  return {
    en: `${a}: ${count(first)} customers; ${b ?? 'everybody else'}: ${count(second)}${both === 0 ? '' : `; ${count(both)} in both are left out`}`,
    zh: `${a}：${count(first)} 位客户；${b ?? '其余客户'}：${count(second)} 位${both === 0 ? '' : `；同属两者的 ${count(both)} 位不参与比较`}`,
  }
}

function lineOf(column: ComparedColumn, label: Text, lang: Language): string {
  const size = column.effectSize.toFixed(2)
  if (column.kind === 'levels') {
    const levels = column.levels
      .filter(({ first, second }) => first !== null && second !== null)
      .slice(0, mostLevels)
      .map(
        ({ level, first, second }) =>
          `${level} ${formatPercent(first!, { lang })} / ${formatPercent(second!, { lang })}`,
      )
    return `${label[lang]}: ${levels.join(lang === 'zh' ? '；' : '; ')}  (V ${size})`
  }
  const value = (of: number) =>
    column.kind === 'share' ? formatPercent(of, { lang }) : formatNumber(of, { lang })
  const sign = column.kind === 'share' ? 'h' : 'd'
  return `${label[lang]}: ${value(column.first.value)} / ${value(column.second.value)}  (${sign} ${size})`
}
