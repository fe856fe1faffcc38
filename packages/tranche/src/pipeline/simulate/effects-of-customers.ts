import type { Text } from '@tranche/contract'
import { chargeOffRule } from './credit.ts'
import { ageBands, channels, creatives, genders, idealProfile, wealthProducts } from './parameters.ts'
import { type Cell, cellConversion, meanByTier, meanOver, shareOf } from './population.ts'
import { regionShares, regions } from './regions.ts'
import type { EffectDraft, Planted } from './truth.ts'

const everyone: Text = { en: 'All customers of the core system', zh: '核心系统全部客户' }
const tenured: Text = {
  en: 'Customers onboarded at least 30 days before as_of',
  zh: '截止时点前至少 30 天开户的客户',
}
const converts: Text = {
  en: 'share with a transaction of kind investment within 30 days after onboarded_at',
  zh: '开户后 30 天内有申购交易者的占比',
}
const income = 'kind in (interest, fee, interchange, spread)'

/** Gender, age, region, channel, creative and products. */
export function customerEffects(planted: Planted): readonly EffectDraft[] {
  return [
    ...genderEffects(planted),
    ...ageEffects(planted),
    ...regionEffects(planted),
    profileEffect(planted),
    ...acquisitionEffects(planted),
    ...productEffects(planted),
  ]
}

function genderEffects({ parameters, population }: Planted): readonly EffectDraft[] {
  const { shareMale, conversion } = population
  const [men, women] = parameters.conversion.byGender
  const gender = (
    key: string,
    value: number,
    unit: EffectDraft['unit'],
    of: Text,
    definition: Text,
  ): EffectDraft => ({
    key: `gender.${key}`,
    area: 'gender',
    value,
    unit,
    population: of,
    definition,
  })
  return [
    gender('share.male', shareMale, 'share', everyone, { en: 'Share of men', zh: '男性占比' }),
    gender('revenue_ratio', parameters.revenueRatio, 'number', everyone, {
      en: `Sum of ledger.amount with ${income} of men ÷ that of women`,
      zh: `ledger.amount（${income}）合计：男 ÷ 女`,
    }),
    gender(
      'ticket_ratio',
      (parameters.revenueRatio * (1 - shareMale)) / shareMale,
      'number',
      { en: 'Transactions of kind purchase', zh: '消费交易' },
      {
        en: 'Mean amount of a purchase, sum ÷ number, men ÷ women',
        zh: '消费笔均金额（合计 ÷ 笔数）：男 ÷ 女',
      },
    ),
    gender(
      'first_investment_ratio',
      parameters.firstInvestmentRatio,
      'number',
      { en: 'Customers with an investment', zh: '有申购的客户' },
      {
        en: 'Mean amount of the first transaction of kind investment, men ÷ women',
        zh: '首笔申购平均金额：男 ÷ 女',
      },
    ),
    ...genders.map((name, index) =>
      gender(`conversion_30d.${name}`, [men, women][index]!, 'share', tenured, {
        en: `Of ${name} customers, the ${converts.en}`,
        zh: `${name === 'male' ? '男性' : '女性'}客户中，${converts.zh}`,
      }),
    ),
    gender('conversion_30d.gap', women - men, 'share', tenured, {
      en: `Women minus men, the ${converts.en}`,
      zh: `女性减男性：${converts.zh}`,
    }),
    gender('conversion_30d.gap_adjusted', conversion.base[1] - conversion.base[0], 'share', tenured, {
      en: `Women minus men at equal age (in years), creative, channel and region: coefficient of gender in a linear model of the 0/1 outcome on these as categories`,
      zh: '在年龄（岁）、素材、渠道、地区相同时女性减男性：以上述类别变量对 0/1 结果作线性回归的性别系数',
    }),
  ]
}

function ageEffects({ parameters, population }: Planted): readonly EffectDraft[] {
  const { cells } = population
  const inBand = (band: (typeof ageBands)[number]) => (cell: Cell) =>
    cell.age >= band.from && cell.age <= band.to
  const text = (band: (typeof ageBands)[number]): Text => ({
    en: `aged ${band.from} to ${band.to} in whole years as of as_of`,
    zh: `截止时点 ${band.from}–${band.to} 岁（足岁）`,
  })
  const effect = (key: string, value: number, of: Text, definition: Text): EffectDraft => ({
    key: `age.${key}`,
    area: 'age',
    value,
    unit: 'share',
    population: of,
    definition,
  })
  return [
    ...ageBands.map((band) =>
      effect(`share.${band.key}`, shareOf(cells, inBand(band)), everyone, {
        en: `Share ${text(band).en}`,
        zh: `${text(band).zh}者的占比`,
      }),
    ),
    ...ageBands.map((band) =>
      effect(
        `conversion_30d.${band.key}`,
        meanOver(cells, (cell) => cellConversion(population, cell), inBand(band)),
        tenured,
        { en: `Of those ${text(band).en}, the ${converts.en}`, zh: `${text(band).zh}中，${converts.zh}` },
      ),
    ),
    effect(
      'conversion_30d.golden_lead',
      meanOver(cells, (cell) => cellConversion(population, cell), inBand(ageBands[2])) -
        meanOver(
          cells,
          (cell) => cellConversion(population, cell),
          (cell) => !inBand(ageBands[2])(cell),
        ),
      tenured,
      {
        en: `Those aged 35 to 50 (the golden age, on which rates are highest and level) minus all others, the ${converts.en}`,
        zh: `35–50 岁（黄金年龄，转化率最高且平稳）减其他年龄：${converts.zh}`,
      },
    ),
    ...ageBands.map((band) =>
      effect(
        `default_12m.${band.key}`,
        meanByTier(parameters, population, (tier) => parameters.defaultByTier[tier]!, inBand(band)),
        chargeOffRule.population,
        {
          en: `Of those ${text(band).en}, the ${chargeOffRule.definition.en}`,
          zh: `${text(band).zh}中，${chargeOffRule.definition.zh}`,
        },
      ),
    ),
  ]
}

function regionEffects({ population }: Planted): readonly EffectDraft[] {
  const { cells, conversion } = population
  const overall = meanOver(cells, (cell) => cellConversion(population, cell))
  return regions.flatMap((region, index) => [
    {
      key: `region.share.${region.key}`,
      area: 'region' as const,
      value: regionShares[index]!,
      unit: 'share' as const,
      population: everyone,
      definition: {
        en: `Share living in ${region.en} (by province)`,
        zh: `居住在${region.zh}（按省份）者的占比`,
      },
    },
    {
      key: `region.conversion_30d.${region.key}`,
      area: 'region' as const,
      value: overall + conversion.region[index]!,
      unit: 'share' as const,
      population: tenured,
      definition: { en: `In ${region.en}, the ${converts.en}`, zh: `${region.zh}：${converts.zh}` },
    },
  ])
}

/** A region and a channel together, on top of what each does. */
function profileEffect({ population }: Planted): EffectDraft {
  const { region, channel } = idealProfile
  const { cells, conversion } = population
  const overall = meanOver(cells, (cell) => cellConversion(population, cell))
  const { key, en, zh } = regions[region]!
  return {
    key: `profile.conversion_30d.${key}.${channels[channel]}`,
    area: 'profile',
    value:
      overall +
      conversion.region[region]! +
      conversion.channel[channel]! +
      conversion.together[region]![channel]!,
    unit: 'share',
    population: tenured,
    definition: {
      en: `In ${en} with channel ${channels[channel]}, the ${converts.en}: more than region and channel say each by itself`,
      zh: `${zh}且渠道为 ${channels[channel]} 者中，${converts.zh}：高于地区与渠道各自的影响之和`,
    },
  }
}

function acquisitionEffects({ parameters, population }: Planted): readonly EffectDraft[] {
  const { cells, conversion } = population
  const overall = meanOver(cells, (cell) => cellConversion(population, cell))
  const conversionOf = (kind: string, name: string, value: number): EffectDraft => ({
    key: `${kind}.conversion_30d.${name}`,
    area: 'acquisition',
    value,
    unit: 'share',
    population: tenured,
    definition: {
      en: `Of those with ${kind} ${name}, the ${converts.en}`,
      zh: `${kind === 'channel' ? '渠道' : '素材'}为 ${name} 者中，${converts.zh}`,
    },
  })
  return [
    ...creatives.map((name, index) =>
      conversionOf(
        'creative',
        name,
        meanOver(
          cells,
          (cell) => cellConversion(population, cell),
          (cell) => cell.creative === index,
        ),
      ),
    ),
    ...channels.map((name, index) => conversionOf('channel', name, overall + conversion.channel[index]!)),
    ...channels.map((name, index) => ({
      key: `channel.cost_per_customer.${name}`,
      area: 'acquisition' as const,
      value: parameters.costPerCustomer[index]!,
      unit: 'money' as const,
      population: everyone,
      definition: {
        en: `Sum of costs.amount with campaign acquisition and channel ${name} ÷ number of customers with that channel`,
        zh: `costs.amount（活动 acquisition、渠道 ${name}）合计 ÷ 该渠道客户数`,
      },
    })),
  ]
}

function productEffects({ parameters }: Planted): readonly EffectDraft[] {
  return [
    ...genders.flatMap((gender, index) =>
      wealthProducts.map((product, position) => ({
        key: `products.first_share.${gender}.${product}`,
        area: 'products' as const,
        value: parameters.firstProduct[index]![position]!,
        unit: 'share' as const,
        population: {
          en: `Customers with an investment, ${gender}`,
          zh: `有申购的${gender === 'male' ? '男' : '女'}性客户`,
        },
        definition: {
          en: `Share whose first transaction of kind investment is of product ${product}${product === 'P06' ? ' (12 months)' : ''}`,
          zh: `首笔申购产品为 ${product}${product === 'P06' ? '（12 个月）' : ''}者的占比`,
        },
      })),
    ),
    ...wealthProducts.flatMap((first, from) =>
      wealthProducts.map((next, to) => ({
        key: `products.next.${first}.${next}`,
        area: 'products' as const,
        value: parameters.nextProduct[from]![to]!,
        unit: 'share' as const,
        population: {
          en: `Customers with two investments or more whose first is of ${first}`,
          zh: `至少两笔申购且首笔为 ${first} 的客户`,
        },
        definition: { en: `Share whose second is of ${next}`, zh: `第二笔为 ${next} 者的占比` },
      })),
    ),
  ]
}
