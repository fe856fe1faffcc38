import { planRun } from '../../pipeline/plan.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output, signal, streams }: Invocation,
  flags: { asOf?: string },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const plan = await planRun(catalogue, {
    signal,
    env: streams.env,
    tell: (lines) => {
      for (const line of lines) output.say(line)
    },
    ...(flags.asOf === undefined ? {} : { asOf: flags.asOf }),
  })
  if (output.json) output.document(plan)
  else for (const line of plan.lines) output.say(line)
  if (plan.unrecorded !== null) output.say(plan.unrecorded)
}
