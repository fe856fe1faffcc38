import { explainPublished } from '../../pipeline/explain.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output, signal }: Invocation,
  customer: string,
  flags: { feature?: string; at?: string },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const explanation = await explainPublished(catalogue, customer, { ...flags, signal })
  if (output.json) return output.document(explanation.document)
  for (const line of explanation.lines) output.say(line)
}
