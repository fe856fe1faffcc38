import { freezeSet } from '../../pipeline/published-sets.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation, key: string): Promise<void> {
  const file = await freezeSet(await loadWorkspace(dir), key)
  if (output.json) return output.document({ set: key, file })
  output.say({
    en: `Written: ${file}. Runs from now on place customers by it; take the file out to fit anew.`,
    zh: `已写入 ${file}。此后的运行均按该模型划分客户；删除该文件即重新拟合。`,
  })
}
