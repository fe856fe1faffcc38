import type { Text } from '@tranche/contract'
import { mindsets, riskTiers } from './parameters.ts'
import { regions } from './regions.ts'

/**
 * A planted number's name in a few words, for people. What exactly it counts is in its definition.
 * @throws RangeError for a key that nothing is planted under
 */
export function effectLabel(key: string): Text {
  const whole = names[key]
  if (whole !== undefined) return whole
  const subject = Object.keys(subjects).find((prefix) => key.startsWith(`${prefix}.`))
  if (subject === undefined) throw new RangeError(`Nothing is planted as ${key}.`)
  const of = key.slice(subject.length + 1).split('.')
  const text = (lang: 'en' | 'zh', between: string): string =>
    of.map((part) => groups[part]?.[lang] ?? part).join(between)
  const between = subject === 'products.next' ? { en: ' → ', zh: ' → ' } : { en: ', ', zh: '、' }
  const { en, zh } = subjects[subject]!
  return { en: `${en}, ${text('en', between.en)}`, zh: `${zh}（${text('zh', between.zh)}）` }
}

const invest: Text = { en: 'Invest within 30 days', zh: '30天内申购' }
const about = ({ en, zh }: Text, more: Text): Text => ({
  en: `${en}, ${more.en}`,
  zh: `${zh}（${more.zh}）`,
})

const names: Readonly<Record<string, Text>> = {
  'value.bg_nbd.r': { en: 'How often people buy (BG/NBD r)', zh: '购买频率（BG/NBD r）' },
  'value.bg_nbd.alpha': {
    en: 'How often people buy (BG/NBD alpha)',
    zh: '购买频率（BG/NBD alpha）',
  },
  'value.bg_nbd.a': { en: 'How soon people leave (BG/NBD a)', zh: '流失快慢（BG/NBD a）' },
  'value.bg_nbd.b': { en: 'How soon people leave (BG/NBD b)', zh: '流失快慢（BG/NBD b）' },
  'value.gamma_gamma.p': {
    en: 'What a purchase day brings (Gamma-Gamma p)',
    zh: '单日消费（Gamma-Gamma p）',
  },
  'value.gamma_gamma.q': {
    en: 'What customers spend (Gamma-Gamma q)',
    zh: '客户消费水平（Gamma-Gamma q）',
  },
  'value.gamma_gamma.v': {
    en: 'What customers spend (Gamma-Gamma v)',
    zh: '客户消费水平（Gamma-Gamma v）',
  },
  'gender.revenue_ratio': { en: 'Revenue, men ÷ women', zh: '收入（男 ÷ 女）' },
  'gender.ticket_ratio': { en: 'Average ticket, men ÷ women', zh: '笔均消费（男 ÷ 女）' },
  'gender.first_investment_ratio': { en: 'First investment, men ÷ women', zh: '首笔申购金额（男 ÷ 女）' },
  'gender.conversion_30d.gap': about(invest, { en: 'women minus men', zh: '女 − 男' }),
  'gender.conversion_30d.gap_adjusted': about(invest, {
    en: 'women minus men, like with like',
    zh: '同类客户中女 − 男',
  }),
  'age.conversion_30d.golden_lead': about(invest, { en: '35–50 minus other ages', zh: '35–50岁 − 其他年龄' }),
  'value_exploration.share.under_monetised': {
    en: 'High limit, small first investment',
    zh: '高额度、首笔申购少',
  },
  'value_exploration.share.high_net_worth': {
    en: 'High limit, large first investment',
    zh: '高额度、首笔申购多',
  },
  'campaign.control_rate': { en: 'Take-up without the campaign', zh: '未触达时的购买率' },
  'service.complaints_per_year': { en: 'Complaints per customer and year', zh: '人均年投诉数' },
}

const subjects: Readonly<Record<string, Text>> = {
  'gender.share': { en: 'Share of customers', zh: '客户占比' },
  'gender.conversion_30d': invest,
  'age.share': { en: 'Share of customers', zh: '客户占比' },
  'age.conversion_30d': invest,
  'age.default_12m': { en: 'Loans that default', zh: '贷款违约率' },
  'region.share': { en: 'Share of customers', zh: '客户占比' },
  'region.conversion_30d': invest,
  'profile.conversion_30d': invest,
  'creative.conversion_30d': { en: 'Invest within 30 days, creative', zh: '30天内申购，素材' },
  'channel.conversion_30d': { en: 'Invest within 30 days, channel', zh: '30天内申购，渠道' },
  'channel.cost_per_customer': { en: 'Cost of a new customer', zh: '单客获取成本' },
  'products.first_share': { en: 'First product', zh: '首个产品' },
  'products.next': { en: 'Second product after the first', zh: '首个产品之后的第二个' },
  'risk.tier_share': { en: 'Share of customers', zh: '客户占比' },
  'risk.default_12m': { en: 'Loans that default', zh: '贷款违约率' },
  'risk.approval': { en: 'Loans approved', zh: '贷款通过率' },
  'mindset.share': { en: 'Share of respondents', zh: '受访者占比' },
  'mindset.mean': { en: 'Mean answer', zh: '平均答案' },
  'churn.hazard_30d': { en: 'Accounts closed in 30 days, creative', zh: '30天销户率，素材' },
  'campaign.lift': { en: 'Campaign lift', zh: '活动增量' },
}

const groups: Readonly<Record<string, Text>> = {
  male: { en: 'men', zh: '男性' },
  female: { en: 'women', zh: '女性' },
  all: { en: 'everyone', zh: '全体' },
  under_25: { en: 'under 25', zh: '25岁以下' },
  '25_34': { en: 'aged 25–34', zh: '25–34岁' },
  '35_50': { en: 'aged 35–50', zh: '35–50岁' },
  over_50: { en: 'over 50', zh: '50岁以上' },
  wealth_message: { en: 'wealth message', zh: '财富管理资讯' },
  cashback: { en: 'cashback', zh: '现金红包' },
  free_coffee: { en: 'free coffee', zh: '免费咖啡' },
  brand: { en: 'brand', zh: '品牌形象' },
  finance_news: { en: 'finance news', zh: '财经资讯' },
  professional_network: { en: 'professional network', zh: '职场社交' },
  short_video: { en: 'short video', zh: '短视频' },
  search: { en: 'search', zh: '搜索' },
  branch: { en: 'branch', zh: '线下网点' },
  referral: { en: 'referral', zh: '转介绍' },
  ...Object.fromEntries(riskTiers.map((tier) => [tier, { en: `risk tier ${tier}`, zh: `风险等级${tier}` }])),
  ...Object.fromEntries(regions.map(({ key, en, zh }) => [key, { en, zh }])),
  ...Object.fromEntries(
    mindsets.map((name, index) => [name, { en: name, zh: ['谨慎型', '均衡型', '机会型'][index]! }]),
  ),
}
