import { TrancheError } from '../../errors.ts'
import { parseInstant } from '../../pipeline/as-of.ts'
import { recordDecision } from '../../pipeline/consent.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output, streams }: Invocation,
  customer: string,
  purpose: string,
  flags: { granted?: true; refused?: true; notice?: string; evidence?: string; at?: string },
): Promise<void> {
  if ((flags.granted === true) === (flags.refused === true))
    throw new TrancheError('invalid_input', {
      en: 'Say --granted or --refused.',
      zh: '请指定 --granted（同意）或 --refused（拒绝）。',
    })
  const catalogue = await loadWorkspace(dir)
  const { timeZone } = catalogue.workspace
  const outcome = await recordDecision(
    catalogue,
    {
      customerId: customer,
      purpose,
      granted: flags.granted === true,
      noticeVersion: flags.notice ?? null,
      decidedAt: flags.at === undefined ? new Date() : new Date(parseInstant(flags.at, timeZone)),
      evidence: flags.evidence ?? null,
    },
    { env: streams.env },
  )
  if (output.json) output.document(outcome)
  output.say(
    outcome.isNew
      ? { en: 'Recorded. The next run counts it.', zh: '已记录，下次运行生效。' }
      : { en: 'This decision is on record already.', zh: '该决定此前已记录。' },
  )
}
