import { Random } from './random.ts'

export type Effects = 'default' | 'none'
export const genders = ['male', 'female'] as const
export const creatives = ['wealth_message', 'cashback', 'free_coffee', 'brand'] as const
export const channels = [
  'finance_news',
  'professional_network',
  'short_video',
  'search',
  'branch',
  'referral',
] as const
export const riskTiers = ['A', 'B', 'C'] as const
export const mindsets = ['cautious', 'balanced', 'opportunistic'] as const
/** What people come to the app for. */
export const behaviours = ['investing', 'bargains', 'routine'] as const
export const arms = ['wealth_message', 'free_coffee', 'control'] as const
export const ageBands = [
  { key: 'under_25', from: 20, to: 24 },
  { key: '25_34', from: 25, to: 34 },
  { key: '35_50', from: 35, to: 50 },
  { key: 'over_50', from: 51, to: 70 },
] as const
/** On which conversion is highest and level. */
export const goldenAge = { from: 35, to: 50 } as const
/** South China by the professional network: second in both, and together far ahead. Positions in regions and channels. */
export const idealProfile = { region: 1, channel: 1 } as const
export const youngest = 20
export const oldest = 70
/** Products of organic investments, in the order of every table of product probabilities below. */
export const wealthProducts = ['P04', 'P05', 'P06', 'P07'] as const
/** Limits of the quadrants of credit limit against first investment, in CNY. */
export const quadrants = { highLimit: 100_000, lowInvestment: 10_000, highInvestment: 100_000 } as const

/** Everything that is planted, before any of it is drawn. */
export interface Parameters {
  readonly effects: Effects
  /** Repeat purchase days: BG/NBD in weeks. */
  readonly bgNbd: { readonly r: number; readonly alpha: number; readonly a: number; readonly b: number }
  /** Amount of a purchase day in CNY: Gamma-Gamma. */
  readonly gammaGamma: { readonly p: number; readonly q: number; readonly v: number }
  /** P(male | spending rank w in (0, 1)) = floor + slope × w, so that men bring `revenueRatio` times as much. */
  readonly maleByRank: { readonly floor: number; readonly slope: number }
  readonly revenueRatio: number
  readonly firstInvestmentRatio: number
  readonly conversion: {
    /** Share of each gender that invests within 30 days, over all ages, regions, channels and creatives. */
    readonly byGender: readonly [number, number]
    readonly age: (age: number) => number
    readonly region: readonly number[]
    readonly channel: readonly number[]
    readonly creative: readonly number[]
    /** What customers of a region and channel have besides the effects of both. */
    readonly together: { readonly region: number; readonly channel: number; readonly extra: number }
    /** Of those who did not invest in 30 days, the share that would do so in the year after. */
    readonly later: number
  }
  readonly channelShares: readonly number[]
  readonly creativeShares: readonly number[]
  /** Relative weight of an age, by gender and creative. */
  readonly ageWeight: (age: number, gender: number, creative: number) => number
  readonly cardShare: number
  readonly appShare: number
  /** First organic product, by gender, and the next one, by the one before. */
  readonly firstProduct: readonly (readonly number[])[]
  readonly nextProduct: readonly (readonly number[])[]
  readonly investAgain: number
  readonly tierByBand: readonly (readonly number[])[]
  readonly defaultByTier: readonly number[]
  readonly approvalByTier: readonly number[]
  readonly loanShare: number
  /** Closing of cash accounts per 30 days, by creative. */
  readonly closingByCreative: readonly number[]
  readonly mindsetShares: readonly number[]
  /** Mean of the latent answer to each question, by mindset. */
  readonly mindsetMeans: readonly (readonly number[])[]
  readonly behaviourShares: readonly number[]
  /** What an app event is, by behaviour, in the order of `eventNames`. */
  readonly eventsByBehaviour: readonly (readonly number[])[]
  readonly campaign: { readonly baseline: number; readonly lift: readonly (readonly number[])[] }
  readonly complaintsPerYear: number
  readonly costPerCustomer: readonly number[]
}

/** @param effects `none` removes every dependence of what customers do on who they are. */
export function plantedParameters(effects: Effects): Parameters {
  const planted = effects === 'default'
  const slope = planted ? 0.5 : 0
  const same = [0.28, 0.16, 0.38, 0.18]
  return {
    effects,
    bgNbd: { r: 1.5, alpha: 2.5, a: 0.8, b: 10 },
    gammaGamma: { p: 4, q: 5, v: 320 },
    maleByRank: { floor: planted ? 0.75 - slope * rankShareOfSpend : 0.68, slope },
    revenueRatio: planted ? 3 : 0.68 / 0.32,
    firstInvestmentRatio: planted ? 1.5 : 1,
    conversion: {
      byGender: planted ? [0.36, 0.48] : [0.4, 0.4],
      age: (age) => (planted ? ageEffect(age) : 0),
      region: planted ? [0.03, 0.02, 0.0, -0.02, -0.035, -0.03, -0.035] : [0, 0, 0, 0, 0, 0, 0],
      channel: planted ? [0.05, 0.04, -0.04, 0, -0.01, 0.01] : [0, 0, 0, 0, 0, 0],
      creative: planted ? [0.07, 0, -0.07, 0.01] : [0, 0, 0, 0],
      together: { ...idealProfile, extra: planted ? 0.3 : 0 },
      later: 0.12,
    },
    channelShares: [0.22, 0.13, 0.27, 0.16, 0.1, 0.12],
    creativeShares: [0.25, 0.25, 0.3, 0.2],
    ageWeight: (age, gender, creative) => {
      const centre = (planted ? [39, 35] : [37, 37])[gender]!
      const tilt = (planted ? [0.02, 0, -0.04, 0] : [0, 0, 0, 0])[creative]!
      return Math.exp(-0.5 * ((age - centre) / 11) ** 2 + tilt * (age - 37))
    },
    cardShare: 0.92,
    appShare: 0.8,
    firstProduct: planted
      ? [
          [0.27, 0.15, 0.3, 0.28],
          [0.2, 0.15, 0.55, 0.1],
        ]
      : [same, same],
    nextProduct: planted
      ? [
          [0.25, 0.25, 0.42, 0.08],
          [0.1, 0.22, 0.55, 0.13],
          [0.08, 0.1, 0.6, 0.22],
          [0.12, 0.08, 0.2, 0.6],
        ]
      : [same, same, same, same],
    investAgain: 0.55,
    tierByBand: planted
      ? [
          [0.25, 0.4, 0.35],
          [0.5, 0.35, 0.15],
          [0.62, 0.28, 0.1],
          [0.55, 0.32, 0.13],
        ]
      : Array.from({ length: 4 }, () => [0.54, 0.32, 0.14]),
    defaultByTier: planted ? [0.015, 0.06, 0.18] : [0.05, 0.05, 0.05],
    approvalByTier: planted ? [0.9, 0.7, 0.4] : [0.7, 0.7, 0.7],
    loanShare: 0.27,
    closingByCreative: planted ? [0.012, 0.012, 0.03, 0.012] : [0.015, 0.015, 0.015, 0.015],
    mindsetShares: [0.45, 0.3, 0.25],
    mindsetMeans: planted
      ? [
          [4.3, 1.8, 4.1, 1.9, 4.2, 2.0],
          [3.1, 3.0, 3.2, 2.9, 3.0, 3.1],
          [1.9, 4.2, 2.0, 4.3, 1.8, 4.1],
        ]
      : Array.from({ length: 3 }, () => [3, 3, 3, 3, 3, 3]),
    behaviourShares: [0.35, 0.35, 0.3],
    eventsByBehaviour: planted
      ? [
          [0.025, 0.025, 0.5, 0.025, 0.4, 0.025],
          [0.025, 0.025, 0.025, 0.45, 0.025, 0.45],
          [0.55, 0.35, 0.025, 0.025, 0.025, 0.025],
        ]
      : Array.from({ length: 3 }, () => new Array<number>(6).fill(1 / 6)),
    campaign: {
      baseline: 0.05,
      lift: planted
        ? [
            [0, 0.03, 0.08, 0.04],
            [0.02, 0, 0, 0],
          ]
        : [
            [0, 0, 0, 0],
            [0, 0, 0, 0],
          ],
    },
    complaintsPerYear: 0.05,
    costPerCustomer: planted ? [86, 120, 48, 95, 210, 60] : [90, 90, 90, 90, 90, 90],
  }
}

export function bandOf(age: number): number {
  return ageBands.findIndex((band) => age >= band.from && age <= band.to)
}

/**
 * Share of all spending that falls to customers weighted by their spending rank: E[w/ν] ÷ E[1/ν] with
 * ν ~ Gamma(q, v) and w = P(ν' > ν). Tilting by 1/ν gives Gamma(q − 1), so it is I½(q − 1, q); for q = 5,
 * P(Bin(8, ½) ≥ 4) = 163/256.
 */
const rankShareOfSpend = 163 / 256

/** Rises to the golden age of 35 to 50, falls after it. */
function ageEffect(age: number): number {
  if (age < goldenAge.from) return -0.14 + (0.21 * (age - 20)) / 15
  if (age <= goldenAge.to) return 0.09
  return 0.05 - (0.17 * (age - 51)) / 19
}

/** Purchase days that a card holder is expected to have by the end, the first one included. */
export function expectedPurchaseDays(parameters: Parameters, months: number): number {
  const { r, alpha, a, b } = parameters.bgNbd
  const weeks = (months * 365.25) / 12 / 7
  const random = new Random()
  const customers = 4000
  let days = 0
  for (let index = 0; index < customers; index++) {
    random.reseed(1, index, 0)
    const horizon = (weeks * (index + 0.5)) / customers
    const rate = random.gamma(r) / alpha
    const dropout = random.beta(a, b)
    days++
    for (let time = random.exponential() / rate; time < horizon; time += random.exponential() / rate) {
      days++
      if (random.chance(dropout)) break
    }
  }
  return days / customers
}
