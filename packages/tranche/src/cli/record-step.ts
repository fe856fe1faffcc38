import { type Decision, decideRecommendation, showRecommendation } from '../pipeline/recommendations.ts'
import { loadWorkspace } from '../workspace/load.ts'
import type { Invocation } from './program.ts'

/** Records a step of a recommendation and says so; the document is the recommendation with all of its steps. */
export async function recordStep(
  { dir, output, streams }: Invocation,
  key: string,
  decision: Decision,
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  await decideRecommendation(catalogue, key, decision, { env: streams.env })
  if (output.json) output.document(await showRecommendation(catalogue, key, { env: streams.env }))
  output.say({
    en: `Recorded: ${key} is ${decision.status}. The next report tells it.`,
    zh: `已记录：${key} ${statusWords[decision.status].zh}，下次报告将予以说明。`,
  })
}

export const statusWords = {
  proposed: { en: 'proposed', zh: '已提出' },
  accepted: { en: 'accepted', zh: '已采纳' },
  refused: { en: 'refused', zh: '已拒绝' },
  running: { en: 'running', zh: '进行中' },
  measured: { en: 'measured', zh: '已衡量' },
} as const
