import { formatCount, formatDate, formatInstant, formatUnit, plural } from '@tranche/language'
import { showRecommendation } from '../../pipeline/recommendations.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'
import { statusWords } from '../record-step.ts'
import { unknownWords } from '../unknown-words.ts'

export async function act({ dir, output, streams }: Invocation, key: string): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const shown = await showRecommendation(catalogue, key, { env: streams.env })
  if (output.json) return output.document(shown)
  const { language: lang } = output
  const { currency, timeZone } = catalogue.workspace
  const { recommendation: found, steps } = shown
  if (found !== null) {
    const number = (value: number | null) =>
      value === null ? '–' : formatUnit(value, { lang, unit: found.unit, currency })
    const count = (value: number | null) => (value === null ? '–' : formatCount(value, lang))
    output.say(output.strong(`${output.pick(found.label)} (${found.key})`))
    output.say(`  ${output.pick(found.action)}`)
    if (found.asked_group !== null)
      output.say({
        en: `  stopped by the policy: ${found.asked_group} (${count(found.asked_reach)} customers; ${found.stopped_paths.join('; ')})`,
        zh: `  被策略拦截：${found.asked_group}（${count(found.asked_reach)}位客户；${found.stopped_paths.join('；')}）`,
      })
    if (found.group !== null) {
      const open = unknownWords(found.unknown ?? 0, lang)
      output.say({
        en: `  ${found.group}: ${count(found.reach)} ${plural(found.reach ?? 0, 'customer', 'customers')}; ${open.en}`,
        zh: `  ${found.group}：${count(found.reach)}位客户；${open.zh}`,
      })
      const cost = formatUnit(found.cost!, { lang, unit: 'money', currency })
      output.say({
        en: `  ${found.effect_metric.en}: ${number(found.effect)} expected, at a cost of ${cost}; owner ${found.owner.en}, due ${formatDate(found.due_on, 'en')}`,
        zh: `  ${found.effect_metric.zh}：预期${number(found.effect)}，成本${cost}；负责人${found.owner.zh}，期限${formatDate(found.due_on, 'zh')}`,
      })
    }
    const { experiment } = found
    if (experiment !== null)
      output.say({
        en: `  experiment: ${count(experiment.arms.length)} arms of ${count(experiment.perArm)} customers over ${experiment.days} days; ${experiment.outcome.en}`,
        zh: `  实验：${count(experiment.arms.length)}组，每组${count(experiment.perArm)}位客户，为期${experiment.days}天；${experiment.outcome.zh}`,
      })
  }
  for (const { status, at, who, reason } of steps)
    output.say(
      `  ${formatInstant(at, { lang, timeZone })}  ${statusWords[status][lang]}  ${who}${reason === null ? '' : `  ${reason}`}`,
    )
}
