import { inspectWorkspace } from '../../pipeline/doctor.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output, streams }: Invocation): Promise<void> {
  const report = await inspectWorkspace(dir, streams.env)
  if (output.json) return output.document(report)
  for (const { ok, text } of report.checks) output.say(`${ok ? '✓' : '!'} ${output.pick(text)}`)
  output.say(output.strong(output.pick({ en: 'Columns that name a person', zh: '个人标识列' })))
  if (report.identifiers.length === 0) output.say({ en: '  none declared', zh: '  未声明' })
  for (const { source, column, kind, treatment } of report.identifiers)
    output.say(`  ${source}.${column} (${kind}): ${output.pick(treatment)}`)
}
