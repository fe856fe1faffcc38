import { explainPublished } from '../../pipeline/explain.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output, signal, streams }: Invocation,
  customer: string,
  flags: { feature?: string; at?: string },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const explanation = await explainPublished(catalogue, customer, { ...flags, signal, env: streams.env })
  if (output.json) output.document(explanation.document)
  else for (const line of explanation.lines) output.say(line)
  if (explanation.unrecorded !== null) output.say(explanation.unrecorded)
}
