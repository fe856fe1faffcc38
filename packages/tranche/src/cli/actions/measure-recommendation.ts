import { TrancheError } from '../../errors.ts'
import type { Invocation } from '../program.ts'
import { recordStep } from '../record-step.ts'

interface MeasureFlags {
  readonly realised: number
  readonly low?: number
  readonly high?: number
  readonly cost?: number
  readonly evidence?: string
}

export async function act(invocation: Invocation, key: string, flags: MeasureFlags): Promise<void> {
  const { realised: value, low = null, high = null, cost = null, evidence = null } = flags
  if ((low === null) !== (high === null) || (low !== null && (low > value || high! < value)))
    throw new TrancheError('invalid_input', {
      en: `An interval has a low end and a high end with ${value} between them.`,
      zh: `区间须同时给出下限和上限，且 ${value} 介于两者之间。`,
    })
  await recordStep(invocation, key, { status: 'measured', realised: { value, low, high, cost, evidence } })
}
