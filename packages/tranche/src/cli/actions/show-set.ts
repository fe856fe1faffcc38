import type { Language, SegmentSetModel, Text } from '@tranche/contract'
import { counted, formatCount, formatInstant, formatNumber, formatPercent, plural } from '@tranche/language'
import { showSet } from '../../pipeline/published-sets.ts'
import type { SetOutcome } from '../../pipeline/set-outcomes.ts'
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
  const widest = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length), 0)
  const keys = widest(shown.cells.map(({ segment }) => segment))
  const counts = widest(shown.cells.map(({ customers }) => formatCount(customers, lang)))
  for (const { segment, label, customers, weighted } of shown.cells) {
    const stands = weighted === null ? '' : `  ${formatPercent(weighted, { lang }).padStart(6)}`
    const count = formatCount(customers, lang).padStart(counts)
    output.say(`  ${segment.padEnd(keys)}  ${count}${stands}  ${output.pick(label)}`)
  }
  if (shown.weight !== null)
    output.say({
      en: `  shares are of the people whom customers stand for, by ${shown.weight}`,
      zh: `  占比按 ${shown.weight} 加权，为客户所代表人群的占比`,
    })
  if (shown.unplaced > 0)
    output.say({
      en: `  ${counted(shown.unplaced, 'customer is', 'customers are')} in none of them: too little is known`,
      zh: `  另有 ${formatCount(shown.unplaced, lang)} 位客户信息不足，不属于其中任何一组`,
    })
  for (const outcome of shown.outcomes) for (const line of outcomeLines(outcome, lang)) output.say(line)
  for (const line of linesOf(shown.model, lang)) output.say(line)
}

function outcomeLines({ label, rate, cells }: SetOutcome, lang: Language): readonly Text[] {
  const percent = (value: number) => formatPercent(value, { lang })
  return [
    { en: `  ${label.en}: ${percent(rate)}`, zh: `  ${label.zh}：${percent(rate)}` },
    ...cells.map(({ cell, n, rate: own, low, high, lift }): Text => {
      const times = lift === null ? '' : `  ×${lift.toFixed(2)}`
      return {
        en: `    ${cell}  ${percent(own)} (${percent(low)} to ${percent(high)})${times}, of ${formatCount(n, lang)}`,
        zh: `    ${cell}  ${percent(own)}（${percent(low)}至${percent(high)}）${times}，共 ${formatCount(n, lang)} 位`,
      }
    }),
  ]
}

type Of<Kind extends SegmentSetModel['kind']> = Extract<SegmentSetModel, { readonly kind: Kind }>

const oneBand = ({ of, optimal }: Of<'bands'>): Text => ({
  en: `  ${of}: one band, since nothing tells ${optimal!.against} apart, or too few have it`,
  zh: `  ${of}：仅一档，因其无法区分 ${optimal!.against}，或发生人数过少`,
})

/** Whether bands that were cut on one half of the customers hold on the other. */
function judgedLines(
  { optimal }: Extract<SegmentSetModel, { readonly kind: 'bands' }>,
  lang: Language,
): readonly Text[] {
  if (optimal === undefined) return []
  const share = ({ n, events }: { readonly n: number; readonly events: number }) =>
    n === 0 ? '—' : formatPercent(events / n, { lang })
  const rates = optimal.judged.map(({ held }) => (held.n === 0 ? Number.NaN : held.events / held.n))
  const steps = rates.slice(1).map((rate, index) => Math.sign(rate - rates[index]!))
  const planned = optimal.judged.map(({ fitted }) => fitted.events / fitted.n)
  const holds = steps.every((step, index) => step === Math.sign(planned[index + 1]! - planned[index]!))
  return [
    ...optimal.judged.map(
      ({ fitted, held }, band): Text => ({
        en: `  band ${band + 1}: ${share(fitted)} of the ${formatCount(fitted.n, lang)} it was cut on, ${share(held)} of ${counted(held.n, 'other', 'others')}`,
        zh: `  第${band + 1}档：拟合的 ${formatCount(fitted.n, lang)} 位中 ${share(fitted)}，其余 ${formatCount(held.n, lang)} 位中 ${share(held)}`,
      }),
    ),
    holds
      ? { en: '  the order of the bands holds out of sample', zh: '  各档的高低次序在样本外成立' }
      : { en: '  the order of the bands does NOT hold out of sample', zh: '  各档的高低次序在样本外不成立' },
  ]
}

function listLines(
  { read, customers, repeated, unmatched, lines }: Of<'list'>,
  lang: Language,
): readonly Text[] {
  const count = (value: number) => formatCount(value, lang)
  const where = lines.length === 0 ? '' : lines.join(', ') + (lines.length < unmatched ? ' …' : '')
  return [
    {
      en: `  ${counted(read, 'row', 'rows')}: ${counted(customers, 'customer', 'customers')}, ${count(repeated)} named once more, ${count(unmatched)} ${plural(unmatched, 'matches', 'match')} nobody${where && ` (${plural(lines.length, 'line', 'lines')} ${where})`}`,
      zh: `  ${count(read)} 行：匹配 ${count(customers)} 位客户，重复 ${count(repeated)} 行，未匹配 ${count(unmatched)} 行${where && `（第 ${where} 行）`}`,
    },
  ]
}

function alikeLines({ seeds, auc, curve }: Of<'lookalike'>, lang: Language): readonly Text[] {
  const percent = (value: number) => formatPercent(value, { lang })
  return [
    {
      en: `  like ${counted(seeds, 'customer', 'customers')}; one of them scores higher than another customer ${percent(auc.value)} of the time (${percent(auc.low)} to ${percent(auc.high)}), of customers that the model never saw`,
      zh: `  种子客群 ${formatCount(seeds, lang)} 位；在模型未见过的客户中，种子得分高于其他客户的概率为 ${percent(auc.value)}（${percent(auc.low)}至${percent(auc.high)}）`,
    },
    ...curve.map(
      ({ share, customers, found, similarity }): Text => ({
        en: `    most alike ${percent(share)}: ${counted(customers, 'customer', 'customers')}; ${percent(found)} of the group score as high, ×${similarity.toFixed(1)}`,
        zh: `    最相似的${percent(share)}：${formatCount(customers, lang)} 位客户；种子中 ${percent(found)} 得分达到该水平，为 ${similarity.toFixed(1)} 倍`,
      }),
    ),
  ]
}

function linesOf(model: SegmentSetModel, lang: 'en' | 'zh'): readonly Text[] {
  const number = (value: number) => formatNumber(value, { lang })
  const axis = ({ of, cuts }: { readonly of: string; readonly cuts: readonly number[] }): Text => ({
    en: `  ${of}: ${cuts.length === 0 ? 'one band, the values being alike' : `cut at ${cuts.map(number).join(', ')}`}`,
    zh: `  ${of}：${cuts.length === 0 ? '取值相同，仅一档' : `分界 ${cuts.map(number).join('、')}`}`,
  })
  if (model.kind === 'bands')
    return model.optimal !== undefined && model.cuts.length === 0
      ? [oneBand(model)]
      : [axis(model), ...judgedLines(model, lang)]
  if (model.kind === 'grid') return [axis(model.rows), axis(model.columns)]
  if (model.kind === 'list') return listLines(model, lang)
  if (model.kind === 'lookalike') return alikeLines(model, lang)
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
