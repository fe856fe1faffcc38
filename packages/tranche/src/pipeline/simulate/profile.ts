import { endDay, yearsBefore } from './calendar.ts'
import { bandOf, type Parameters, youngest } from './parameters.ts'
import { cumulate, type Random } from './random.ts'
import { provinces } from './regions.ts'
import { type Recipe, type Shard, stage } from './shard-state.ts'

/** Who a customer is; what each does follows from it. */
export interface Customer {
  readonly index: number
  readonly onboardedDay: number
  readonly onboardedSecond: number
  /** Rate ν of the gamma law of a purchase day's amount in CNY; the mean amount is p / ν. */
  readonly spendRate: number
  readonly meanSpend: number
  readonly gender: number
  readonly creative: number
  readonly channel: number
  /** Whole years as of the end. */
  readonly age: number
  readonly band: number
  readonly birthDay: number
  readonly province: number
  readonly city: number
  /** Position of the city among all cities. */
  readonly cityNumber: number
  readonly hasCard: boolean
  readonly hasApp: boolean
  readonly sharesPhone: boolean
  readonly tier: number
  readonly mindset: number
  readonly behaviour: number
  readonly quadrant: Quadrant
  readonly limitCents: number
  /** Spending by month of the period, in cents; the next customer is given the same room. */
  readonly monthlySpend: Float64Array
  firstPurchaseDay: number
  loan: Loan | undefined
  /** First day on which the cash account is closed; far in the future where it is open. */
  cashClosedDay: number
  nextTransaction: number
  nextEntry: number
}

export interface Loan {
  readonly openedDay: number
  readonly principalCents: number
  /** The first instalment that is not paid; beyond the term where all are. */
  readonly stopsAt: number
}

/** Which limit and which first investment a customer is drawn to have. */
export type Quadrant = 'high_net_worth' | 'under_monetised' | 'mass'
export const quadrantShares = { high_net_worth: 0.08, under_monetised: 0.12, mass: 0.8 } as const
/** Without planted effects limit and first investment are independent: shares of high limits, small and large amounts. */
export const independentShares = { highLimit: 0.2, lowInvestment: 0.15, highInvestment: 0.08 } as const

const provinceTable = cumulate(provinces.map((province) => province.share))
const firstCity = provinces.map((_, index) =>
  provinces.slice(0, index).reduce((sum, province) => sum + province.cities.length, 0),
)

/** Customers are numbered in the order in which they came, evenly over the period. */
export function onboardedAt(recipe: Recipe, startDay: number, random: Random, index: number): number {
  random.reseed(recipe.seed, index, 0)
  return startDay + ((index + random.uniform()) / recipe.customers) * (endDay - startDay)
}

export function drawCustomer(shard: Shard, index: number): Customer {
  const { recipe, parameters, tables, random, period } = shard
  const onboarded = onboardedAt(recipe, period.startDay, random, index)
  const onboardedDay = Math.floor(onboarded)
  const onboardedSecond = 28_800 + Math.floor((onboarded - onboardedDay) * 50_400)
  const hasPair = (index | 1) < recipe.customers
  const sharesPhone = hasPair && random.reseed(recipe.seed, index >> 1, stage.pairs).chance(0.001)
  const behaviour = random.reseed(recipe.seed, index, stage.behaviour).pick(tables.behaviour)
  random.reseed(recipe.seed, index, stage.profile)
  const { p, q, v } = parameters.gammaGamma
  const spendRate = random.gamma(q) / v
  const maleShare = parameters.maleByRank.floor + parameters.maleByRank.slope * spendRank(spendRate * v)
  const gender = random.chance(maleShare) ? 0 : 1
  const creative = random.pick(tables.creative)
  const channel = random.pick(tables.channel)
  const age = youngest + random.pick(tables.ages[gender]![creative]!)
  const band = bandOf(age)
  const province = random.pick(provinceTable)
  const city = random.below(provinces[province]!.cities.length)
  const quadrant = drawQuadrant(random)
  const independently = random.chance(independentShares.highLimit)
  const highLimit = parameters.effects === 'none' ? independently : quadrant !== 'mass'
  return {
    index,
    onboardedDay,
    onboardedSecond,
    spendRate,
    meanSpend: p / spendRate,
    gender,
    creative,
    channel,
    age,
    band,
    birthDay: drawBirthDay(random, age),
    province,
    city,
    cityNumber: firstCity[province]! + city,
    hasCard: random.chance(parameters.cardShare),
    hasApp: random.chance(parameters.appShare) && !sharesPhone,
    sharesPhone,
    tier: random.pick(tables.tier[band]!),
    mindset: random.pick(tables.mindset),
    behaviour,
    quadrant,
    limitCents: 100_000 * Math.floor(highLimit ? random.between(100, 301) : random.between(5, 61)),
    monthlySpend: shard.monthlySpend.fill(0),
    firstPurchaseDay: -1,
    loan: undefined,
    cashClosedDay: endDay,
    nextTransaction: 1,
    nextEntry: 1,
  }
}

/** First-investment amounts in CNY, before the factor of gender. */
export function drawInvestmentAmount(parameters: Parameters, random: Random, customer: Customer): number {
  const size = parameters.effects === 'none' ? independentSize(random) : customer.quadrant
  if (size === 'high_net_worth') return random.between(100_000, 350_000)
  if (size === 'under_monetised') return random.between(1_000, 6_000)
  return random.between(parameters.effects === 'none' ? 10_000 : 2_000, 45_000)
}

/** Rank of spending in (0, 1), high for those who spend much: P(Gamma(5) > x), in closed form. */
function spendRank(x: number): number {
  return Math.exp(-x) * (1 + x * (1 + (x / 2) * (1 + (x / 3) * (1 + x / 4))))
}

function drawQuadrant(random: Random): Quadrant {
  const u = random.uniform()
  if (u < quadrantShares.high_net_worth) return 'high_net_worth'
  return u < quadrantShares.high_net_worth + quadrantShares.under_monetised ? 'under_monetised' : 'mass'
}

function independentSize(random: Random): Quadrant {
  const u = random.uniform()
  if (u < independentShares.highInvestment) return 'high_net_worth'
  return u < independentShares.highInvestment + independentShares.lowInvestment ? 'under_monetised' : 'mass'
}

/** A birthday that keeps clear of the end by two days on each side, so that an age is the same by any day rule. */
function drawBirthDay(random: Random, age: number): number {
  const youngestDay = yearsBefore(endDay, age)
  const oldestDay = yearsBefore(endDay, age + 1)
  return oldestDay + 3 + random.below(youngestDay - oldestDay - 5)
}
