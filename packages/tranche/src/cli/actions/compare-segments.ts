import type { Language, Text } from '@tranche/contract'
import { counted, formatCount, plural } from '@tranche/language'
import type { SideBySide } from '../../insights/compared-sides.ts'
import { compareSegments } from '../../pipeline/compare-segments.ts'
import { columnLabels } from '../../segments/column-labels.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { differenceLine } from '../difference-line.ts'
import { sayFreshness } from '../freshness.ts'
import type { Invocation } from '../program.ts'

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
  for (const column of told) output.say(`  ${differenceLine(column, label(column.name), output.language)}`)
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
    en: `${a}: ${counted(first, 'customer', 'customers')}; ${b ?? 'everybody else'}: ${count(second)}${both === 0 ? '' : `; ${count(both)} in both ${plural(both, 'is', 'are')} left out`}`,
    zh: `${a}：${count(first)} 位客户；${b ?? '其余客户'}：${count(second)} 位${both === 0 ? '' : `；同属两者的 ${count(both)} 位不参与比较`}`,
  }
}
