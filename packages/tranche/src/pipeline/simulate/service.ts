import { endDay } from './calendar.ts'
import { channels } from './parameters.ts'
import { type Customer, onboardedAt } from './profile.ts'
import { type Shard, stage } from './shard-state.ts'
import { hasOwnKey, writeCustomerKey, writeLine } from './text-rows.ts'
import { complaintChannels, complaintTopics, encodeWord, encodeWords } from './vocabulary.ts'

export const bureauHeader = 'cust_no,score,queried_at,provider\n'
export const complaintHeader = 'complaint_id,cust_no,topic,channel,complained_at,resolved_at\n'
export const referralHeader = 'referrer_no,referred_no,referred_at\n'
export const daysPerYear = 365.25
/** Bureau scores of the tiers A, B and C: bands that don't overlap. */
export const scoreBands = [
  [700, 850],
  [600, 699],
  [350, 599],
] as const

const provider = encodeWord('百行征信', 'utf-8')
const noHit = encodeWord('查无记录', 'utf-8')
const topics = encodeWords(complaintTopics, 'utf-8')
const ways = encodeWords(complaintChannels, 'utf-8')
const referralChannel = channels.indexOf('referral')

/** What surrounds a customer: the bureau's score, complaints, and who brought whom. */
export function drawService(shard: Shard, customer: Customer): void {
  const { random, recipe } = shard
  random.reseed(recipe.seed, customer.index, stage.service)
  writeScore(shard, customer)
  writeComplaints(shard, customer)
  if (customer.channel === referralChannel && customer.index > 0) writeReferral(shard, customer)
}

function writeScore(shard: Shard, customer: Customer): void {
  const [low, high] = scoreBands[customer.tier]!
  const score = low + shard.random.below(high - low + 1)
  const out = shard.texts.bureau
  writeLine(out, shard.dirt.bureau.next(), (kind) => {
    writeCustomerKey(out, customer.index, kind).comma()
    if (kind === 'bad_amount') out.bytes(noHit).comma()
    else out.integer(score).comma()
    // A refused row is a second query on the same day, so that it doesn't contradict the first.
    const later = hasOwnKey(kind) ? 1800 : 0
    out
      .moment(customer.onboardedDay, customer.onboardedSecond + 120 + later)
      .comma()
      .bytes(provider)
  })
}

function writeComplaints(shard: Shard, customer: Customer): void {
  const { random, parameters } = shard
  const out = shard.texts.complaints
  const perDay = parameters.complaintsPerYear / daysPerYear
  let number = 0
  const start = customer.onboardedDay + customer.onboardedSecond / 86_400
  for (let time = start; ; ) {
    time += random.exponential() / perDay
    if (time >= endDay) return
    const day = Math.floor(time)
    const second = Math.floor((time - day) * 86_400)
    const [topic, way, wait] = [random.below(topics.length), random.below(ways.length), random.below(10)]
    const sequence = ++number
    writeLine(out, shard.dirt.complaints.next(), (kind) => {
      out
        .ascii('T')
        .integer((customer.index + 1) * 100 + sequence + (hasOwnKey(kind) ? 50 : 0), 10)
        .comma()
      writeCustomerKey(out, customer.index, kind).comma().bytes(topics[topic]!).comma().bytes(ways[way]!)
      out.comma()
      if (kind === 'unparseable_date') out.ascii('2024/13/45').comma()
      else out.moment(day, second).comma()
      if (day + wait < endDay - 1) out.moment(day + wait + 1, 54_000)
    })
  }
}

/** The referrer is anybody who was a customer before. */
function writeReferral(shard: Shard, customer: Customer): void {
  const { random, recipe, period } = shard
  const referrer = random.below(customer.index)
  // Customers are numbered in the order in which they came, so a lower number has come before.
  const since = onboardedAt(recipe, period.startDay, random, referrer)
  const day = Math.max(Math.floor(since), customer.onboardedDay)
  const out = shard.texts.referrals
  writeLine(out, shard.dirt.referrals.next(), (kind) => {
    writeCustomerKey(out, referrer, kind).comma()
    writeCustomerKey(out, customer.index).comma()
    out.moment(day, customer.onboardedSecond)
  })
}
