import type { IdentifierKind, Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { chooseTransactionColumns, determines, type TransactionColumns } from './choose-transaction.ts'
import { type CustomerPath, pathToCustomer } from './customer-paths.ts'
import { type CustomerRoot, findCustomerRoot, personScore } from './customer-root.ts'
import type { IdentifierDraft, SourceDraft, Subject, TableDraft } from './draft.ts'
import { accountKey, contractScore, draftAccounts, setApart } from './draft-accounts.ts'
import { type DraftedTable, draftCustomers, lookedUpAttributes } from './draft-customers.ts'
import { draftShape, isPerCustomer, type Recognised, recogniseShape } from './draft-others.ts'
import { lookUpPlaces } from './draft-places.ts'
import { draftTransactions, whoPaid } from './draft-transactions.ts'
import { quoted } from './map-column.ts'
import { isChinese } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { findReferences, type Reference } from './relations.ts'
import { pickByName } from './roles.ts'

export interface ProposedSources {
  readonly sources: readonly { readonly subject: Subject; readonly draft: SourceDraft }[]
  /** Kinds of transactions that are mapped; empty where none are told. */
  readonly kinds: ReadonlySet<string>
  /** Whether the files speak Chinese. */
  readonly chinese: boolean
}

interface Drafting {
  readonly warehouse: Warehouse
  readonly subjects: readonly Subject[]
  readonly references: readonly Reference[]
  readonly root: CustomerRoot | undefined
  readonly dealings: ReadonlyMap<Subject, TransactionColumns>
  readonly shapes: ReadonlyMap<Subject, Recognised>
  readonly kinds: Set<string>
  /** Account numbers used so far, by the file that uses them. */
  readonly accounts: { readonly subject: Subject; readonly key: ColumnProfile }[]
}

/** Decides what each file is, how its rows find their customer, and how its columns map. */
export async function proposeSources(
  warehouse: Warehouse,
  subjects: readonly Subject[],
): Promise<ProposedSources> {
  const references = await findReferences(warehouse, subjects)
  const shapes = new Map<Subject, Recognised>()
  for (const subject of subjects) {
    const shape = recogniseShape(subject)
    if (shape !== undefined) shapes.set(subject, shape)
  }
  const dealings = await findDealings(warehouse, subjects, shapes)
  const root = findCustomerRoot(
    subjects,
    references,
    (subject) => dealings.has(subject) || shapes.has(subject),
  )
  const drafting: Drafting = {
    warehouse,
    subjects,
    references,
    root,
    dealings,
    shapes,
    kinds: new Set(),
    accounts: [],
  }
  const sources: { subject: Subject; draft: SourceDraft }[] = []
  for (const subject of inOrder(subjects, root)) {
    const { tables, notes } = await draftTables(subject, drafting)
    sources.push({ subject, draft: sourceDraft(subject, tables, notes) })
  }
  const written = subjects.flatMap((subject) => [
    subject.title,
    ...subject.profile.columns.map(({ name }) => name),
  ])
  const values = subjects.flatMap((subject) =>
    subject.profile.columns.map((column) => column.top[0]?.value ?? ''),
  )
  return {
    sources: subjects.map((subject) => sources.find((source) => source.subject === subject)!),
    kinds: drafting.kinds,
    chinese: written.some(isChinese) || values.filter(isChinese).length > values.length * 0.1,
  }
}

/** Accounts come before loans and cards, whose numbers give way to theirs. */
function inOrder(subjects: readonly Subject[], root: CustomerRoot | undefined): readonly Subject[] {
  const rank = (subject: Subject): number => (subject === root?.subject ? 0 : 1)
  return [...subjects].sort((one, other) => rank(one) - rank(other) || other.profile.rows - one.profile.rows)
}

/** Files of dealings: a customer who comes again, a time, an amount; no contracts and no registers. */
async function findDealings(
  warehouse: Warehouse,
  subjects: readonly Subject[],
  shapes: ReadonlyMap<Subject, Recognised>,
): Promise<ReadonlyMap<Subject, TransactionColumns>> {
  const found = new Map<Subject, TransactionColumns>()
  for (const subject of subjects) {
    if (shapes.has(subject)) continue
    const usable = subject.profile.columns.filter((column) => isUsable(subject, column))
    const chosen = await chooseTransactionColumns(warehouse, subject.profile, usable)
    if (chosen === undefined) continue
    const { customer } = chosen
    const comesAgain = customer.distinct <= customer.filled * 0.8
    const isRegister = personScore(subject) >= 3 && !comesAgain
    const isContract = contractScore(subject) >= 2 && !comesAgain
    const account = pickByName(subject.profile.columns, 'account_id')?.column
    const accountsComeAgain = account !== undefined && account.distinct <= account.filled * 0.8
    if (isRegister || (isContract && !accountsComeAgain)) continue
    if (!comesAgain && !accountsComeAgain && subjects.length === 1 && !chosen.customerByName) continue
    found.set(subject, chosen)
  }
  return found
}

/** Columns that may be customer, time or amount; of those that name persons only numbers that key them. */
function isUsable(subject: Subject, column: ColumnProfile): boolean {
  const identifier = subject.identifiers.get(column.name)
  return identifier === undefined || ['phone', 'email', 'id_number', 'card_number'].includes(identifier.kind)
}

interface Drafted {
  readonly tables: readonly TableDraft[]
  readonly notes: readonly Text[]
}

async function draftTables(subject: Subject, drafting: Drafting): Promise<Drafted> {
  const { root, dealings, shapes } = drafting
  if (root?.subject === subject) return await draftRoot(root, drafting)
  const shape = shapes.get(subject)
  if (shape !== undefined) return await draftRecognised(subject, shape, drafting)
  const chosen = dealings.get(subject)
  if (chosen !== undefined) return await draftDealings(subject, chosen, drafting)
  if (isLookedUp(subject, drafting)) return nothing(subject, lookedUpNote(subject))
  return await draftContracts(subject, drafting)
}

async function draftRoot(root: CustomerRoot, drafting: Drafting): Promise<Drafted> {
  const { warehouse, references } = drafting
  const { table, notes } = draftCustomers(root)
  const columns = new Map(table.columns)
  const extras = new Map(table.extras)
  const all: Text[] = [...root.notes, ...notes]
  const places = await lookUpPlaces(warehouse, root, references)
  if (places !== undefined) {
    for (const [name, mapping] of places.columns) if (!columns.has(name)) columns.set(name, mapping)
    all.push(...places.notes)
  }
  for (const { satellite, key } of satellitesOf(drafting)) {
    const taken = new Set([...columns.keys(), ...extras.keys()])
    const found = lookedUpAttributes(satellite, key, root.key!.name, taken)
    for (const [name, mapping] of found.columns) columns.set(name, mapping)
    for (const [name, mapping] of found.extras) extras.set(name, mapping)
  }
  return { tables: [{ ...table, columns, extras }], notes: all }
}

/** Files with at most one row per customer and nothing else to be: their columns are attributes, too. */
function satellitesOf({
  subjects,
  root,
  dealings,
  shapes,
  references,
}: Drafting): readonly { satellite: Subject; key: ColumnProfile }[] {
  if (root?.key === undefined || root.key === null) return []
  return subjects.flatMap((satellite) => {
    if (satellite === root.subject || dealings.has(satellite) || shapes.has(satellite)) return []
    if (contractScore(satellite) >= 2 || satellite.profile.columns.some((column) => column.date !== null))
      return []
    const named = pickByName(satellite.profile.columns, 'customer_id')?.column
    const key =
      named ??
      references.find(
        ({ from, to, sameName }) =>
          from.subject === satellite && to.subject === root.subject && to.column === root.key && sameName,
      )?.from.column
    return key?.unique ? [{ satellite, key }] : []
  })
}

function isLookedUp(subject: Subject, drafting: Drafting): boolean {
  const { references, root } = drafting
  if (satellitesOf(drafting).some(({ satellite }) => satellite === subject)) return true
  const asPlace = references.some(
    ({ from, to, score }) =>
      to.subject === subject && from.subject === root?.subject && from.column !== root.key && score >= 1.2,
  )
  return asPlace && contractScore(subject) < 2 && customerKeyName(subject) === undefined
}

function customerKeyName(subject: Subject): string | undefined {
  return pickByName(subject.profile.columns, 'customer_id')?.column.name
}

function lookedUpNote(subject: Subject): Text {
  return {
    en: `${subject.title} is looked up by the customers; it makes no table of its own.`,
    zh: `${subject.title} 供客户表查找，不单独成表。`,
  }
}

async function draftRecognised(subject: Subject, shape: Recognised, drafting: Drafting): Promise<Drafted> {
  const needsCustomer = isPerCustomer(shape.shape.table)
  const path = needsCustomer ? await pathToCustomer(subject, drafting) : undefined
  if (needsCustomer && path === undefined) return nothing(subject, noPath(subject))
  const { table, notes } = draftShape(subject, shape, path)
  return { tables: [table], notes }
}

async function draftDealings(
  subject: Subject,
  chosen: TransactionColumns,
  drafting: Drafting,
): Promise<Drafted> {
  const { warehouse, root, kinds } = drafting
  const path = root === undefined ? undefined : await pathToCustomer(subject, drafting)
  if (root !== undefined && path === undefined && !chosen.customerByName)
    return nothing(subject, noPath(subject))
  const who =
    path === undefined
      ? whoPaid(chosen.customer, chosen.customerByName)
      : { mapping: { mapping: path.mapping, why: path.why }, column: path.column, notes: path.notes }
  const { table, notes, kinds: used } = await draftTransactions(warehouse, subject, chosen, who)
  for (const kind of used ?? []) kinds.add(kind)
  const also =
    root === undefined && who.column === chosen.customer
      ? await derivedCustomers(subject, chosen, drafting)
      : undefined
  return {
    tables: [table, ...(also === undefined ? [] : [also.table])],
    notes: [...notes, ...(also?.notes ?? [])],
  }
}

/** Attributes of customers on every row of their dealings, where they never contradict each other. */
async function derivedCustomers(
  subject: Subject,
  chosen: TransactionColumns,
  { warehouse }: Drafting,
): Promise<DraftedTable | undefined> {
  const { profile } = subject
  const steady: ColumnProfile[] = []
  for (const column of profile.columns) {
    if (column === chosen.customer || column.kind === 'empty' || subject.identifiers.has(column.name))
      continue
    if (column.distinct > chosen.customer.distinct || column === chosen.time) continue
    if (await determines(warehouse, profile, chosen.customer, column, 1)) steady.push(column)
  }
  if (steady.length === 0) return undefined
  const narrowed: Subject = { ...subject, profile: { ...profile, columns: [chosen.customer, ...steady] } }
  const { table, notes } = draftCustomers({
    subject: narrowed,
    key: chosen.customer,
    why: { en: 'the customer of the row', zh: '该行的客户' },
    notes: [],
  })
  const personal = [...table.columns.keys()].filter((name) => name !== 'customer_id' && name !== 'valid_from')
  if (personal.length === 0) return undefined
  return {
    table: {
      ...table,
      extras: new Map(),
      why: { en: 'what every row of a customer says alike', zh: '同一客户各行一致的信息' },
    },
    notes,
  }
}

async function draftContracts(subject: Subject, drafting: Drafting): Promise<Drafted> {
  const { root, accounts } = drafting
  const path = await pathToCustomer(subject, drafting)
  const key = accountKey(subject)
  if (path === undefined || key === undefined)
    return nothing(subject, path === undefined && root !== undefined ? noPath(subject) : unknown(subject))
  if (isLinkOnly(subject, path)) return nothing(subject, linkNote(subject))
  const hasContract =
    contractScore(subject) > 0 || subject.profile.columns.some((column) => column.date !== null)
  if (!hasContract) return nothing(subject, unknown(subject))
  const drafted = draftAccounts(subject, key, path)
  const clash = accounts.find((other) => overlap(other.key, key))
  const length = key.maxLength + 2 * accounts.length
  accounts.push({ subject, key })
  const table = clash === undefined ? drafted : setApart(drafted, key, clash.subject.title, length)
  return { tables: [table.table], notes: table.notes }
}

function overlap(one: ColumnProfile, other: ColumnProfile): boolean {
  if (one.numbers === null || other.numbers === null) return one.numbers === other.numbers
  return one.numbers.min <= other.numbers.max && other.numbers.min <= one.numbers.max
}

/** Keys and a code or two: who holds what, and nothing about it. */
function isLinkOnly(subject: Subject, path: CustomerPath): boolean {
  const others = subject.profile.columns.filter(
    (column) =>
      column !== path.column && (column.date !== null || (column.numbers !== null && !column.numbers.whole)),
  )
  return others.length === 0 && contractScore(subject) === 0
}

function nothing(subject: Subject, why: Text): Drafted {
  return { tables: [], notes: [{ en: `${subject.title}: ${why.en}`, zh: `${subject.title}：${why.zh}` }] }
}

function noPath(_subject: Subject): Text {
  return {
    en: 'no column leads to a customer, so nothing of it is mapped. Name one under columns: customer_id, or the file that links them.',
    zh: '没有列可以对应到客户，暂不映射。请在 columns: customer_id 下指定，或提供关联文件。',
  }
}

function unknown(_subject: Subject): Text {
  return {
    en: 'not recognised as customers, dealings or contracts (a time, a key or a customer is missing); it can be looked up by other sources.',
    zh: '未能识别为客户、交易或合同（缺少时间、键或客户），可供其他数据源查找。',
  }
}

function linkNote(_subject: Subject): Text {
  return {
    en: 'says who holds which account; other files are joined through it.',
    zh: '记录账户归属，其他文件经由它关联客户。',
  }
}

const matchable: ReadonlySet<IdentifierKind> = new Set(['phone', 'email', 'id_number', 'card_number'])

function sourceDraft(subject: Subject, tables: readonly TableDraft[], notes: readonly Text[]): SourceDraft {
  const keys = new Set(tables.map((table) => table.columns.get('customer_id')?.mapping.from))
  const identifiers: IdentifierDraft[] = [...subject.identifiers].map(([column, { kind, by }]) => {
    const isKey = keys.has(column)
    const use = isKey ? 'pseudonym' : matchable.has(kind) ? 'match' : 'drop'
    return { column, kind, use, why: identifierReason(by, use) }
  })
  const sealed = identifiers.map(({ column, use }) => ({
    en: `${subject.title}: ${quoted(column)} names persons; it is ${use === 'drop' ? 'dropped' : use === 'match' ? 'used only to match systems, as a keyed pseudonym' : 'replaced by a keyed pseudonym, which numbers the customers'}.`,
    zh: `${subject.title}：${quoted(column)} 为直接标识信息，${use === 'drop' ? '不入库' : use === 'match' ? '仅以带密钥的假名用于跨系统匹配' : '以带密钥的假名替代，作为客户编号'}。`,
  }))
  return {
    key: subject.key,
    label: { en: subject.title, zh: subject.title },
    file: subject.file,
    format: subject.format,
    identifiers,
    tables,
    notes: [...notes, ...sealed],
  }
}

function identifierReason(by: 'name' | 'values' | 'name and values', use: IdentifierDraft['use']): Text {
  const reasons: Record<typeof by, Text> = {
    name: { en: 'by its name', zh: '依据列名' },
    values: { en: 'by its values', zh: '依据取值' },
    'name and values': { en: 'by its name and values', zh: '依据列名与取值' },
  }
  const uses: Record<IdentifierDraft['use'], Text> = {
    drop: { en: 'never read further', zh: '不再读取' },
    match: { en: 'only to match systems', zh: '仅用于匹配' },
    pseudonym: { en: 'the pseudonym is the customer number', zh: '以假名作为客户编号' },
  }
  return { en: `${reasons[by].en}; ${uses[use].en}`, zh: `${reasons[by].zh}；${uses[use].zh}` }
}
