import { counted, formatCount, formatInstant } from '@tranche/language'
import { segmentHistory } from '../../pipeline/segment-history.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation, key: string): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const history = await segmentHistory(catalogue, key)
  if (output.json) return output.document(history)
  const lang = output.language
  const count = (n: number) => formatCount(n, lang)
  for (const { asOf, run, customers, entered, left } of history) {
    const day = formatInstant(asOf, { lang, timeZone: catalogue.workspace.timeZone })
    output.say({
      en: `${day}: ${counted(customers, 'customer', 'customers')}, ${count(entered)} entered, ${count(left)} left${run === null ? '' : `  (run ${run})`}`,
      zh: `${day}：${count(customers)} 位客户，进入 ${count(entered)} 位，离开 ${count(left)} 位${run === null ? '' : `（运行 ${run}）`}`,
    })
  }
}
