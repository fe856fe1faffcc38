import type { ByteWriter } from './byte-writer.ts'
import type { Customer } from './profile.ts'
import type { Shard } from './shard-state.ts'
import { hasOwnKey, writeCustomerKey, writeLine } from './text-rows.ts'
import { encodeWord, encodeWords, refusalReasons } from './vocabulary.ts'

export const applicationHeader =
  'application_no,cust_no,product_no,requested_at,amount,decision,decided_at,approved_amount,reason,channel\n'

export interface Application {
  /** 1 card, 2 loan. */
  readonly kind: number
  readonly day: number
  readonly second: number
  readonly amountCents: number
  readonly approved: boolean
  readonly reason: number
}

const planted = 80_000_000
const products = ['', 'P02', 'P03'] as const
const approvedWord = encodeWord('通过', 'utf-8')
const declinedWord = encodeWord('拒绝', 'utf-8')
const wrongDecision = encodeWord('挂起?', 'utf-8')
const badAmount = encodeWord('五万左右', 'utf-8')
const reasons = encodeWords(refusalReasons, 'utf-8')

export function writeApplication(shard: Shard, customer: Customer, application: Application): void {
  const out = shard.texts.applications
  writeLine(out, shard.dirt.applications.next(), (kind) => writeRow(out, customer, application, kind))
}

function writeRow(
  out: ByteWriter,
  customer: Customer,
  application: Application,
  kind: string | undefined,
): void {
  const index = hasOwnKey(kind) ? planted + customer.index : customer.index
  const { day, second, approved } = application
  out
    .ascii('L')
    .integer((index + 1) * 10 + application.kind, 10)
    .comma()
  writeCustomerKey(out, customer.index, kind).comma()
  out.ascii(products[application.kind]!).comma()
  if (kind === 'unparseable_date') out.ascii('0000-00-00').comma()
  else out.moment(day, second).comma()
  if (kind === 'bad_amount') out.bytes(badAmount).comma()
  else out.cents(application.amountCents + (kind === 'contradictory_duplicate' ? 10_000 : 0)).comma()
  out.bytes(kind === 'wrong_code' ? wrongDecision : approved ? approvedWord : declinedWord).comma()
  out.moment(day, second + 900).comma()
  if (approved) out.cents(application.amountCents)
  out.comma()
  if (!approved) out.bytes(reasons[application.reason]!)
  out.comma().ascii('app')
}
