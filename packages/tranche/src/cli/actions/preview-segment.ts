import { counted, formatCount, formatPercent } from '@tranche/language'
import { previewSegment, type SegmentPreview } from '../../pipeline/preview-segment.ts'
import { columnLabels } from '../../segments/column-labels.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { differenceLine } from '../difference-line.ts'
import { sayFreshness } from '../freshness.ts'
import type { Output } from '../output.ts'
import type { Invocation } from '../program.ts'
import { unknownWords } from '../unknown-words.ts'

export async function act({ dir, output, streams }: Invocation, rule: string): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const preview = await previewSegment(catalogue, rule, streams.env)
  if (output.json) return output.document(preview)
  const count = (value: number) => formatCount(value, output.language)
  const percent = preview.share === null ? null : formatPercent(preview.share, { lang: output.language })
  const share = percent === null ? { en: '', zh: '' } : { en: ` (${percent})`, zh: `（${percent}）` }
  const open = unknownWords(preview.unknown, output.language)
  output.say({
    en: `${count(preview.count)} of ${counted(preview.population, 'customer', 'customers')}${share.en}; ${open.en}`,
    zh: `${count(preview.population)} 位客户中有 ${count(preview.count)} 位${share.zh}；${open.zh}`,
  })
  if (preview.funnel.length > 1)
    for (const clause of preview.funnel)
      output.say({
        en: `  ${count(clause.count)} left after  ${clause.clause}   (alone ${count(clause.alone)}, unknown ${count(clause.unknown)})`,
        zh: `  ${clause.clause} 之后剩 ${count(clause.count)} 位（单独满足 ${count(clause.alone)} 位，无法判断 ${count(clause.unknown)} 位）`,
      })
  saySample(preview, catalogue, output)
  sayFreshness(output, preview)
}

/** Differences told; `--json` has them all. */
const mostDifferences = 5

function saySample(
  { sample, value12m, differences }: SegmentPreview,
  { features }: Catalogue,
  output: Output,
): void {
  const { language } = output
  const count = (value: number) => formatCount(value, language)
  const of = sample.everybody
    ? { en: '', zh: '' }
    : {
        en: `, by a fixed sample of ${count(sample.customers)} customers`,
        zh: `（按固定抽样的 ${count(sample.customers)} 位客户估计）`,
      }
  if (value12m !== null)
    output.say({
      en: `value within the horizon: ${value12m}${of.en}`,
      zh: `预测期价值：${value12m}${of.zh}`,
    })
  const shown = differences.columns.filter((column) => column.shown)
  if (shown.length === 0) {
    output.say({
      en: `members differ from the others in nothing that the data shows${of.en}`,
      zh: `数据未显示成员与其余客户存在差异${of.zh}`,
    })
    return
  }
  output.say({
    en: `what sets members apart (members / others, size of the difference)${of.en}:`,
    zh: `成员与其余客户的主要差异（成员 / 其余，差异大小）${of.zh}：`,
  })
  const label = columnLabels(features)
  for (const column of shown.slice(0, mostDifferences))
    output.say(`  ${differenceLine(column, label(column.name), language)}`)
  const rest = shown.length - mostDifferences
  if (rest > 0)
    output.say({
      en: `  and ${counted(rest, 'more difference', 'more differences')} that the tests bear out`,
      zh: `  另有 ${count(rest)} 项经检验成立的差异`,
    })
}
