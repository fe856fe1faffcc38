import { addMonths, endDay } from './calendar.ts'
import { addRepayment, chargeOffDays, loanBalance, loanTermMonths } from './credit.ts'
import type { Customer } from './profile.ts'
import { type Shard, stage } from './shard-state.ts'
import { accountKind, addTransaction, plantOnLast, transactionKind } from './transactions.ts'

/** Month ends for which balances, and card statements, are handed over. */
const balanceMonths = 6
const statementMonths = 3
const daysToPay = 20
const minimumShare = 0.1

/** Month-end balances of cards and loans, and the statements that follow from the cards'. */
export function drawBalances(shard: Shard, customer: Customer): void {
  const { random, recipe, period } = shard
  random.reseed(recipe.seed, customer.index, stage.balances)
  const utilisation = customer.hasCard ? random.beta(1.2, 3) : 0
  const habit = random.uniform()
  const months = recipe.months
  for (let month = Math.max(0, months - balanceMonths); month < months; month++) {
    const day = period.monthEnds[month]!
    if (customer.hasCard && day >= customer.onboardedDay) {
      const noisy = Math.min(1, utilisation * random.between(0.7, 1.3))
      addBalance(
        shard,
        customer,
        accountKind.card,
        day,
        Math.round(customer.limitCents * noisy),
        customer.limitCents,
        0,
      )
    }
    addLoanBalance(shard, customer, day)
    if (month >= months - statementMonths) addStatement(shard, customer, day, month, habit)
  }
}

/** Seven customers in ten pay in full, two the minimum, one late. */
function addStatement(shard: Shard, customer: Customer, day: number, month: number, habit: number): void {
  const spent = customer.monthlySpend[month]!
  const dueDay = day + daysToPay
  if (spent === 0 || dueDay >= endDay) return
  const minimum = Math.ceil(spent * minimumShare)
  const paid = habit < 0.7 || habit > 0.9 ? spent : minimum
  const paidDay = habit > 0.9 ? dueDay + 1 + shard.random.below(9) : dueDay - shard.random.below(6)
  const inTime = paidDay < endDay
  addRepayment(
    shard,
    customer,
    accountKind.card,
    dueDay,
    spent,
    minimum,
    inTime ? paidDay : 0,
    inTime ? paid : 0,
  )
  if (inTime)
    addTransaction(
      shard,
      customer,
      accountKind.card,
      paidDay,
      43_200,
      transactionKind.repayment,
      paid,
      0,
      0,
      0,
      0,
      0,
    )
}

function addLoanBalance(shard: Shard, customer: Customer, day: number): void {
  const { loan } = customer
  if (loan === undefined || day < loan.openedDay) return
  let paid = 0
  while (paid < loanTermMonths && paid + 1 < loan.stopsAt && addMonths(loan.openedDay, paid + 1) <= day)
    paid++
  const balance = loanBalance(loan.principalCents, paid)
  const missed = loan.stopsAt <= loanTermMonths ? addMonths(loan.openedDay, loan.stopsAt) : endDay
  const pastDue = Math.max(0, day - missed)
  if (balance > 0 && pastDue < chargeOffDays)
    // A loan is no line of credit that could be drawn again, so that it has no limit.
    addBalance(shard, customer, accountKind.loan, day, balance, 0, pastDue)
}

function addBalance(
  shard: Shard,
  customer: Customer,
  account: number,
  day: number,
  cents: number,
  limitCents: number,
  daysPastDue: number,
): void {
  const table = shard.staged.balances
  table.add(customer.index, account, day, cents, limitCents, daysPastDue, 0)
  plantOnLast(table, shard.dirt.balances.next())
}
