import type { Text } from '@tranche/contract'
import { quadrants } from './parameters.ts'
import { independentShares, quadrantShares } from './profile.ts'
import type { EffectDraft, Planted } from './truth.ts'

const buyers: Text = { en: 'Customers with a purchase', zh: '有消费的客户' }
const investorsWithLimit: Text = {
  en: 'Customers with a card account and an investment',
  zh: '既有信用卡又有申购的客户',
}

/** How often and how much is bought, and what limit and first investment say together. */
export function valueEffects({ parameters }: Planted): readonly EffectDraft[] {
  const bgNbd = Object.entries(parameters.bgNbd).map(([name, value]) => ({
    key: `value.bg_nbd.${name}`,
    area: 'value' as const,
    value,
    unit: 'number' as const,
    population: buyers,
    definition: {
      en: `BG/NBD parameter ${name}, time in weeks of 7 days: x = days with a purchase after the first such day, t_x = days from the first to the last ÷ 7, T = days from the first to the last whole day before as_of ÷ 7; several purchases of a day count once`,
      zh: `BG/NBD 参数 ${name}，时间单位为周（7 天）：x 为首个消费日之后的消费天数，t_x 为首末消费日间隔 ÷ 7，T 为首个消费日至截止时点前最后一个整日的天数 ÷ 7；同日多笔只计一次`,
    },
  }))
  const gammaGamma = Object.entries(parameters.gammaGamma).map(([name, value]) => ({
    key: `value.gamma_gamma.${name}`,
    area: 'value' as const,
    value,
    unit: 'number' as const,
    population: { en: 'Customers with x ≥ 1', zh: 'x ≥ 1 的客户' },
    definition: {
      en: `Gamma-Gamma parameter ${name}: amounts of a customer's purchase days after the first (sums by day, CNY), as their number x and their mean`,
      zh: `Gamma-Gamma 参数 ${name}：客户首个消费日之后各消费日的金额（按日合计，元），以天数 x 与均值计`,
    },
  }))
  return [...bgNbd, ...gammaGamma, ...quadrantEffects(parameters.effects === 'none')]
}

function quadrantEffects(independent: boolean): readonly EffectDraft[] {
  const { highLimit, lowInvestment, highInvestment } = quadrants
  const share = {
    under_monetised: independent
      ? independentShares.highLimit * independentShares.lowInvestment
      : quadrantShares.under_monetised,
    high_net_worth: independent
      ? independentShares.highLimit * independentShares.highInvestment
      : quadrantShares.high_net_worth,
  }
  const part = (key: keyof typeof share, sign: string, bound: number): EffectDraft => ({
    key: `value_exploration.share.${key}`,
    area: 'value_exploration',
    value: share[key],
    unit: 'share',
    population: investorsWithLimit,
    definition: {
      en: `Share whose card limit is ≥ ${highLimit} CNY and whose first transaction of kind investment is ${sign} ${bound} CNY`,
      zh: `信用卡额度 ≥ ${highLimit} 元且首笔申购 ${sign} ${bound} 元者的占比`,
    },
  })
  return [part('under_monetised', '<', lowInvestment), part('high_net_worth', '≥', highInvestment)]
}
