import type { ColumnMapping, Text } from '@tranche/contract'
import { plural, printName, quote } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, sql } from '../../sql/sql.ts'
import { readValue } from '../readers/value-formats.ts'
import type { TransactionColumns } from './choose-transaction.ts'
import { transactionKindCodes } from './codes.ts'
import type { Reasoned, Subject, TableDraft } from './draft.ts'
import type { DraftedTable } from './draft-customers.ts'
import { extrasOf } from './extras.ts'
import { furtherLines } from './further-lines.ts'
import { doubtAboutDates, mapColumn, mapped, noteOnScale, quoted, reasonFor } from './map-column.ts'
import { conceptScore, matchTitle } from './name-match.ts'
import { type ColumnProfile, profiled } from './profile.ts'
import { pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'
import { kindTitles } from './synonyms-tables.ts'
import { mapSigned, mapTwoSides, type TwoSides } from './two-sides.ts'
import { undoneRows } from './undone.ts'

/** Where a row says who paid, or when: in a column of its own, or in one that leads to another file. */
export interface FoundColumn {
  readonly mapping: Reasoned<ColumnMapping>
  readonly column: ColumnProfile
  readonly notes: readonly Text[]
}

const described: readonly Concept[] = [
  'account_id',
  'currency',
  'category',
  'product_id',
  'merchant',
  'channel',
  'city',
  'country',
]

/** Kinds of transactions that a file turned out to have; undefined where they are not told apart. */
export interface DraftedTransactions extends DraftedTable {
  readonly kinds: readonly string[] | undefined
}

/** Maps a file of dealings: who, when, how much, and of which kind. */
export async function draftTransactions(
  warehouse: Warehouse,
  subject: Subject,
  who: FoundColumn,
  when: FoundColumn,
  amount: TransactionColumns['amount'],
): Promise<DraftedTransactions> {
  const { columns, rows } = subject.profile
  const notes: Text[] = [...who.notes]
  const taken = new Set<string>(subject.identifiers.keys())
  for (const { mapping, column } of [who, when])
    if (mapping.mapping.from !== undefined) taken.add(column.name)
  const mappings = new Map<string, Reasoned<ColumnMapping>>()
  const id = transactionId(columns, taken)
  if (id !== undefined) {
    taken.add(id.name)
    mappings.set(
      'transaction_id',
      mapped('transactions', 'transaction_id', id, { en: 'one value a row', zh: '每行取值唯一' }),
    )
  }
  mappings.set('customer_id', who.mapping)
  mappings.set('occurred_at', when.mapping)
  notes.push(...when.notes)
  addAmount(amount, mappings, taken, notes)
  const kinds = await addKind(warehouse, subject, amount, mappings, taken, notes)
  for (const concept of described) {
    const picked = pickByName(columns, concept, taken, concept === 'category' ? 0.6 : 0.75)
    if (picked === undefined) continue
    taken.add(picked.column.name)
    mappings.set(concept, mapped('transactions', concept, picked.column, reasonFor(picked.column, concept)))
  }
  const rest = columns.filter((column) => !taken.has(column.name) && column.kind !== 'empty')
  const missing = rows - who.column.filled
  const nobody: Reasoned<string> | undefined =
    missing > rows * 0.01
      ? {
          mapping: `known(${printName(who.column.name)})`,
          why: {
            en: `${missing} ${plural(missing, 'row', 'rows')} of ${rows} ${plural(missing, 'names', 'name')} no customer: ${plural(missing, 'it is', 'they are')} filtered, and counted`,
            zh: `共 ${rows} 行，其中 ${missing} 行没有客户，予以过滤并计数`,
          },
        }
      : undefined
  const undone = undoneRows(columns)
  if (undone !== undefined) notes.push(titledNote(subject.title, undone.why))
  const further = await furtherLines(warehouse, subject.profile, amount)
  if (further !== undefined) notes.push(titledNote(subject.title, further.why))
  const where = bothOf(bothOf(nobody, undone), further)
  const table: TableDraft = {
    table: 'transactions',
    why: { en: 'a customer, a time and an amount in every row', zh: '每行含客户、时间与金额' },
    ...(where === undefined ? {} : { where }),
    columns: mappings,
    extras: extrasOf('transactions', rest.slice(0, 40)),
  }
  return { table, notes, kinds }
}

function bothOf(
  one: Reasoned<string> | undefined,
  other: Reasoned<string> | undefined,
): Reasoned<string> | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return {
    mapping: `${one.mapping} && (${other.mapping})`,
    why: { en: `${one.why.en}; ${other.why.en}`, zh: `${one.why.zh}；${other.why.zh}` },
  }
}

const titledNote = (title: string, { en, zh }: Text): Text => ({
  en: `${title}: ${en}. Please check.`,
  zh: `${title}：${zh}。请核对。`,
})

function transactionId(
  columns: readonly ColumnProfile[],
  taken: ReadonlySet<string>,
): ColumnProfile | undefined {
  const named = pickByName(columns, 'transaction_id', taken) ?? pickByName(columns, 'order_id', taken)
  if (
    named !== undefined &&
    conceptScore(named.column.name, 'account_id') <= named.score &&
    named.column.distinct >= named.column.filled * 0.98 &&
    named.column.filled >= named.column.rows * 0.98
  )
    return named.column
  return undefined
}

function addAmount(
  amount: TransactionColumns['amount'],
  mappings: Map<string, Reasoned<ColumnMapping>>,
  taken: Set<string>,
  notes: Text[],
): void {
  if ('column' in amount) {
    const { column, byName } = amount
    taken.add(column.name)
    mappings.set('amount', mapped('transactions', 'amount', column, reasonFor(column, 'amount')))
    const unit = noteOnScale(column)
    if (unit !== undefined) notes.push(unit)
    if (!byName)
      notes.push({
        en: `${quoted(column.name)} was taken for the amount, by its values. Please check.`,
        zh: `${quoted(column.name)} 依据取值视为金额，请核对。`,
      })
    return
  }
  if ('out' in amount) {
    const { amount: mapping, note } = mapTwoSides(amount)
    taken.add(amount.out.name)
    taken.add(amount.into.name)
    mappings.set('amount', mapping)
    notes.push(note)
    return
  }
  const { quantity, price, byName } = amount
  taken.add(price.name)
  mappings.set('amount', {
    mapping: {
      expr: product(quantity, price),
      ...(price.numbers?.decimal === ',' ? { decimal: ',' as const } : {}),
    },
    why: { en: 'pieces times the price of one', zh: '数量 × 单价' },
  })
  if (!byName)
    notes.push({
      en: `${quoted(price.name)} looks like the price of a piece and ${quoted(quantity.name)} like the number of pieces: the amount is their product. Please check.`,
      zh: `${quoted(price.name)} 似为单价，${quoted(quantity.name)} 似为数量：金额取二者乘积，请核对。`,
    })
}

function product(quantity: ColumnProfile, price: ColumnProfile): string {
  return `${printName(quantity.name)} * ${printName(price.name)}`
}

/** Kinds by a column of them, else purchases, with negative amounts as refunds. */
async function addKind(
  warehouse: Warehouse,
  subject: Subject,
  amount: TransactionColumns['amount'],
  mappings: Map<string, Reasoned<ColumnMapping>>,
  taken: Set<string>,
  notes: Text[],
): Promise<readonly string[] | undefined> {
  const named = subject.profile.columns
    .filter((column) => !taken.has(column.name) && conceptScore(column.name, 'kind') >= 0.6)
    .sort((one, other) => conceptScore(other.name, 'kind') - conceptScore(one.name, 'kind'))
  for (const column of named) {
    const coded = transactionKindCodes(column)
    if (coded === undefined) continue
    taken.add(column.name)
    mappings.set('kind', coded.mapping)
    notes.push(...coded.notes)
    return coded.used
  }
  if (named[0] !== undefined)
    notes.push({
      en: `${quoted(named[0].name)} may tell kinds of transactions, but its words are not known: left as an attribute; map kind by codes if it does.`,
      zh: `${quoted(named[0].name)} 可能区分交易类型，但其中词语无法识别：保留为属性；如确为类型，请用 codes 映射 kind。`,
    })
  if ('out' in amount) {
    mappings.set('kind', mapTwoSides(amount).kind)
    return ['withdrawal', 'deposit']
  }
  const told = Object.entries(kindTitles).find(([, words]) => matchTitle(subject.title, words) >= 0.75)?.[0]
  if (told !== undefined) {
    mappings.set('kind', {
      mapping: { value: told },
      why: { en: 'by the name of the file', zh: '依据文件名' },
    })
    return [told]
  }
  const negative = await negativeRows(warehouse, subject, amount)
  if (negative === 0) {
    mappings.set('kind', {
      mapping: { value: 'purchase' },
      why: { en: 'assumed: no column tells kinds', zh: '假定：没有类型列' },
    })
    return ['purchase']
  }
  if ('column' in amount && negative > subject.profile.rows / 2) {
    const statement = mapSigned(amount.column)
    mappings.set('amount', statement.amount)
    mappings.set('kind', statement.kind)
    notes.push(titledNote(subject.title, statement.note))
    return ['withdrawal', 'deposit']
  }
  const expression =
    'column' in amount ? printName(amount.column.name) : product(amount.quantity, amount.price)
  mappings.set('kind', {
    mapping: { expr: `${expression} < 0 ? ${quote('refund')} : ${quote('purchase')}` },
    why: {
      en: `${negative} ${plural(negative, 'row has', 'rows have')} a negative amount: taken for returns`,
      zh: `有 ${negative} 行金额为负，视为退货退款`,
    },
  })
  notes.push({
    en: `${subject.title}: ${negative} ${plural(negative, 'row', 'rows')} with a negative amount ${plural(negative, 'was taken for a refund', 'were taken for refunds')}, all others for purchases.`,
    zh: `${subject.title}：${negative} 行负金额视为退款，其余视为消费。`,
  })
  return ['purchase', 'refund']
}

async function negativeRows(
  warehouse: Warehouse,
  subject: Subject,
  amount: Exclude<TransactionColumns['amount'], TwoSides>,
): Promise<number> {
  const number = (column: ColumnProfile) =>
    readValue(profiled(column.index), 'number', { decimal: column.numbers!.decimal })
  const value =
    'column' in amount ? number(amount.column) : sql`${number(amount.quantity)} * ${number(amount.price)}`
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${ident(subject.profile.table)} where ${value} < 0`,
  )
  return n
}

/** The customer of a file of transactions alone, as its own column says. */
export function whoPaid(column: ColumnProfile, byName: boolean): FoundColumn {
  return {
    column,
    mapping: {
      mapping: mapColumn(column, 'id'),
      why: byName
        ? reasonFor(column, 'customer_id')
        : { en: 'by its values: please check', zh: '依据取值推断，请核对' },
    },
    notes: byName
      ? []
      : [
          {
            en: `${quoted(column.name)} was taken for the customer number, by its values. Please check.`,
            zh: `${quoted(column.name)} 依据取值视为客户编号，请核对。`,
          },
        ],
  }
}

/** When a dealing was: the column that says it. */
export function whenPaid(column: ColumnProfile): FoundColumn {
  const doubt = doubtAboutDates(column)
  return {
    column,
    mapping: mapped('transactions', 'occurred_at', column, reasonFor(column, 'occurred_at')),
    notes: doubt === undefined ? [] : [doubt],
  }
}
