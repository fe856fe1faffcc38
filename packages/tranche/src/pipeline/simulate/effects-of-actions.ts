import type { Text } from '@tranche/contract'
import { normalCdf } from '@tranche/stats'
import { chargeOffRule, loanDecisions } from './credit.ts'
import { ageBands, arms, bandOf, creatives, mindsets, riskTiers } from './parameters.ts'
import { meanByTier, meanOver } from './population.ts'
import { hazardDays } from './savings.ts'
import { scoreBands } from './service.ts'
import { mindsetAnswers, surveyKey, surveyQuestions } from './survey.ts'
import type { EffectDraft, Planted } from './truth.ts'

/** Risk, mindset, churn, what the campaign did, and complaints. */
export function actionEffects(planted: Planted): readonly EffectDraft[] {
  return [
    ...riskEffects(planted),
    ...mindsetEffects(planted),
    ...churnEffects(planted),
    ...campaignEffects(planted),
    {
      key: 'service.complaints_per_year',
      area: 'service',
      value: planted.parameters.complaintsPerYear,
      unit: 'rate',
      population: { en: 'All customers of the core system', zh: '核心系统全部客户' },
      definition: {
        en: 'Complaints ÷ years of 365.25 days from onboarded_at to as_of, summed over customers',
        zh: '投诉数 ÷ 各客户开户至截止时点年数（每年 365.25 天）之和',
      },
    },
  ]
}

function riskEffects({ parameters, population }: Planted): readonly EffectDraft[] {
  const risk = (key: string, value: number, of: Text, definition: Text): EffectDraft => ({
    key: `risk.${key}`,
    area: 'risk',
    value,
    unit: 'share',
    population: of,
    definition,
  })
  const scores = (tier: number): string => scoreBands[tier]!.join('–')
  return riskTiers.flatMap((name, tier) => [
    risk(
      `tier_share.${name}`,
      meanByTier(parameters, population, (other) => (other === tier ? 1 : 0)),
      { en: 'All customers of the core system', zh: '核心系统全部客户' },
      {
        en: `Share with an observation bureau_score of ${scores(tier)} (tier ${name})`,
        zh: `征信分 ${scores(tier)}（${name} 级）者的占比`,
      },
    ),
    risk(`default_12m.${name}`, parameters.defaultByTier[tier]!, chargeOffRule.population, {
      en: `Of tier ${name} (bureau_score ${scores(tier)}), the ${chargeOffRule.definition.en}`,
      zh: `${name} 级（征信分 ${scores(tier)}）中，${chargeOffRule.definition.zh}`,
    }),
    risk(`approval.${name}`, parameters.approvalByTier[tier]!, loanDecisions, {
      en: `Share approved in tier ${name} (bureau_score ${scores(tier)})`,
      zh: `${name} 级（征信分 ${scores(tier)}）的通过率`,
    }),
  ])
}

function mindsetEffects({ parameters }: Planted): readonly EffectDraft[] {
  if (parameters.effects === 'none') return []
  const answers = mindsetAnswers(parameters, normalCdf)
  const respondents: Text = { en: `Respondents of survey ${surveyKey}`, zh: `问卷 ${surveyKey} 的受访者` }
  return mindsets.flatMap((name, mindset) => [
    {
      key: `mindset.share.${name}`,
      area: 'mindset' as const,
      value: parameters.mindsetShares[mindset]!,
      unit: 'share' as const,
      population: respondents,
      definition: {
        en: `Share in the group ${name} of three groups of like answers to q1 to q6`,
        zh: `按 q1–q6 答案相近分成三组，其中 ${name} 组的占比`,
      },
    },
    ...surveyQuestions.map((question, index) => ({
      key: `mindset.mean.${name}.${question.key}`,
      area: 'mindset' as const,
      value: answers[mindset]![index]!,
      unit: 'score' as const,
      population: respondents,
      definition: {
        en: `Mean answer to ${question.key} (“${question.en}”, 1 to 5) in the group ${name}`,
        zh: `${name} 组对 ${question.zh}（1–5 分）的平均答案`,
      },
    })),
  ])
}

function churnEffects({ parameters }: Planted): readonly EffectDraft[] {
  return creatives.map((name, creative) => ({
    key: `churn.hazard_30d.${name}`,
    area: 'churn',
    value: parameters.closingByCreative[creative]!,
    unit: 'rate',
    population: {
      en: `Accounts of product P01 of customers with creative ${name}`,
      zh: `素材为 ${name} 的客户的 P01 账户`,
    },
    definition: {
      en: `Accounts closed ÷ days open (whole days from the day of opening to that of closing, or to as_of), times ${hazardDays}; constant over time`,
      zh: `关闭账户数 ÷ 开户天数（开户日至关闭日或截止时点的整日数）× ${hazardDays}；不随时间变化`,
    },
  }))
}

function campaignEffects({ parameters, population }: Planted): readonly EffectDraft[] {
  const { baseline, lift } = parameters.campaign
  const contacted: Text = { en: 'Contacts of campaign spring_2025', zh: '活动 spring_2025 的触达' }
  const rule: Text = {
    en: 'share of customers with a transaction of product P08 within 30 days after sent_at',
    zh: '发送后 30 天内有 P08 交易的客户占比',
  }
  const effect = (key: string, value: number, definition: Text): EffectDraft => ({
    key: `campaign.${key}`,
    area: 'campaign',
    value,
    unit: 'share',
    population: contacted,
    definition,
  })
  const treatments = arms.slice(0, -1)
  return [
    effect('control_rate', baseline, {
      en: `Where arm is control, the ${rule.en}`,
      zh: `对照组：${rule.zh}`,
    }),
    ...treatments.flatMap((name, arm) => [
      effect(
        `lift.${name}.all`,
        meanOver(population.cells, (cell) => lift[arm]![bandOf(cell.age)]!),
        {
          en: `Treatment ${name} minus control, the ${rule.en}`,
          zh: `策略 ${name} 减对照：${rule.zh}`,
        },
      ),
      ...ageBands.map((band, index) =>
        effect(`lift.${name}.${band.key}`, lift[arm]![index]!, {
          en: `Among those aged ${band.from} to ${band.to} as of as_of, treatment ${name} minus control, the ${rule.en}`,
          zh: `截止时点 ${band.from}–${band.to} 岁中，策略 ${name} 减对照：${rule.zh}`,
        }),
      ),
    ]),
  ]
}
