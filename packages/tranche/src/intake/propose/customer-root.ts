import type { Text } from '@tranche/contract'
import type { Subject } from './draft.ts'
import { quoted } from './map-column.ts'
import { conceptScore, matchTitle, wordsOf } from './name-match.ts'
import type { Panel } from './panels.ts'
import type { ColumnProfile } from './profile.ts'
import { keyColumns, type Reference } from './relations.ts'
import { isGenderByValues, isKeyLike, pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'
import { tableSynonyms } from './synonyms-tables.ts'

/** The file that tells who the customers are, and the column of their numbers; null where each row is one. */
export interface CustomerRoot {
  readonly subject: Subject
  readonly key: ColumnProfile | null
  /** Where customers stand in it day by day: the day from which a row holds. */
  readonly since?: ColumnProfile
  readonly why: Text
  readonly notes: readonly Text[]
}

const personal: readonly Concept[] = [
  'gender',
  'birth_date',
  'age_years',
  'education',
  'marital_status',
  'occupation',
  'income_annual',
  'dependants',
  'risk_appetite',
  'employment_type',
]

/** How much a file speaks of persons rather than of what they did. */
export function personScore(subject: Subject): number {
  const { columns } = subject.profile
  const named = personal.filter(
    (concept) => pickByName(columns, concept, new Set(), 0.75) !== undefined,
  ).length
  const genderByValues = named === 0 && columns.some(isGenderByValues) ? 1 : 0
  const identifiers = [...subject.identifiers.values()].filter(({ kind }) => kind !== 'address').length
  const title = matchTitle(subject.title, tableSynonyms.customer_versions!) >= 0.6 ? 2 : 0
  const numbered = pickByName(columns, 'customer_id', new Set(), 0.75)?.column.unique === true ? 0.5 : 0
  return named + genderByValues + Math.min(2, identifiers) + title + numbered
}

/** The file of customers: the one that speaks of persons and has a row for each; undefined where none does. */
export function findCustomerRoot(
  subjects: readonly Subject[],
  references: readonly Reference[],
  isDealings: (subject: Subject) => boolean,
  panels: ReadonlyMap<Subject, Panel> = new Map(),
): CustomerRoot | undefined {
  const candidates = subjects
    .map((subject) => ({
      subject,
      score: personScore(subject),
      key: panels.get(subject)?.key ?? customerKey(subject, references),
    }))
    .filter(
      ({ subject, score, key }) =>
        score > 0 &&
        !isDealings(subject) &&
        !isOrders(subject, key) &&
        (key !== null || !hasRepeatedKey(subject)),
    )
    .sort(
      (one, other) =>
        Number(other.key !== null) - Number(one.key !== null) ||
        isNamedKey(other.key) - isNamedKey(one.key) ||
        other.score - one.score ||
        other.subject.profile.rows - one.subject.profile.rows,
    )
  const [best] = candidates
  if (best !== undefined) return rootOf(best.subject, best.key, panels.get(best.subject))
  const rest = subjects.filter((subject) => !isDealings(subject))
  const accounts = registerOfAccounts(rest, references)
  if (accounts !== undefined) return accounts
  // One file about nothing that is known, beside no dealings: its rows are the customers.
  const [only] = rest
  const panel = only && panels.get(only)
  if (only !== undefined && panel !== undefined && subjects.length === 1)
    return rootOf(only, panel.key, panel)
  if (only === undefined || isOrders(only, customerKey(only, references))) return undefined
  if (customerKey(only, references) === null && hasRepeatedKey(only)) return undefined
  return subjects.length === 1 ? rootOf(only, customerKey(only, references)) : undefined
}

/** Invoices and receipts under numbers of their own that name nobody: what was bought, not who bought. */
function isOrders({ profile }: Subject, key: ColumnProfile | null): boolean {
  if (key === null || pickByName([key], 'customer_id') !== undefined) return false
  if (Math.max(conceptScore(key.name, 'order_id'), conceptScore(key.name, 'transaction_id')) < 0.75)
    return false
  return (
    profile.columns.some((column) => column.date !== null) &&
    pickByName(profile.columns, 'amount') !== undefined
  )
}

const basketWords: ReadonlySet<string> = new Set([
  'transaction',
  'order',
  'basket',
  'receipt',
  'bill',
  'ticket',
  'till',
])

/** Rows that share a number of theirs are no customers: lines of an order, months of an account. */
function hasRepeatedKey({ profile }: Subject): boolean {
  const concepts: readonly Concept[] = ['customer_id', 'account_id', 'transaction_id', 'order_id']
  const basket = profile.columns.find(({ name }) => basketWords.has(wordsOf(name)))
  if (basket !== undefined && basket.distinct > 20 && basket.distinct < basket.filled * 0.9) return true
  return concepts.some((concept) => {
    const named = pickByName(profile.columns, concept, new Set(), 0.8)
    return (
      named !== undefined && named.column.distinct > 20 && named.column.distinct < named.column.filled * 0.9
    )
  })
}

/** A customer number by its name goes before whatever else tells the rows of a file apart. */
function isNamedKey(key: ColumnProfile | null): number {
  return key !== null && pickByName([key], 'customer_id', new Set(), 0.75) !== undefined ? 1 : 0
}

/** Where no file speaks of persons, the accounts that other files name are the customers. */
function registerOfAccounts(
  subjects: readonly Subject[],
  references: readonly Reference[],
): CustomerRoot | undefined {
  for (const subject of subjects) {
    const key = keyColumns(subject).find(({ name }) => conceptScore(name, 'account_id') >= 0.75)
    if (key === undefined || subjects.length < 2) continue
    const isNamed = references.some(
      ({ from, to, sameName }) =>
        to.subject === subject && to.column === key && sameName && !from.column.unique,
    )
    if (isNamed) return rootOf(subject, key)
  }
  return undefined
}

function rootOf(subject: Subject, key: ColumnProfile | null, panel?: Panel): CustomerRoot {
  if (key === null)
    return {
      subject,
      key,
      why: { en: 'no column numbers the customers: each row is one', zh: '没有客户编号列：每行视为一位客户' },
      notes: [
        {
          en: `${subject.title}: no column numbers the customers, so each row is one, called "row 1", "row 2" … in the order of the file.`,
          zh: `${subject.title}：没有客户编号列，因此每行视为一位客户，按文件顺序称为 “row 1”“row 2” ……`,
        },
      ],
    }
  const named = pickByName([key], 'customer_id') !== undefined
  if (panel !== undefined) return rootOfPanel(subject, panel, named)
  return {
    subject,
    key,
    why: named
      ? { en: 'the customer number, by its name', zh: '客户编号（依据列名）' }
      : { en: 'the customer number: one value a row', zh: '客户编号：每行取值唯一' },
    notes: named
      ? []
      : [
          {
            en: `${subject.title}: ${quoted(key.name)} was taken for the customer number, because it tells every row apart. Please check.`,
            zh: `${subject.title}：${quoted(key.name)} 每行唯一，视为客户编号，请核对。`,
          },
        ],
  }
}

function rootOfPanel(subject: Subject, { key, time }: Panel, named: boolean): CustomerRoot {
  const days = time.distinct
  return {
    ...{ subject, key, since: time },
    why: named
      ? { en: 'the customer number, by its name', zh: '客户编号（依据列名）' }
      : { en: 'the customer number: it comes again on each day', zh: '客户编号：每个日期各出现一次' },
    notes: [
      {
        en: `${subject.title}: each row is how a customer stood on one of ${days} days of ${quoted(time.name)}, numbered by ${quoted(key.name)}: taken for what is known of customers, not for dealings. Please check.`,
        zh: `${subject.title}：每行为客户（${quoted(key.name)}）在 ${quoted(time.name)} 的 ${days} 个日期之一的状态，视为客户信息而非交易，请核对。`,
      },
    ],
  }
}

/** The column of customer numbers: by name, else one that others refer to, else the first that is a key. */
export function customerKey(subject: Subject, references: readonly Reference[]): ColumnProfile | null {
  const { columns, rows } = subject.profile
  const named = pickByName(columns, 'customer_id')
  if (named !== undefined && named.column.filled >= rows * 0.9 && named.column.distinct >= rows * 0.3)
    return named.column
  const holder = holderOf(subject)
  if (holder !== undefined) return holder
  const keys = keyColumns(subject)
  const referred = keys.find((key) =>
    references.some(
      (reference) =>
        reference.to.subject === subject && reference.to.column === key && reference.score >= 1.5,
    ),
  )
  if (referred !== undefined) return referred
  const likely = keys.filter(looksLikeNumbering)
  const identifier = columns.find(
    (column) =>
      subject.identifiers.has(column.name) &&
      column.unique &&
      !['name', 'address'].includes(subject.identifiers.get(column.name)!.kind),
  )
  return likely[0] ?? identifier ?? null
}

/** Contracts that say whose they are by what belongs to one person alone: an id number, a phone. */
function holderOf({ profile, identifiers }: Subject): ColumnProfile | undefined {
  const contract = pickByName(profile.columns, 'account_id', new Set(), 0.75)?.column
  if (contract?.unique !== true || identifiers.has(contract.name)) return undefined
  for (const kind of ['id_number', 'phone', 'email'] as const) {
    const own = profile.columns.find(
      (column) => identifiers.get(column.name)?.kind === kind && column.filled >= profile.rows * 0.9,
    )
    if (own !== undefined) return own
  }
  return undefined
}

const notKeys: readonly Concept[] = [
  'occurred_at',
  'amount',
  'quantity',
  'age_years',
  'balance',
  'income_annual',
]

/** A key by the look of it: numbers or codes of one length, or a first column; no free text and no amounts. */
function looksLikeNumbering(column: ColumnProfile): boolean {
  if (!isKeyLike(column) || column.rows < 2) return false
  if (notKeys.some((concept) => conceptScore(column.name, concept) >= 0.75)) return false
  if (column.numbers?.digitsOnly === false) return column.index === 0
  const sameLength = column.maxLength - column.minLength <= 1
  return column.index === 0 || sameLength || column.numbers?.max === column.rows
}
