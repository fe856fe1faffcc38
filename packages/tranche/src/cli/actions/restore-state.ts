import { resolve } from 'node:path'
import { restoreState } from '../../pipeline/state-backup.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output, streams }: Invocation, file: string): Promise<void> {
  const outcome = await restoreState(await loadWorkspace(dir), resolve(file), { env: streams.env })
  if (output.json) output.document(outcome)
  output.say({ en: `State restored from ${outcome.from}.`, zh: `已从 ${outcome.from} 恢复状态库。` })
  if (outcome.kept !== null)
    output.say({ en: `What was there before: ${outcome.kept}`, zh: `恢复前的状态库：${outcome.kept}` })
}
