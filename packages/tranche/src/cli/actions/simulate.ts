import { resolve } from 'node:path'
import { counted } from '@tranche/language'
import { simulateWorkspace } from '../../pipeline/simulate/simulate-workspace.ts'
import { requireEmpty } from '../empty-folder.ts'
import type { Invocation } from '../program.ts'
import { createProgress } from '../progress.ts'

interface SimulateFlags {
  readonly customers: number
  readonly months: number
  readonly seed: number
  readonly dirt: number
  readonly effects: 'default' | 'none'
}

export async function act(
  { output, signal, streams }: Invocation,
  dir: string,
  flags: SimulateFlags,
): Promise<void> {
  await requireEmpty(resolve(dir))
  const progress = createProgress(output, streams)
  const { truth, rows } = await simulateWorkspace({
    dir: resolve(dir),
    ...flags,
    signal,
    progress: ({ customers }) => progress.event({ step: 'simulate', status: 'advanced', rows: customers }),
  })
  progress.stop()
  if (output.json) return output.document({ dir: resolve(dir), customers: truth.customers, rows })
  output.say({
    en: `${counted(truth.customers, 'customer', 'customers')} and ${counted(rows['transactions'] ?? 0, 'transaction', 'transactions')} written to ${dir}. Next: tranche -C ${dir} run`,
    zh: `已在 ${dir} 写入 ${truth.customers} 位客户、${rows['transactions'] ?? 0} 笔交易。下一步：tranche -C ${dir} run`,
  })
}
