import type { Language, Text } from '@tranche/contract'
import { formatCount, formatInstant, formatNumber, formatPercent } from '@tranche/language'
import { TrancheError } from '../../errors.ts'
import {
  type AdviceWeights,
  type AdvisedDimension,
  defaultWeights,
  tellsAll,
} from '../../insights/advise/advise.ts'
import type { Strategy } from '../../insights/advise/nature.ts'
import { adviseGoal } from '../../pipeline/advise-goal.ts'
import { columnLabels } from '../../segments/column-labels.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { brief } from '../brief.ts'
import type { Invocation } from '../program.ts'

interface AdviseFlags {
  readonly goal: string
  readonly weights?: string
  readonly without?: readonly string[]
  readonly top: number
}

export async function act({ dir, output, signal }: Invocation, flags: AdviseFlags): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const advice = await adviseGoal(catalogue, { ...flags, weights: weightsOf(flags.weights) }, signal)
  if (output.json) return output.document(advice)
  const lang = output.language
  const label = columnLabels([...catalogue.metrics, ...catalogue.features])
  const day = (instant: string) => formatInstant(instant, { lang, timeZone: catalogue.workspace.timeZone })
  const goal = label(advice.goal)
  if (advice.sameDay) sayOneDay(output, goal, advice.customers)
  else
    output.say({
      en: output.strong(
        `${goal.en}: what customers were on ${day(advice.from)}, against what became of ${formatCount(advice.customers, lang)} of them by ${day(advice.to)}`,
      ),
      zh: output.strong(
        `${goal.zh}：以 ${day(advice.from)} 的客户状况，对照 ${formatCount(advice.customers, lang)} 位客户截至 ${day(advice.to)} 的结果`,
      ),
    })
  for (const one of advice.strategies)
    output.say({
      en: `  ${strategies[one.strategy].en}: best by ${brief(label(one.best).en)} (priority ${hundredths(one.priority)})`,
      zh: `  ${strategies[one.strategy].zh}：最佳维度为${brief(label(one.best).zh)}（优先级 ${hundredths(one.priority)}）`,
    })
  const told = advice.dimensions.filter(({ priority }) => priority > 0).slice(0, flags.top)
  output.say({
    en: '  priority  impact  ease  known  may use  best group',
    zh: '  优先级  影响  易得  覆盖  可用  最佳分组',
  })
  for (const one of told) output.say(lineOf(one, label(one.name), lang))
  saySuspects(
    output,
    told.flatMap(({ name, impact }) => (advice.sameDay && impact >= tellsAll ? [name] : [])),
    label,
  )
  const idle = advice.dimensions.length - advice.dimensions.filter(({ priority }) => priority > 0).length
  output.say({
    en: `  ${formatCount(idle, lang)} of ${formatCount(advice.dimensions.length, lang)} dimensions tell nobody apart for this goal`,
    zh: `  ${formatCount(advice.dimensions.length, lang)} 个维度中有 ${formatCount(idle, lang)} 个对该目标没有区分度`,
  })
}

export function saySuspects(
  output: Invocation['output'],
  names: readonly string[],
  label: (name: string) => Text,
): void {
  for (const name of names) {
    const own = label(name)
    output.say({
      en: `  ${brief(own.en)} tells it almost by itself: was it made of the goal? If so: --without ${name}`,
      zh: `  仅凭${brief(own.zh)}几乎即可判定该目标：它是否由该目标推算而来？若是，请加 --without ${name}`,
    })
  }
}

/** Nothing of the past is known: a warning, since what was recorded after the fact looks best of all. */
export function sayOneDay(output: Invocation['output'], goal: Text, customers: number): void {
  const count = formatCount(customers, output.language)
  output.say({
    en: output.strong(`${goal.en}: what goes with it, of ${count} customers`),
    zh: output.strong(`${goal.zh}：${count} 位客户中与之相关的维度`),
  })
  output.say({
    en: '  The data says nothing of when, so this is of one day: what goes with the goal, not what foretells it. Leave out what was only known afterwards: --without KEY,…',
    zh: '  数据没有时间信息，以下仅为同一时点的相关性，并非预测；请用 --without 键名,… 排除事后才知道的维度。',
  })
}

const hundredths = (value: number) => String(Math.round(value * 100))

function lineOf(one: AdvisedDimension, label: Text, lang: Language): string {
  const numbers = [one.priority, one.impact, one.ease, one.availability, one.actionability]
    .map((value) => hundredths(value).padStart(6))
    .join('')
  const lift = one.best.lift === null ? formatNumber(one.best.mean, { lang }) : `×${one.best.lift.toFixed(1)}`
  const apart = formatPercent(one.apart, { lang, digits: 0 })
  return `  ${numbers}  ${brief(label[lang])}: ${groupOf(one, lang)} ${lift} (${apart})`
}

function groupOf({ isFlag, best: { group } }: AdvisedDimension, lang: Language): string {
  if (!isFlag || group === '—') return group
  return (group.startsWith('<') ? { en: 'no', zh: '否' } : { en: 'yes', zh: '是' })[lang]
}

const strategies: Readonly<Record<Strategy, Text>> = {
  risk: { en: 'Risk', zh: '风险' },
  behaviour: { en: 'Behaviour', zh: '行为' },
  demographic: { en: 'Demographic', zh: '人口属性' },
  value: { en: 'Value', zh: '价值' },
  psychographic: { en: 'Psychographic', zh: '心理' },
  other: { en: 'Other attributes', zh: '其他属性' },
}

/** `impact=0.7,ease=0.1`: what is not named keeps its usual weight. */
function weightsOf(text: string | undefined): AdviceWeights {
  const weights: Record<string, number> = { ...defaultWeights }
  for (const part of (text ?? '').split(',').filter((one) => one !== '')) {
    const [name, value] = part.split('=')
    const number = Number(value)
    if (name === undefined || !Object.hasOwn(defaultWeights, name) || !(number >= 0)) throw badWeight(part)
    weights[name] = number
  }
  if (!(Object.values(weights).reduce((sum, weight) => sum + weight, 0) > 0)) throw badWeight(text ?? '')
  return weights as unknown as AdviceWeights
}

function badWeight(part: string): TrancheError {
  const names = Object.keys(defaultWeights)
  return new TrancheError('invalid_input', {
    en: `--weights: ${JSON.stringify(part)} is none of ${names.map((name) => `${name}=0…1`).join(', ')}.`,
    zh: `--weights：${JSON.stringify(part)} 不是 ${names.map((name) => `${name}=0…1`).join('、')} 之一。`,
  })
}
