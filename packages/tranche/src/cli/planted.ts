import type { Language } from '@tranche/contract'
import type { TruthComparison } from '../pipeline/found/compare-truth.ts'
import type { Output } from './output.ts'

/** What a growth analyst would look for first; the table in the demo's folder has all. */
const shownFirst = [
  'gender.share.male',
  'gender.revenue_ratio',
  'gender.ticket_ratio',
  'gender.conversion_30d.male',
  'gender.conversion_30d.female',
  'gender.conversion_30d.gap_adjusted',
  'age.conversion_30d.35_50',
  'age.conversion_30d.golden_lead',
  'region.share.east',
  'region.conversion_30d.east',
  'profile.conversion_30d.south.professional_network',
  'creative.conversion_30d.wealth_message',
  'creative.conversion_30d.free_coffee',
  'channel.cost_per_customer.finance_news',
  'value_exploration.share.under_monetised',
  'value_exploration.share.high_net_worth',
  'products.first_share.female.P06',
  'risk.default_12m.A',
  'risk.default_12m.C',
  'churn.hazard_30d.free_coffee',
  'campaign.lift.wealth_message.35_50',
  'campaign.lift.free_coffee.35_50',
  'value.bg_nbd.r',
  'value.bg_nbd.alpha',
  'value.gamma_gamma.q',
]

/** Prints the planted truth beside what was found, and how many of the intervals hold it. */
export function sayPlanted(output: Output, comparisons: readonly TruthComparison[], table: string): void {
  output.say('')
  output.say(
    output.strong(
      output.pick({
        en: 'Planted truth | what was found [95% interval]',
        zh: '预埋真值 | 实际发现 [95% 置信区间]',
      }),
    ),
  )
  const byKey = new Map(comparisons.map((comparison) => [comparison.key, comparison]))
  for (const key of shownFirst) {
    const comparison = byKey.get(key)
    if (comparison !== undefined) output.say(`  ${plantedLine(comparison, output.language)}`)
  }
  output.say(`  ${output.pick(summary(comparisons, table))}`)
}

/** One planted number as a person reads it. */
export function plantedLine(comparison: TruthComparison, language: Language): string {
  const { key, label, unit, planted, found, low, high, covered } = comparison
  const show = (value: number): string => shown(value, unit, isDifference(key), language)
  const colon = language === 'zh' ? '：' : ': '
  return `${covered ? '✓' : '✗'} ${label[language]}${colon}${show(planted)} | ${show(found)} [${show(low)}, ${show(high)}]`
}

function summary(comparisons: readonly TruthComparison[], table: string): { en: string; zh: string } {
  const chance = comparisons.filter(({ exact }) => exact !== true)
  const held = chance.filter(({ covered }) => covered).length
  return {
    en: `${held} of ${chance.length} intervals hold the planted value; one in twenty is expected to miss by chance. All of them: ${table}`,
    zh: `${chance.length} 个区间中有 ${held} 个包含真值；按概率，每二十个约有一个落空。全部见 ${table}`,
  }
}

function isDifference(key: string): boolean {
  return /gap|lead|lift/.test(key)
}

function shown(
  value: number,
  unit: TruthComparison['unit'],
  difference: boolean,
  language: Language,
): string {
  if (unit !== 'share') return String(Number(value.toPrecision(3)))
  // What rounds to nothing has no sign.
  const percent = (100 * value)
    .toFixed(1)
    .replace(/^-0\.0$/, '0.0')
    .replace('-', '−')
  if (!difference) return `${percent}%`
  return language === 'zh' ? `${percent} 个百分点` : `${percent} pp`
}
