import { explainPublished } from '../../pipeline/explain.ts'
import { explainSegment } from '../../pipeline/explain-segment.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output, signal, streams }: Invocation,
  customer: string,
  flags: { feature?: string; at?: string; segment?: string },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const { segment, ...rest } = flags
  const explanation =
    segment === undefined
      ? await explainPublished(catalogue, customer, { ...rest, signal, env: streams.env })
      : await explainSegment(catalogue, customer, segment, {
          env: streams.env,
          ...(flags.at === undefined ? {} : { at: flags.at }),
        })
  if (output.json) output.document(explanation.document)
  else for (const line of explanation.lines) output.say(line)
  if (explanation.unrecorded !== null) output.say(explanation.unrecorded)
}
