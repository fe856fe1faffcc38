import { formatCount, formatPercent } from '@tranche/language'
import { listSegments, type PublishedSegment } from '../../pipeline/published-segments.ts'
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
  const width = Math.max(...segments.map(({ key }) => key.length), 0)
  for (const { key, label, customers, share, unknown, changed } of segments) {
    const count = formatCount(customers, output.language)
    const part = share === null ? '' : `  ${formatPercent(share, { lang: output.language })}`
    const open =
      unknown === 0 ? '' : { en: `, ${unknown} unknown`, zh: `，${unknown} 人无法判断` }[output.language]
    const stale = changed ? { en: '  (changed since)', zh: '（定义已变更）' }[output.language] : ''
    output.say(`${key.padEnd(width)}  ${count}${part}${open}  ${output.pick(label)}${stale}`)
  }
  if (idle.length > 0)
    output.say({
      en: `Not known of anybody, for want of purchases: ${idle.join(', ')}`,
      zh: `因缺少消费数据而对所有客户均未知：${idle.join('、')}`,
    })
}
