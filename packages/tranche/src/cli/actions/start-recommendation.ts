import type { Invocation } from '../program.ts'
import { recordStep } from '../record-step.ts'

export async function act(
  invocation: Invocation,
  key: string,
  flags: { experiment?: string },
): Promise<void> {
  const { experiment } = flags
  await recordStep(invocation, key, {
    status: 'running',
    ...(experiment === undefined ? {} : { reason: experiment }),
  })
}
