import type { ColumnMapping, Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { chooseNamedAmount, chooseTime, type TransactionColumns } from './choose-transaction.ts'
import type { Subject } from './draft.ts'
import type { Recognised } from './draft-others.ts'
import type { FoundColumn } from './draft-transactions.ts'
import { mapColumn, reasonFor, standardType } from './map-column.ts'
import { conceptScore } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import type { Reference } from './relations.ts'
import { pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'

/** Lines of orders: what was bought and for how much stands here, who bought it and when in the file of orders. */
export interface OrderLines {
  readonly orders: Subject
  /** The order's number, in the lines and in the orders. */
  readonly match: ColumnProfile
  readonly key: ColumnProfile
  readonly customer: ColumnProfile
  readonly time: ColumnProfile
  readonly amount: TransactionColumns['amount']
}

const orderNumbers: readonly Concept[] = ['order_id', 'transaction_id']
const wellNamed = 0.75

/** What was found of lines: those that are the transactions, and those whose orders are. */
export interface FoundLines {
  readonly lines: ReadonlyMap<Subject, OrderLines>
  /** Orders have amounts of their own, or in another file of lines: these would count everything twice. */
  readonly repeated: ReadonlySet<Subject>
}

/** Finds files of lines that name no customer, and the orders that do. */
export async function findOrderLines(
  warehouse: Warehouse,
  subjects: readonly Subject[],
  references: readonly Reference[],
  shapes: ReadonlyMap<Subject, Recognised>,
  dealings: ReadonlyMap<Subject, TransactionColumns>,
): Promise<FoundLines> {
  const lines = new Map<Subject, OrderLines>()
  const repeated = new Set<Subject>()
  for (const subject of subjects) {
    if (shapes.has(subject) || customerOf(subject) !== undefined) continue
    // Where each order has one line, the file without a time of its own is that of the lines.
    const isTimed = chooseTime(subject.profile.columns) !== undefined
    const orders = references.filter(
      ({ from, to }) =>
        from.subject === subject &&
        (from.column.distinct < from.column.filled || !isTimed) &&
        isOrderNumber(from.column) &&
        isOrderNumber(to.column) &&
        !shapes.has(to.subject),
    )
    if (orders.some(({ to }) => hasOwnAmount(dealings.get(to.subject)))) {
      repeated.add(subject)
      continue
    }
    for (const { from, to } of orders) {
      const customer = customerOf(to.subject)
      const time = chooseTime(to.subject.profile.columns.filter((column) => column !== to.column))
      if (customer === undefined || customer === to.column || time === undefined) continue
      const { columns } = subject.profile
      const amount = await chooseNamedAmount(warehouse, subject.profile, columns, new Set([from.column.name]))
      if (amount === undefined) continue
      lines.set(subject, { orders: to.subject, match: from.column, key: to.column, customer, time, amount })
      break
    }
  }
  for (const other of besides(lines)) {
    lines.delete(other)
    repeated.add(other)
  }
  return { lines, repeated }
}

/** Of several files of lines of the same orders, what was bought and what was paid, all but the one that names products. */
function besides(lines: ReadonlyMap<Subject, OrderLines>): readonly Subject[] {
  const ofOrders = Map.groupBy(lines.keys(), (subject) => lines.get(subject)!.orders)
  return [...ofOrders.values()].flatMap((subjects) =>
    subjects.toSorted((one, other) => namesProducts(other) - namesProducts(one)).slice(1),
  )
}

const namesProducts = ({ profile }: Subject): number =>
  (['product_id', 'product_name', 'category'] as const).filter(
    (concept) => pickByName(profile.columns, concept, new Set(), wellNamed) !== undefined,
  ).length

const customerOf = (subject: Subject) =>
  pickByName(subject.profile.columns, 'customer_id', new Set(), wellNamed)?.column

const isOrderNumber = ({ name }: ColumnProfile): boolean =>
  orderNumbers.some((concept) => conceptScore(name, concept) >= wellNamed)

function hasOwnAmount(chosen: TransactionColumns | undefined): boolean {
  if (chosen?.customerByName !== true) return false
  return !('byName' in chosen.amount) || chosen.amount.byName
}

/** Who bought what a line says, looked up by the order's number. */
export function whoOrdered(lines: OrderLines): FoundColumn {
  return {
    mapping: {
      mapping: lookedUp(lines, lines.customer, 'customer_id'),
      why: {
        en: `who ordered, found in ${lines.orders.title}`,
        zh: `在 ${lines.orders.title} 中查找下单客户`,
      },
    },
    column: lines.match,
    notes: [],
  }
}

/** When it was ordered. */
export function whenOrdered(lines: OrderLines): FoundColumn {
  const why = reasonFor(lines.time, 'occurred_at')
  return {
    mapping: {
      mapping: lookedUp(lines, lines.time, 'occurred_at'),
      why: {
        en: `when it was ordered, found in ${lines.orders.title}: ${why.en}`,
        zh: `在 ${lines.orders.title} 中查找下单时间：${why.zh}`,
      },
    },
    column: lines.match,
    notes: [],
  }
}

function lookedUp(
  { orders, key, match }: OrderLines,
  take: ColumnProfile,
  name: 'customer_id' | 'occurred_at',
): ColumnMapping {
  const { from: _, ...reading } = mapColumn(take, standardType('transactions', name))
  return { ...reading, lookup: { source: orders.key, key: key.name, match: match.name, take: take.name } }
}

export const ordersNote: Text = {
  en: 'says who ordered and when; the lines of its orders are the transactions, and look both up here.',
  zh: '记录下单客户与时间；订单明细作为交易，并由此查找客户与时间。',
}

export const linesNote: Text = {
  en: 'holds the lines of orders whose amounts stand elsewhere: it is left out, so that nothing is counted twice.',
  zh: '为订单明细，而这些订单的金额已由其他文件给出：未纳入，以免重复计算。',
}
