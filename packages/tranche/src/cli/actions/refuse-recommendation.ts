import type { Invocation } from '../program.ts'
import { recordStep } from '../record-step.ts'

export async function act(invocation: Invocation, key: string, flags: { reason: string }): Promise<void> {
  await recordStep(invocation, key, { status: 'refused', reason: flags.reason })
}
