import { endDay, secondsPerDay } from './calendar.ts'
import { addAtTime, investmentCents } from './investments.ts'
import { arms } from './parameters.ts'
import type { Customer } from './profile.ts'
import { type Shard, stage } from './shard-state.ts'
import { hasOwnKey, writeCustomerKey, writeLine } from './text-rows.ts'
import { transactionKind } from './transactions.ts'
import { encodeWord } from './vocabulary.ts'

export const campaignKey = 'spring_2025'
export const contactHeader =
  'contact_id,cust_no,campaign,treatment,arm,channel,sent_at,assignment_probability\n'
export const responseHeader = 'response_id,contact_id,cust_no,kind,responded_at,amount\n'

/** The day of the campaign; the 30 days that count after it are over well before the end. */
export const campaignDay = endDay - 75
export const campaignTenureDays = 90
const invited = 0.5
/** P08, counted from 1: a deposit that nothing but the campaign sells. */
const promoted = 8
export const promotedProduct = 'P08'
/** Days after a contact in which the promoted product counts as its success. */
export const responseDays = 30
const planted = 80_000_000
const controlArm = 2
const treatmentWord = encodeWord('实验', 'utf-8')
const controlWord = encodeWord('对照', 'utf-8')
const wrongArm = encodeWord('丙组', 'utf-8')
const openRate = [0.35, 0.5] as const

/** Half of those who have been here for three months are put into one of three arms, each as likely. */
export function drawCampaign(shard: Shard, customer: Customer): void {
  if (customer.onboardedDay > campaignDay - campaignTenureDays) return
  const { random, recipe, parameters } = shard
  random.reseed(recipe.seed, customer.index, stage.campaign)
  if (!random.chance(invited)) return
  const arm = random.below(arms.length)
  const second = 36_000 + random.below(7_200)
  writeLine(shard.texts.contacts, shard.dirt.contacts.next(), (kind) =>
    writeContact(shard, customer, arm, second, kind),
  )
  if (arm !== controlArm && random.chance(openRate[arm]!))
    writeResponse(shard, customer, 'open', second + 600 + random.below(30_000), 0)
  const lift = arm === controlArm ? 0 : parameters.campaign.lift[arm]![customer.band]!
  if (!random.chance(parameters.campaign.baseline + lift)) return
  const delayDays = random.between(0.05, 29)
  const cents = investmentCents(parameters, random, customer)
  const time = campaignDay + second / secondsPerDay + delayDays
  addAtTime(shard, customer, time, transactionKind.deposit, cents, promoted)
  if (arm !== controlArm)
    writeResponse(shard, customer, 'deposit', second + Math.floor(delayDays * secondsPerDay), cents)
}

function writeContact(
  shard: Shard,
  customer: Customer,
  arm: number,
  second: number,
  kind: string | undefined,
): void {
  const out = shard.texts.contacts
  out
    .ascii('K')
    .integer((hasOwnKey(kind) ? planted : 0) + customer.index + 1, 9)
    .comma()
  writeCustomerKey(out, customer.index, kind).comma().ascii(campaignKey).comma()
  if (arm !== controlArm) out.ascii(arms[arm]!)
  out.comma()
  out.bytes(kind === 'wrong_code' ? wrongArm : arm === controlArm ? controlWord : treatmentWord).comma()
  if (arm !== controlArm) out.ascii('push')
  out.comma().moment(campaignDay, second).comma().ascii('0.3333333333')
}

/** @param second counted from the start of the campaign's day, and past it */
function writeResponse(shard: Shard, customer: Customer, type: string, second: number, cents: number): void {
  const out = shard.texts.responses
  writeLine(out, shard.dirt.responses.next(), (kind) => {
    const index = customer.index + 1 + (hasOwnKey(kind) ? planted : 0)
    out
      .ascii(type === 'open' ? 'RO' : 'RI')
      .integer(index, 9)
      .comma()
    out
      .ascii('K')
      .integer(customer.index + 1, 9)
      .comma()
    writeCustomerKey(out, customer.index, kind).comma().ascii(type).comma()
    out.moment(campaignDay + Math.floor(second / secondsPerDay), second % secondsPerDay).comma()
    if (cents > 0) out.cents(cents)
  })
}
