import { formatCount, formatInstant } from '@tranche/language'
import { segmentFlows } from '../../pipeline/segment-history.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output }: Invocation,
  set: string,
  between: { readonly from?: string; readonly to?: string },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const found = await segmentFlows(catalogue, set, between)
  if (output.json) return output.document(found)
  const lang = output.language
  const day = (instant: string) => formatInstant(instant, { lang, timeZone: catalogue.workspace.timeZone })
  output.say({
    en: output.strong(`${set}: from ${day(found.from)} to ${day(found.to)}`),
    zh: output.strong(`${set}：由 ${day(found.from)} 至 ${day(found.to)}`),
  })
  if (found.from === found.to)
    output.say({
      en: '  one day alone: who went where is known once a run is as of another day',
      zh: '  仅有同一天的结果：再有截至另一天的运行后，方可看到流向',
    })
  for (const { from, to, customers } of found.flows)
    output.say({
      en: `  ${from ?? 'none'} → ${to ?? 'none'}: ${formatCount(customers, lang)}`,
      zh: `  ${from ?? '无'} → ${to ?? '无'}：${formatCount(customers, lang)}`,
    })
}
