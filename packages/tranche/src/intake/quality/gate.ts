import { TrancheError } from '../../errors.ts'
import type { QualityRow } from './quality-row.ts'

/**
 * Stops the run where an expectation of severity error fails.
 * @throws TrancheError refused
 */
export function refuseFailures(quality: readonly QualityRow[]): void {
  const failures = quality.filter(({ severity, status }) => severity === 'error' && status === 'fail')
  const [first] = failures
  if (first === undefined) return
  const more = failures.length - 1
  throw new TrancheError(
    'refused',
    {
      en: `Quality gate: ${first.source} ${first.table}: ${first.message.en}${more > 0 ? ` (${more} more)` : ''} The last published results stay.`,
      zh: `质量门：${first.source} ${first.table}：${first.message.zh}${more > 0 ? `（另有 ${more} 项）` : ''}已发布的结果保持不变。`,
    },
    {
      hint: {
        en: 'Mend the data (tranche quarantine list shows rejected rows), or lower the severity of the expectation.',
        zh: '请修复数据（tranche quarantine list 可查看被拒的行），或降低该预期的 severity。',
      },
      context: { failures: failures.length, check: first.key },
    },
  )
}
