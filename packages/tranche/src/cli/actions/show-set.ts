import type { SegmentSetModel, Text } from '@tranche/contract'
import { formatCount, formatInstant, formatNumber } from '@tranche/language'
import { showSet } from '../../pipeline/published-sets.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import type { Output } from '../output.ts'

/** A set of segments: its cells, what each holds, and what places a customer. */
export async function showSetOf(catalogue: Catalogue, key: string, output: Output): Promise<void> {
  const shown = await showSet(catalogue, key)
  if (output.json) return output.document(shown)
  const lang = output.language
  const asOf = formatInstant(shown.asOf, { lang, timeZone: catalogue.workspace.timeZone })
  output.say({
    en: output.strong(`${shown.label.en} (${key}), as of ${asOf}${shown.frozen ? ', frozen' : ''}`),
    zh: output.strong(`${shown.label.zh}（${key}），截至 ${asOf}${shown.frozen ? '，已冻结' : ''}`),
  })
  for (const { segment, label, customers } of shown.cells)
    output.say(`  ${segment}  ${formatCount(customers, lang)}  ${output.pick(label)}`)
  for (const line of linesOf(shown.model, lang)) output.say(line)
}

function linesOf(model: SegmentSetModel, lang: 'en' | 'zh'): readonly Text[] {
  const number = (value: number) => formatNumber(value, { lang })
  const axis = ({ of, cuts }: { readonly of: string; readonly cuts: readonly number[] }): Text => ({
    en: `  ${of}: ${cuts.length === 0 ? 'one band, the values being alike' : `cut at ${cuts.map(number).join(', ')}`}`,
    zh: `  ${of}：${cuts.length === 0 ? '取值相同，仅一档' : `分界 ${cuts.map(number).join('、')}`}`,
  })
  if (model.kind === 'bands') return [axis(model)]
  if (model.kind === 'grid') return [axis(model.rows), axis(model.columns)]
  return model.tried.map(({ k, silhouette, gap, stability }): Text => {
    const chosen = k === model.centers.length
    const judged = [silhouette, stability].map((value) => value.toFixed(2))
    const apart = gap === null ? '' : gap.toFixed(2)
    return {
      en: `  ${k} clusters: silhouette ${judged[0]}, found again ${judged[1]}${apart && `, gap ${apart}`}${chosen ? '  ← chosen' : ''}`,
      zh: `  ${k} 类：轮廓系数 ${judged[0]}，重抽样一致性 ${judged[1]}${apart && `，间隔统计量 ${apart}`}${chosen ? '  ← 采用' : ''}`,
    }
  })
}
