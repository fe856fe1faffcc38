import { endDay } from './calendar.ts'
import type { Customer } from './profile.ts'
import { type Shard, stage } from './shard-state.ts'
import { accountKind, plantOnLast } from './transactions.ts'

export const ledgerKind = {
  interest: 0,
  fee: 1,
  interchange: 2,
  spread: 3,
  funding: 4,
  charge_off: 5,
} as const

/** Share of card spending that the institution earns. */
const interchangeRate = 0.006
const monthsPerPosting = 3

/**
 * Income and cost, posted every three months at a month's end, a third of the customers each month. Every kind
 * of income is the customer's mean spending times factors that don't depend on who the customer is, so that
 * income is divided between groups exactly as spending is.
 */
export function postLedger(shard: Shard, customer: Customer): void {
  const { random, recipe, period } = shard
  random.reseed(recipe.seed, customer.index, stage.ledger)
  let from = 0
  for (let month = customer.index % monthsPerPosting; month < recipe.months; month += monthsPerPosting) {
    const day = period.monthEnds[month]!
    if (day >= customer.onboardedDay && day < endDay) {
      if (customer.firstPurchaseDay >= 0 && customer.firstPurchaseDay <= day)
        postCard(shard, customer, day, from, month)
      if (customer.hasApp && day < customer.cashClosedDay)
        addEntry(shard, customer, accountKind.cash, day, ledgerKind.spread, noisyCents(shard, customer, 0.03))
    }
    from = month + 1
  }
}

function postCard(shard: Shard, customer: Customer, day: number, from: number, to: number): void {
  let spent = 0
  for (let month = from; month <= to; month++) spent += customer.monthlySpend[month]!
  const interest = noisyCents(shard, customer, 0.25)
  addEntry(shard, customer, accountKind.card, day, ledgerKind.interest, interest)
  addEntry(shard, customer, accountKind.card, day, ledgerKind.funding, -Math.round(interest * 0.3))
  const earned = Math.round(spent * interchangeRate)
  if (earned > 0) addEntry(shard, customer, accountKind.card, day, ledgerKind.interchange, earned)
}

/** A multiple of the customer's mean spending, in cents, with noise of mean one that is alike for all. */
function noisyCents(shard: Shard, customer: Customer, factor: number): number {
  return Math.round(50 * factor * customer.meanSpend * shard.random.gamma(2))
}

/** Books an entry: income positive, cost negative, in cents. */
export function addEntry(
  shard: Shard,
  customer: Customer,
  account: number,
  day: number,
  kind: number,
  cents: number,
): void {
  const table = shard.staged.ledger
  table.add(customer.index, customer.nextEntry++, account, day, kind, cents, 0)
  plantOnLast(table, shard.dirt.ledger.next(), numberColumn)
}

const numberColumn = 1
