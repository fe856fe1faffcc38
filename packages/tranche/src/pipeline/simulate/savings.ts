import { writeAccount } from './account-file.ts'
import { endDay } from './calendar.ts'
import type { Customer } from './profile.ts'
import { type Shard, stage } from './shard-state.ts'
import { accountKind, addTransaction, transactionKind } from './transactions.ts'

/** Days of one period of the planted closing hazard. */
export const hazardDays = 30

/** The cash account that comes with the app: closed at a constant hazard, used now and then. */
export function drawSavings(shard: Shard, customer: Customer): void {
  if (!customer.hasApp) return
  const { random, recipe, parameters } = shard
  random.reseed(recipe.seed, customer.index, stage.savings)
  const hazard = parameters.closingByCreative[customer.creative]! / hazardDays
  // At least a day, so that an account never closes before it opens.
  const closes = customer.onboardedDay + 1 + Math.floor(random.exponential() / hazard)
  customer.cashClosedDay = Math.min(closes, endDay)
  writeAccount(shard, customer, {
    kind: accountKind.cash,
    openedDay: customer.onboardedDay,
    openedSecond: customer.onboardedSecond,
    rateBasisPoints: 180,
    ...(closes < endDay ? { closedDay: closes } : {}),
  })
  let day = customer.onboardedDay + Math.floor(120 * random.exponential())
  while (day < customer.cashClosedDay) {
    const kind = random.chance(0.65) ? transactionKind.deposit : transactionKind.withdrawal
    const second = Math.max(customer.onboardedSecond + 60, 30_000 + random.below(50_000))
    const cents = 10_000 * (1 + random.below(80))
    addTransaction(shard, customer, accountKind.cash, day, second, kind, cents, 0, 0, 0, 0, 0)
    day += 1 + Math.floor(180 * random.exponential())
  }
}
