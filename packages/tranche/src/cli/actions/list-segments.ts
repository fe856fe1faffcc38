import { formatCount, formatPercent } from '@tranche/language'
import { listSegments } from '../../pipeline/published-segments.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation): Promise<void> {
  const segments = await listSegments(await loadWorkspace(dir))
  if (output.json) return output.document(segments)
  const width = Math.max(...segments.map(({ key }) => key.length), 0)
  for (const { key, label, customers, share, unknown, changed } of segments) {
    const count = formatCount(customers, output.language)
    const part = share === null ? '' : `  ${formatPercent(share, { lang: output.language })}`
    const open =
      unknown === 0 ? '' : { en: `, ${unknown} unknown`, zh: `，${unknown} 人无法判断` }[output.language]
    const stale = changed ? { en: '  (changed since)', zh: '（定义已变更）' }[output.language] : ''
    output.say(`${key.padEnd(width)}  ${count}${part}${open}  ${output.pick(label)}${stale}`)
  }
}
