import { formatCount, formatPercent } from '@tranche/language'
import { listSegments, type PublishedSegment } from '../../pipeline/published-segments.ts'
import { ageWords, staleWords } from '../../pipeline/staleness.ts'
import { standingSegments } from '../../segments/standing.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output, streams }: Invocation): Promise<void> {
  const all = await listSegments(await loadWorkspace(dir), streams.env)
  if (output.json) return output.document(all)
  // Without purchases nobody has a tier or an activity, and six lines of zeros say less than one.
  const isIdle = ({ key, customers, share, unknown }: PublishedSegment) =>
    standingSegments.some((standing) => standing.key === key) && customers === 0 && unknown > 0 && share === 0
  const segments = all.filter((segment) => !isIdle(segment))
  const idle = all.filter(isIdle).map(({ key }) => key)
  const lang = output.language
  const counts = segments.map(({ customers }) => formatCount(customers, lang))
  const shares = segments.map(({ share }) => (share === null ? '—' : formatPercent(share, { lang })))
  const widest = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length), 0)
  const widths = {
    key: widest(segments.map(({ key }) => key)),
    count: widest(counts),
    share: widest(shares),
  }
  segments.forEach((segment, row) => {
    const { key, label, unknown } = segment
    const open =
      unknown === 0
        ? ''
        : { en: `, ${formatCount(unknown, lang)} unknown`, zh: `，${formatCount(unknown, lang)} 人无法判断` }[
            lang
          ]
    const age = ageWords(segment)?.[lang]
    const stale = staleWords(segment)?.[lang]
    const fresh = [age, stale].filter((words) => words !== undefined).join({ en: '; ', zh: '；' }[lang])
    const told = fresh === '' ? '' : { en: ` (${fresh})`, zh: `（${fresh}）` }[lang]
    output.say(
      `${key.padEnd(widths.key)}  ${counts[row]!.padStart(widths.count)}  ${shares[row]!.padStart(widths.share)}${open}  ${output.pick(label)}${told}`,
    )
  })
  if (idle.length > 0)
    output.say({
      en: `Not known of anybody, for want of purchases: ${idle.join(', ')}`,
      zh: `因缺少消费数据而对所有客户均未知：${idle.join('、')}`,
    })
}
