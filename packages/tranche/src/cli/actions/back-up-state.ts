import { resolve } from 'node:path'
import { backUpState } from '../../pipeline/state-backup.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation, file: string): Promise<void> {
  const outcome = await backUpState(await loadWorkspace(dir), resolve(file))
  if (output.json) output.document(outcome)
  output.say({ en: `State copied to ${outcome.file}.`, zh: `状态库已备份到 ${outcome.file}。` })
}
