import { endDay } from './calendar.ts'
import type { Customer } from './profile.ts'
import { cumulate, type Random } from './random.ts'
import { type Shard, stage } from './shard-state.ts'
import { accountKind, addTransaction, transactionKind } from './transactions.ts'
import { categoryShares, merchantsPerCategory, payWays } from './vocabulary.ts'

const categoryTable = cumulate(categoryShares)
const daysPerWeek = 7
const times = new Float64Array(4096)
const days = new Int32Array(4096)

/**
 * Purchases of a card holder. Repeat purchase days come from BG/NBD (Fader, Hardie and Lee 2005): purchases at a
 * rate λ ~ Gamma(r, α) a week, and after each repeat purchase the customer leaves with p ~ Beta(a, b). The model
 * speaks of (frequency, recency, T); where purchases fall between the first and the last does not matter to it, so
 * they are moved to days of their own, and counting days gives exactly the frequency that was drawn.
 */
export function drawPurchases(shard: Shard, customer: Customer): void {
  const { parameters, random, recipe } = shard
  random.reseed(recipe.seed, customer.index, stage.purchases)
  const first = customer.onboardedDay + random.geometric(3)
  if (first >= endDay) return
  customer.firstPurchaseDay = first
  shard.drawn.buyers++
  const { r, alpha, a, b } = parameters.bgNbd
  const ratePerDay = random.gamma(r) / alpha / daysPerWeek
  const dropout = random.beta(a, b)
  const horizonDays = endDay - 1 - first
  const count = drawTimes(random, ratePerDay, dropout, horizonDays)
  placeOnDays(count, horizonDays)
  addPurchaseDay(shard, customer, first)
  for (let purchase = 0; purchase < count; purchase++)
    addPurchaseDay(shard, customer, first + days[purchase]!)
}

/** Times in days of the repeat purchases up to the horizon; returns how many. */
function drawTimes(random: Random, ratePerDay: number, dropout: number, horizonDays: number): number {
  let count = 0
  // More purchases than days can't be told apart by day; fewer than one customer in five thousand wants them.
  const most = Math.min(times.length, horizonDays)
  for (
    let time = random.exponential() / ratePerDay;
    time < horizonDays && count < most;
    time += random.exponential() / ratePerDay
  ) {
    times[count++] = time
    if (random.uniform() < dropout) break
  }
  return count
}

/** Gives each time a day of its own after the first purchase's, the last as near to its time as can be. */
function placeOnDays(count: number, horizonDays: number): void {
  let previous = 0
  for (let index = 0; index < count; index++) {
    previous = Math.max(Math.round(times[index]!), previous + 1)
    days[index] = previous
  }
  if (count === 0) return
  let next = Math.min(horizonDays, Math.max(Math.round(times[count - 1]!), count)) + 1
  for (let index = count - 1; index >= 0 && days[index]! >= next; index--) {
    days[index] = next - 1
    next--
  }
}

/** One purchase day: an amount from Gamma-Gamma (Fader and Hardie 2013), paid in one or several transactions. */
function addPurchaseDay(shard: Shard, customer: Customer, day: number): void {
  const { random, tables, period } = shard
  // Gamma with shape 4: the sum of four exponentials.
  const draw = -Math.log(random.uniform() * random.uniform() * random.uniform() * random.uniform())
  let left = Math.max(1, Math.round((100 * draw) / customer.spendRate))
  const total = left
  const month = monthOf(period.monthEnds, day)
  customer.monthlySpend[month]! += total
  const payments = 1 + random.geometric(tables.moreOnPurchaseDay)
  const earliest = day === customer.onboardedDay ? customer.onboardedSecond + 60 : 28_800
  for (let payment = payments; payment > 0 && left > 0; payment--) {
    // The share of the rest that one of n equal exponential parts takes: 1 − U^(1/(n−1)).
    const part =
      payment === 1
        ? left
        : Math.min(left, Math.max(1, Math.round(left * (1 - random.uniform() ** (1 / (payment - 1))))))
    left -= part
    const category = random.pick(categoryTable)
    const merchant = category * merchantsPerCategory + random.below(merchantsPerCategory)
    const second = earliest + random.below(86_000 - earliest)
    addTransaction(
      shard,
      customer,
      accountKind.card,
      day,
      second,
      transactionKind.purchase,
      part,
      category + 1,
      0,
      merchant + 1,
      1 + random.below(payWays.length),
      customer.cityNumber + 1,
    )
  }
  addFollowUp(shard, customer, day, total)
}

/** Now and then a large day is turned into instalments, part of it is refunded, or points are spent. */
function addFollowUp(shard: Shard, customer: Customer, day: number, total: number): void {
  const u = shard.random.uniform()
  const next = day + 1
  if (next >= endDay || u > 0.06) return
  const [kind, cents] =
    u < 0.03
      ? ([transactionKind.installment, total] as const)
      : u < 0.035
        ? ([transactionKind.refund, Math.ceil(total * 0.3)] as const)
        : ([transactionKind.points, 1000 * (1 + Math.floor(u * 100))] as const)
  if (kind === transactionKind.installment && total < 50_000) return
  addTransaction(shard, customer, accountKind.card, next, 36_000, kind, cents, 0, 0, 0, 0, 0)
}

export function monthOf(monthEnds: readonly number[], day: number): number {
  let month = Math.min(monthEnds.length - 1, Math.max(0, Math.floor((day - monthEnds[0]!) / 31)))
  while (day > monthEnds[month]!) month++
  return month
}
