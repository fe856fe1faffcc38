import { TrancheError } from '../../errors.ts'
import { type DoctorReport, inspectWorkspace } from '../../pipeline/doctor.ts'
import { migrateWorkspace } from '../../pipeline/inspect-state.ts'
import type { Output } from '../output.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output, streams }: Invocation,
  flags: { migrate: boolean; audit?: string | true },
): Promise<void> {
  if (flags.migrate) {
    const { from, to } = await migrateWorkspace(dir, streams.env)
    output.say(
      from === to
        ? { en: `The state has version ${to}; nothing to do.`, zh: `状态库已是版本 ${to}，无需迁移。` }
        : {
            en: `The state went from version ${from} to ${to}.`,
            zh: `状态库已从版本 ${from} 迁移到 ${to}。`,
          },
    )
  }
  const report = await inspectWorkspace(dir, streams.env, {
    ...(flags.audit === undefined ? {} : { audit: flags.audit }),
  })
  describe(output, report)
  const broken = report.checks.find(({ key, ok }) => key === 'audit' && !ok)
  if (broken !== undefined) throw new TrancheError('damaged', broken.text)
}

function describe(output: Output, report: DoctorReport): void {
  if (output.json) {
    output.document(report)
    return
  }
  for (const { ok, text } of report.checks) output.say(`${ok ? '✓' : '!'} ${output.pick(text)}`)
  output.say(output.strong(output.pick({ en: 'Columns that name a person', zh: '个人标识列' })))
  if (report.identifiers.length === 0) output.say({ en: '  none declared', zh: '  未声明' })
  for (const { source, column, kind, treatment } of report.identifiers)
    output.say(`  ${source}.${column} (${kind}): ${output.pick(treatment)}`)
}
