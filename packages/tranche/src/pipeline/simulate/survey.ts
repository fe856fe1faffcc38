import { endDay } from './calendar.ts'
import type { Parameters } from './parameters.ts'
import type { Customer } from './profile.ts'
import { type Recipe, type Shard, stage } from './shard-state.ts'

export const surveyKey = 'money_2025'
export const surveyQuestions = [
  { key: 'q1', zh: 'Q1 我宁可少赚也不愿亏损', en: 'I would rather earn less than lose' },
  { key: 'q2', zh: 'Q2 为了高收益我愿意借钱投资', en: 'I would borrow to invest for a high return' },
  { key: 'q3', zh: 'Q3 我每月都做预算', en: 'I budget every month' },
  { key: 'q4', zh: 'Q4 有好机会我会马上行动', en: 'When a chance comes I act at once' },
  { key: 'q5', zh: 'Q5 借钱让我不安', en: 'Being in debt makes me uneasy' },
  { key: 'q6', zh: 'Q6 我喜欢尝试新的金融产品', en: 'I like to try new financial products' },
] as const
/** Customer, day, second and the answers. */
export const surveyWidth = 3 + surveyQuestions.length
const mostRespondents = 5000
const invitedShare = 0.1
const answerNoise = 0.6
const surveyDay = endDay - 60

/** Share of the customers who answer: a tenth, or fewer where that were more than a spreadsheet likes. */
export function responseShare(recipe: Recipe): number {
  return Math.min(invitedShare, mostRespondents / recipe.customers)
}

export function drawSurvey(shard: Shard, customer: Customer): void {
  const { random, recipe, parameters } = shard
  random.reseed(recipe.seed, customer.index, stage.survey)
  if (!random.chance(responseShare(recipe)) || customer.onboardedDay >= surveyDay) return
  shard.survey.push(customer.index, surveyDay + random.below(20), 30_000 + random.below(50_000))
  for (const mean of parameters.mindsetMeans[customer.mindset]!)
    shard.survey.push(answer(mean, random.normal()))
}

/** An answer on the scale from 1 to 5. */
function answer(mean: number, normal: number): number {
  return Math.min(5, Math.max(1, Math.round(mean + answerNoise * normal)))
}

/** Mean answer on the scale that a latent mean gives: rounding and the ends of the scale move it. */
export function expectedAnswer(mean: number, cdf: (z: number) => number): number {
  const atMost = (value: number): number => cdf((value + 0.5 - mean) / answerNoise)
  return 5 - [1, 2, 3, 4].reduce((sum, value) => sum + atMost(value), 0)
}

export function mindsetAnswers(parameters: Parameters, cdf: (z: number) => number): readonly number[][] {
  return parameters.mindsetMeans.map((means) => means.map((mean) => expectedAnswer(mean, cdf)))
}
