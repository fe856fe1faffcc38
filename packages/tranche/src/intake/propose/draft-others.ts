import { type ColumnMapping, type StandardTableName, standardTables, type Text } from '@tranche/contract'
import { plainCodes } from './codes.ts'
import type { CustomerPath } from './customer-paths.ts'
import type { Reasoned, Subject } from './draft.ts'
import type { DraftedTable } from './draft-customers.ts'
import { extrasOf } from './extras.ts'
import { doubtAboutDates, mapped, reasonFor } from './map-column.ts'
import { conceptScore, matchTitle } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'
import { tableSynonyms } from './synonyms-tables.ts'
import {
  armValues,
  decisionValues,
  ledgerKindValues,
  productKindValues,
  transactionKindValues,
} from './synonyms-values.ts'

interface Shape {
  readonly table: StandardTableName
  /** Columns of the table and the concepts they are recognised by, in the order in which they choose. */
  readonly columns: Readonly<Record<string, Concept>>
  /** Found together under good names, they say what a file is whatever it is called. */
  readonly tellTale: readonly string[]
  /** Without these a row is worth nothing. */
  readonly needed: readonly string[]
}

const shapes: readonly Shape[] = [
  {
    table: 'repayments',
    columns: {
      account_id: 'account_id',
      due_on: 'due_on',
      paid_on: 'paid_on',
      due_amount: 'due_amount',
      minimum_amount: 'minimum_amount',
      paid_amount: 'paid_amount',
    },
    tellTale: ['due_on', 'due_amount'],
    needed: ['account_id', 'due_on'],
  },
  {
    table: 'applications',
    columns: {
      application_id: 'application_id',
      requested_at: 'requested_at',
      decided_at: 'decided_at',
      approved_amount: 'approved_amount',
      amount: 'amount',
      decision: 'decision',
      product_id: 'product_id',
      product_kind: 'product_kind',
      channel: 'channel',
    },
    tellTale: ['requested_at', 'decision'],
    needed: ['requested_at'],
  },
  {
    table: 'complaints',
    columns: {
      complaint_id: 'complaint_id',
      complained_at: 'complained_at',
      resolved_at: 'resolved_at',
      topic: 'topic',
      channel: 'channel',
    },
    tellTale: ['complaint_id', 'complained_at'],
    needed: ['complained_at'],
  },
  {
    table: 'referrals',
    columns: { referred_id: 'referred_id', referred_at: 'referred_at' },
    tellTale: ['referred_id'],
    needed: ['referred_id'],
  },
  {
    table: 'contacts',
    columns: {
      contact_id: 'contact_id',
      sent_at: 'sent_at',
      campaign: 'campaign',
      treatment: 'treatment',
      arm: 'arm',
      channel: 'channel',
    },
    tellTale: ['sent_at', 'arm'],
    needed: ['sent_at'],
  },
  {
    table: 'responses',
    columns: {
      contact_id: 'contact_id',
      responded_at: 'responded_at',
      kind: 'response_kind',
      amount: 'amount',
    },
    tellTale: ['responded_at'],
    needed: ['responded_at'],
  },
  {
    table: 'survey_answers',
    columns: {
      survey: 'survey',
      question: 'question',
      value: 'answer',
      answered_at: 'answered_at',
      weight: 'weight',
    },
    tellTale: ['question', 'value'],
    needed: ['question', 'value'],
  },
  {
    table: 'events',
    columns: {
      message_id: 'transaction_id',
      occurred_at: 'occurred_at',
      received_at: 'received_at',
      name: 'event_name',
      anonymous_id: 'anonymous_id',
      channel: 'channel',
      properties: 'properties',
    },
    tellTale: ['name', 'occurred_at'],
    needed: ['name', 'occurred_at'],
  },
  {
    table: 'account_balances',
    columns: {
      account_id: 'account_id',
      on_date: 'on_date',
      balance: 'balance',
      credit_limit: 'credit_limit',
      days_past_due: 'days_past_due',
    },
    tellTale: ['on_date', 'balance'],
    needed: ['account_id', 'on_date', 'balance'],
  },
  {
    table: 'ledger',
    columns: {
      entry_id: 'transaction_id',
      account_id: 'account_id',
      on_date: 'on_date',
      kind: 'ledger_kind',
      amount: 'amount',
    },
    tellTale: [],
    needed: ['on_date', 'kind', 'amount'],
  },
  {
    table: 'observations',
    columns: {
      name: 'observation_name',
      observed_at: 'observed_at',
      value: 'observation_value',
      provider: 'provider',
    },
    tellTale: [],
    needed: ['name', 'value'],
  },
  {
    // What each customer holds on a day: readings, since no account numbers them and nothing was bought that day.
    table: 'observations',
    columns: { name: 'product_id', observed_at: 'holding_date', value: 'holding_value' },
    tellTale: ['observed_at', 'value'],
    needed: ['name', 'observed_at', 'value'],
  },
  {
    table: 'products',
    columns: {
      product_id: 'product_id',
      name: 'product_name',
      kind: 'product_kind',
      risk_level: 'product_risk',
      rate_annual: 'rate_annual',
      term_months: 'term_months',
      fee_rate: 'fee_rate',
    },
    tellTale: [],
    needed: ['product_id'],
  },
  {
    table: 'fx_rates',
    columns: { currency: 'currency', on_date: 'on_date', rate: 'rate' },
    tellTale: ['currency', 'rate'],
    needed: ['currency', 'on_date', 'rate'],
  },
  {
    table: 'costs',
    columns: {
      on_date: 'on_date',
      campaign: 'campaign',
      channel: 'channel',
      treatment: 'treatment',
      amount: 'amount',
    },
    tellTale: [],
    needed: ['on_date', 'amount'],
  },
]

const dictionaries: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  decision: decisionValues,
  arm: armValues,
  product_kind: productKindValues,
  'products.kind': productKindValues,
  'ledger.kind': ledgerKindValues,
  'transactions.kind': transactionKindValues,
}

export interface Recognised {
  readonly shape: Shape
  readonly picked: ReadonlyMap<string, ColumnProfile>
}

/** What a file is, from its name and from columns that only such a file has; undefined where neither speaks. */
export function recogniseShape(subject: Subject): Recognised | undefined {
  const { columns } = subject.profile
  let best: (Recognised & { score: number }) | undefined
  for (const shape of shapes) {
    const picked = pickAll(shape, columns)
    if (shape.columns['value'] === 'holding_value') addValuationDay(picked, columns)
    if (shape.needed.some((name) => !picked.has(name))) continue
    // What a customer is named beside is the customer's own: spend of theirs, not a budget.
    if (!isPerCustomer(shape.table) && pickByName(columns, 'customer_id', new Set(), 0.75) !== undefined)
      continue
    // A balance beside an amount is what a transaction left, not a statement.
    if (shape.table === 'account_balances' && pickByName(columns, 'amount', new Set(), 0.75) !== undefined)
      continue
    const words = tableSynonyms[shape.table]
    const byTitle = words === undefined ? 0 : matchTitle(subject.title, words)
    const told =
      shape.tellTale.length > 0 &&
      shape.tellTale.every((name) => {
        const column = picked.get(name)
        if (column === undefined) return false
        return conceptScore(column.name, shape.columns[name]!) >= 0.95 || isValuationDay(name, column)
      })
    const score = (byTitle >= 0.6 ? byTitle : 0) + (told ? 0.7 : 0)
    if (score >= 0.6 && (best === undefined || score > best.score)) best = { shape, picked, score }
  }
  return best
}

/** What is worth so much on a day is valued on few days, each of them for many: the only date of such a file is that day. */
function addValuationDay(picked: Map<string, ColumnProfile>, columns: readonly ColumnProfile[]): void {
  const [day, ...others] = columns.filter((column) => column.date !== null)
  if (picked.has('observed_at') || day === undefined || others.length > 0) return
  if (isValuationDay('observed_at', day)) picked.set('observed_at', day)
}

const isValuationDay = (name: string, { date, distinct, filled }: ColumnProfile): boolean =>
  name === 'observed_at' && date !== null && !date.hasTime && distinct <= filled * 0.05

function pickAll(shape: Shape, columns: readonly ColumnProfile[]): Map<string, ColumnProfile> {
  const taken = new Set<string>()
  const picked = new Map<string, ColumnProfile>()
  for (const [name, concept] of Object.entries(shape.columns)) {
    const found = pickByName(columns, concept, taken)
    // A number that only some rows have, as events have one where somebody bought, numbers none of them.
    if (found === undefined || (concept === 'transaction_id' && !numbersRows(found.column))) continue
    taken.add(found.column.name)
    picked.set(name, found.column)
  }
  return picked
}

const numbersRows = ({ filled, distinct, rows }: ColumnProfile): boolean =>
  filled >= rows * 0.98 && distinct >= filled * 0.98

/** Whether rows of the table belong to customers. */
export function isPerCustomer(table: StandardTableName): boolean {
  return standardTables.find((candidate) => candidate.name === table)!.perCustomer
}

/** Maps a file of a recognised shape. */
export function draftShape(
  subject: Subject,
  { shape, picked }: Recognised,
  path: CustomerPath | undefined,
): DraftedTable {
  const { table } = shape
  const notes: Text[] = [...(path?.notes ?? [])]
  const taken = new Set<string>(subject.identifiers.keys())
  const mappings = new Map<string, Reasoned<ColumnMapping>>()
  if (path !== undefined) {
    mappings.set('customer_id', { mapping: path.mapping, why: path.why })
    if (path.mapping.from !== undefined) taken.add(path.column.name)
  }
  for (const [name, column] of picked) {
    if (taken.has(column.name)) continue
    const dictionary = dictionaries[`${table}.${name}`] ?? dictionaries[name]
    const coded = dictionary === undefined ? undefined : plainCodes(column, dictionary, null)
    if (dictionary !== undefined && coded === undefined) continue
    taken.add(column.name)
    mappings.set(name, coded?.mapping ?? mapped(table, name, column, reasonFor(column, shape.columns[name]!)))
    const doubt = doubtAboutDates(column)
    if (doubt !== undefined) notes.push(doubt)
  }
  if (table === 'survey_answers' && !mappings.has('survey'))
    mappings.set('survey', {
      mapping: { value: subject.key },
      why: { en: 'the name of the file', zh: '取文件名' },
    })
  const rest = subject.profile.columns.filter((column) => !taken.has(column.name))
  return {
    table: {
      table,
      why: { en: `recognised as ${table} by its columns`, zh: `依据列识别为 ${table}` },
      columns: mappings,
      extras: extrasOf(table, rest.slice(0, 40)),
    },
    notes,
  }
}
