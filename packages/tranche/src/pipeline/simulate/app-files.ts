import type { ByteWriter } from './byte-writer.ts'
import { endDay } from './calendar.ts'
import { appOnlyOffset, appUserNumber, phoneNumber, writePhoneNumber } from './identifiers.ts'
import type { Customer } from './profile.ts'
import { type Shard, stage } from './shard-state.ts'
import { hasOwnKey, writeLine } from './text-rows.ts'
import { eventChannels, eventNames } from './vocabulary.ts'

export const appUserHeader = 'user_id,mobile,email,registered_at,os,push_opt_in\n'

/** One app user in so many customers has no account at the institution. */
const appOnlyShare = 0.03
const anonymousShare = 0.03
const pages = ['home', 'wealth', 'card', 'loan', 'mine'] as const

/** The app's own list of users and what they do there; it knows people by its own number and their phone. */
export function drawApp(shard: Shard, customer: Customer): void {
  const { random, recipe, identity } = shard
  random.reseed(recipe.seed, customer.index, stage.events)
  const { index } = customer
  if (customer.hasApp) {
    identity.matched++
    writeUser(shard, customer, index)
    writeEvents(shard, customer, index)
  } else if (customer.sharesPhone && index % 2 === 0) {
    identity.shared++
    writeUser(shard, customer, index)
  }
  if (!random.chance(appOnlyShare)) return
  identity.appOnly++
  writeUser(shard, customer, appOnlyOffset + index)
  writeEvents(shard, customer, appOnlyOffset + index)
}

function writeUser(shard: Shard, customer: Customer, index: number): void {
  const { random } = shard
  const out = shard.texts.app_users
  const [os, push] = [random.chance(0.45), random.chance(0.7)]
  writeLine(out, shard.dirt.app_users.next(), (kind) => {
    out.ascii('U').integer(appUserNumber(index), 8).comma()
    writePhone(out, index, kind)
    out.ascii(',user').integer(appUserNumber(index)).ascii('@example.com').comma()
    out.moment(customer.onboardedDay, customer.onboardedSecond).comma()
    out
      .ascii(os ? 'iOS' : 'Android')
      .comma()
      .ascii(push ? 'true' : 'false')
  })
}

function writePhone(out: ByteWriter, index: number, kind: string | undefined): void {
  const phone = phoneNumber(index)
  const parts = [phone.slice(0, 3), phone.slice(3, 7), phone.slice(7)]
  if (kind === 'phone_with_prefix') out.ascii(`+86 ${parts.join('-')}`)
  else if (kind === 'phone_with_spaces') out.ascii(parts.join(' '))
  else writePhoneNumber(out, index)
}

/** Visits spread over the time that a user has had the app. */
function writeEvents(shard: Shard, customer: Customer, index: number): void {
  const { random, recipe } = shard
  const mean = recipe.transactionsPerCustomer / 12
  const visits = random.poisson(Math.min(40, mean))
  for (let visit = 0; visit < visits; visit++) {
    const day = customer.onboardedDay + random.below(endDay - customer.onboardedDay)
    const second = Math.max(customer.onboardedSecond + 60, 21_600 + random.below(64_000))
    const draws = [
      random.pick(shard.tables.events[customer.behaviour]!),
      random.below(eventChannels.length),
      random.below(5),
    ]
    const anonymous = random.chance(anonymousShare)
    writeLine(shard.texts.events, shard.dirt.events.next(), (kind) =>
      writeEvent(shard.texts.events, { index, visit, day, second, anonymous, draws }, kind),
    )
  }
}

interface Visit {
  readonly index: number
  readonly visit: number
  readonly day: number
  readonly second: number
  readonly anonymous: boolean
  readonly draws: readonly number[]
}

function writeEvent(out: ByteWriter, visit: Visit, kind: string | undefined): void {
  const user = appUserNumber(visit.index)
  out
    .ascii('{"message_id":"')
    .ascii(hasOwnKey(kind) ? 'p' : 'm')
    .integer(user, 8)
    .byte(45)
    .integer(visit.visit)
  if (visit.anonymous) out.ascii('","user_id":null,"anonymous_id":"a').integer(user, 8)
  else out.ascii('","user_id":"U').integer(user, 8)
  out.ascii('","event":"').ascii(eventNames[visit.draws[0]!]!).ascii('","ts":"')
  if (kind === 'unparseable_date') out.ascii('yesterday')
  else {
    const day = kind === 'future_date' ? visit.day + 3650 : visit.day
    out.moment(day, visit.second, 84).ascii('+08:00')
  }
  out.ascii('","channel":"').ascii(eventChannels[visit.draws[1]!]!)
  out.ascii('","properties":{"page":"').ascii(pages[visit.draws[2]!]!)
  out
    .ascii('","seconds":')
    .integer(5 + (visit.second % 300))
    .ascii('}}')
}
