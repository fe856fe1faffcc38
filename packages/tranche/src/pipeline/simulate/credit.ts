import type { Text } from '@tranche/contract'
import { writeAccount } from './account-file.ts'
import { writeApplication } from './application-file.ts'
import { addMonths, endDay } from './calendar.ts'
import { addEntry, ledgerKind } from './ledger.ts'
import type { Customer } from './profile.ts'
import { type Shard, stage } from './shard-state.ts'
import { accountKind, addTransaction, plantOnLast, transactionKind } from './transactions.ts'

/** Months of a loan, and days past due at which it is charged off. */
export const loanTermMonths = 12
export const chargeOffDays = 91
const rateByTier = [720, 1200, 1800] as const

/** How default is told from the tables: every default is charged off within nine months of the loan's opening. */
export const chargeOffRule: { readonly population: Text; readonly definition: Text } = {
  population: {
    en: 'Accounts of kind loan opened at least 365 days before as_of',
    zh: '截止时点前至少 365 天开立的贷款账户',
  },
  definition: {
    en: 'share of these accounts with a ledger entry of kind charge_off',
    zh: '有核销分录（charge_off）的账户占比',
  },
}
export const loanDecisions: Text = { en: 'Applications for product P03', zh: 'P03 的申请' }

/** The card every customer applies for, and the loan that some do. */
export function drawCredit(shard: Shard, customer: Customer): void {
  const { random, recipe } = shard
  random.reseed(recipe.seed, customer.index, stage.loans)
  const { onboardedDay: day, onboardedSecond: second, hasCard } = customer
  writeApplication(shard, customer, {
    kind: accountKind.card,
    day,
    second,
    amountCents: customer.limitCents,
    approved: hasCard,
    reason: random.below(3),
  })
  if (hasCard)
    writeAccount(shard, customer, {
      kind: accountKind.card,
      openedDay: day,
      openedSecond: second + 900,
      limitCents: customer.limitCents,
      rateBasisPoints: 1825,
    })
  drawLoan(shard, customer)
}

/**
 * Riskier people ask for loans more often and are refused more often, in such measure that every tier holds
 * loans equally often: then fees do not depend on age, nor through age on gender.
 */
function drawLoan(shard: Shard, customer: Customer): void {
  const { parameters, random } = shard
  const approval = parameters.approvalByTier[customer.tier]!
  if (!random.chance(parameters.loanShare / approval)) return
  const day = customer.onboardedDay + 1 + random.below(60)
  if (day >= endDay) return
  const approved = random.chance(approval)
  const principalCents = 10_000 * Math.max(5, Math.round(0.6 * customer.meanSpend * random.between(0.5, 1.5)))
  const second = 32_400 + random.below(36_000)
  writeApplication(shard, customer, {
    kind: accountKind.loan,
    day,
    second,
    amountCents: principalCents,
    approved,
    reason: random.below(3),
  })
  if (!approved) return
  writeAccount(shard, customer, {
    kind: accountKind.loan,
    openedDay: day,
    openedSecond: second + 900,
    principalCents,
    rateBasisPoints: rateByTier[customer.tier]!,
    termMonths: loanTermMonths,
    purpose: random.below(5),
  })
  addEntry(shard, customer, accountKind.loan, day, ledgerKind.fee, Math.round(principalCents * 0.02))
  repayLoan(shard, customer, day, principalCents)
}

/** Twelve equal instalments; who defaults stops at one of the first six, and is charged off 91 days later. */
function repayLoan(shard: Shard, customer: Customer, openedDay: number, principalCents: number): void {
  const { parameters, random } = shard
  const monthlyRate = rateByTier[customer.tier]! / 120_000
  const due = Math.round((principalCents * monthlyRate) / (1 - (1 + monthlyRate) ** -loanTermMonths))
  const defaults = random.chance(parameters.defaultByTier[customer.tier]!)
  const stopsAt = defaults ? 2 + random.below(5) : loanTermMonths + 1
  const chargedOff = defaults ? addMonths(openedDay, stopsAt) + chargeOffDays : endDay
  const lateChance = [0.05, 0.12, 0.25][customer.tier]!
  customer.loan = { openedDay, principalCents, stopsAt }
  for (let instalment = 1; instalment <= loanTermMonths; instalment++) {
    const dueDay = addMonths(openedDay, instalment)
    if (dueDay >= Math.min(endDay, chargedOff)) break
    const paidDay = dueDay + (random.chance(lateChance) ? 1 + random.below(20) : -random.below(4))
    if (instalment < stopsAt) payInstalment(shard, customer, dueDay, due, paidDay)
    else addRepayment(shard, customer, accountKind.loan, dueDay, due, due, 0, 0)
  }
  if (defaults && chargedOff < endDay) {
    const lost = loanBalance(principalCents, stopsAt - 1)
    addEntry(shard, customer, accountKind.loan, chargedOff, ledgerKind.charge_off, -lost)
  }
}

/** Principal outstanding after so many instalments, in cents. */
export function loanBalance(principalCents: number, paidInstalments: number): number {
  return Math.round(principalCents * (1 - paidInstalments / loanTermMonths))
}

function payInstalment(shard: Shard, customer: Customer, dueDay: number, due: number, paidDay: number): void {
  const paid = paidDay < endDay
  addRepayment(shard, customer, accountKind.loan, dueDay, due, due, paid ? paidDay : 0, paid ? due : 0)
  if (paid)
    addTransaction(
      shard,
      customer,
      accountKind.loan,
      paidDay,
      40_000,
      transactionKind.repayment,
      due,
      0,
      0,
      0,
      0,
      0,
    )
}

/** A line of the schedule; `paidDay` 0 where nothing was paid. */
export function addRepayment(
  shard: Shard,
  customer: Customer,
  account: number,
  dueDay: number,
  cents: number,
  minimum: number,
  paidDay: number,
  paidCents: number,
): void {
  const table = shard.staged.repayments
  table.add(customer.index, account, dueDay, cents, minimum, paidDay, paidCents, 0)
  plantOnLast(table, shard.dirt.repayments.next())
}
