import { formatCount, formatPercent } from '@tranche/language'
import { previewSegment } from '../../pipeline/published-segments.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { sayFreshness } from '../freshness.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output, streams }: Invocation, rule: string): Promise<void> {
  const preview = await previewSegment(await loadWorkspace(dir), rule, streams.env)
  if (output.json) return output.document(preview)
  const count = (value: number) => formatCount(value, output.language)
  const share = preview.share === null ? '' : ` (${formatPercent(preview.share, { lang: output.language })})`
  output.say({
    en: `${count(preview.count)} of ${count(preview.population)} customers${share}, ${count(preview.unknown)} of whom it is not known`,
    zh: `${count(preview.population)} 位客户中有 ${count(preview.count)} 位${share}，另有 ${count(preview.unknown)} 位无法判断`,
  })
  if (preview.value12m !== null)
    output.say({ en: `value within the horizon: ${preview.value12m}`, zh: `预测期价值：${preview.value12m}` })
  if (preview.funnel.length > 1)
    for (const clause of preview.funnel)
      output.say({
        en: `  ${count(clause.count)} left after  ${clause.clause}   (alone ${count(clause.alone)}, unknown ${count(clause.unknown)})`,
        zh: `  ${clause.clause} 之后剩 ${count(clause.count)} 位（单独满足 ${count(clause.alone)} 位，无法判断 ${count(clause.unknown)} 位）`,
      })
  sayFreshness(output, preview)
}
