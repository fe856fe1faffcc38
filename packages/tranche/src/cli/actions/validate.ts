import { counted } from '@tranche/language'
import { TrancheError } from '../../errors.ts'
import { validateWorkspace } from '../../pipeline/validate.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation): Promise<void> {
  const { problems, counts } = await validateWorkspace(dir)
  if (output.json)
    output.document({
      ok: !problems.some(({ severity }) => severity === 'error'),
      counts,
      problems: problems.map(({ severity, place, text, hint }) => ({
        severity,
        ...place,
        message: text,
        hint: hint ?? null,
      })),
    })
  for (const { severity, place, text, hint } of problems) {
    const where = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':')
    const word = { error: { en: 'error', zh: '错误' }, warning: { en: 'warning', zh: '提醒' } }[severity]
    output.say(
      `${where}: ${output.pick(word)}: ${output.pick(text)}${hint === undefined ? '' : `\n  ${output.pick(hint)}`}`,
    )
  }
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (errors > 0)
    throw new TrancheError('invalid_definition', {
      en: `${counted(errors, 'error', 'errors')}.`,
      zh: `共 ${errors} 处错误。`,
    })
  output.say({
    en: `${counted(counts.sources, 'source', 'sources')}, ${counted(counts.features, 'feature', 'features')}, ${counted(counts.metrics, 'metric', 'metrics')}, ${counted(counts.segments, 'segment', 'segments')}, ${counted(counts.sets, 'set', 'sets')}: in order.`,
    zh: `${counts.sources} 个来源、${counts.features} 个特征、${counts.metrics} 个指标、${counts.segments} 个客群、${counts.sets} 个客群组：全部正确。`,
  })
}
