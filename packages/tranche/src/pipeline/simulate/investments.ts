import { endDay, secondsPerDay } from './calendar.ts'
import { type Parameters, quadrants, youngest } from './parameters.ts'
import type { Population } from './population.ts'
import { type Customer, drawInvestmentAmount } from './profile.ts'
import type { Random } from './random.ts'
import { provinces } from './regions.ts'
import { type Counts, type Shard, stage } from './shard-state.ts'
import { accountKind, addTransaction, transactionKind } from './transactions.ts'

/** Position of P04, the first of the organic products, in the list of products, counted from 1. */
const firstOrganicProduct = 4
/** Days that the term of an organic product takes, in their order. */
const termDays = [30, 182, 365, 60] as const

/** Organic investments: the first within 30 days, later or never; then others while the customer goes on. */
export function drawInvestments(shard: Shard, customer: Customer): void {
  const { parameters, population, tables, random, recipe } = shard
  random.reseed(recipe.seed, customer.index, stage.investments)
  const converts = random.chance(conversionProbability(population, customer))
  const later = random.chance(parameters.conversion.later)
  if (!converts && !later) return
  const delayDays = converts ? random.between(0.05, 29) : random.between(32, 390)
  let time = customer.onboardedDay + customer.onboardedSecond / secondsPerDay + delayDays
  let cents = investmentCents(parameters, random, customer)
  let product = random.pick(tables.firstProduct[customer.gender]!)
  if (time < endDay && customer.hasCard) countQuadrant(shard.drawn, customer.limitCents, cents)
  while (time < endDay) {
    addAtTime(shard, customer, time, transactionKind.investment, cents, firstOrganicProduct + product)
    redeem(shard, customer, time + termDays[product]! * random.between(1, 1.2), cents)
    if (!random.chance(parameters.investAgain)) return
    time += 1 + 70 * random.exponential()
    product = random.pick(tables.nextProduct[product]!)
    cents = Math.round(cents * random.between(0.6, 1.5))
  }
}

/** Amount of a first investment: by quadrant, and by the planted factor larger for men. */
export function investmentCents(parameters: Parameters, random: Random, customer: Customer): number {
  const amount = drawInvestmentAmount(parameters, random, customer)
  return Math.round(100 * amount * (customer.gender === 0 ? parameters.firstInvestmentRatio : 1))
}

function countQuadrant(drawn: Counts, limitCents: number, cents: number): void {
  drawn.investorsWithCard++
  if (limitCents < 100 * quadrants.highLimit) return
  if (cents < 100 * quadrants.lowInvestment) drawn.underMonetised++
  if (cents >= 100 * quadrants.highInvestment) drawn.highNetWorth++
}

function conversionProbability(population: Population, customer: Customer): number {
  const { base, age, creative, region, channel, together } = population.conversion
  const own = provinces[customer.province]!.region
  return (
    base[customer.gender]! +
    age[customer.age - youngest]! +
    creative[customer.creative]! +
    region[own]! +
    channel[customer.channel]! +
    together[own]![customer.channel]!
  )
}

function redeem(shard: Shard, customer: Customer, time: number, cents: number): void {
  if (time < endDay && shard.random.chance(0.6))
    addAtTime(shard, customer, time, transactionKind.redemption, cents, 0)
}

/** A transaction of the cash account, where there is one, at a time in days. */
export function addAtTime(
  shard: Shard,
  customer: Customer,
  time: number,
  kind: number,
  cents: number,
  product: number,
): void {
  const day = Math.floor(time)
  const second = Math.floor((time - day) * secondsPerDay)
  const account = customer.hasApp ? accountKind.cash : accountKind.none
  addTransaction(shard, customer, account, day, second, kind, cents, 0, product, 0, 0, 0)
}
