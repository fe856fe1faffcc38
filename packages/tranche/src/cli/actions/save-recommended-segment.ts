import { saveSegment } from '../../pipeline/recommendations.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation, key: string, flags: { as?: string }): Promise<void> {
  const saved = await saveSegment(await loadWorkspace(dir), key, flags.as)
  if (output.json) output.document(saved)
  output.say({
    en: `Segment ${saved.segment} written to ${saved.file}. The next run counts it.`,
    zh: `客群 ${saved.segment} 已写入 ${saved.file}，下次运行生效。`,
  })
}
