import type { IdentifierKind, Text, Workspace } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import type { TransactionColumns } from './choose-transaction.ts'
import { type CustomerPath, pathToCustomer } from './customer-paths.ts'
import { type CustomerRoot, findCustomerRoot } from './customer-root.ts'
import type { SourceDraft, Subject, TableDraft } from './draft.ts'
import { accountKey, contractScore, draftAccounts, setApart } from './draft-accounts.ts'
import { draftCustomers } from './draft-customers.ts'
import { draftHappened, findHappened } from './draft-happened.ts'
import { draftShape, isPerCustomer, type Recognised, recogniseShape } from './draft-others.ts'
import { purchasesAmongEvents } from './draft-purchases.ts'
import { derivedCustomers, draftRoot, outcomesOf, satellitesOf } from './draft-root.ts'
import { draftTransactions, whenPaid, whoPaid } from './draft-transactions.ts'
import { draftVisits } from './draft-visits.ts'
import type { Drafted, Drafting } from './drafting.ts'
import { findDealings } from './find-dealings.ts'
import { conceptScore, isChinese, matchTitle } from './name-match.ts'
import {
  findOrderLines,
  linesNote,
  type OrderLines,
  ordersNote,
  whenOrdered,
  whoOrdered,
} from './order-lines.ts'
import type { ColumnProfile } from './profile.ts'
import { findReferences } from './relations.ts'
import { pickByName } from './roles.ts'
import { sourceDraft } from './source-draft.ts'
import { tableSynonyms } from './synonyms-tables.ts'
import { findSecondSystems, type SecondSystem, systemNote, systemOf } from './systems.ts'

/** What the customer numbers of a source belong to unless it says otherwise. */
const institution = 'institution'

export interface ProposedSources {
  readonly sources: readonly { readonly subject: Subject; readonly draft: SourceDraft }[]
  /** Kinds of transactions that are mapped; empty where none are told. */
  readonly kinds: ReadonlySet<string>
  readonly identity: Workspace['identity']
  /** Whether the files speak Chinese. */
  readonly chinese: boolean
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
  const { dealings: found, panels } = await findDealings(warehouse, subjects, shapes, references)
  const { lines, repeated } = await findOrderLines(warehouse, subjects, references, shapes, found)
  const orders = new Set([...lines.values()].map((line) => line.orders))
  const ofOrders = (subject: Subject) => lines.has(subject) || orders.has(subject) || repeated.has(subject)
  const dealings = new Map([...found].filter(([subject]) => !ofOrders(subject)))
  const isTold = (subject: Subject) => dealings.has(subject) || shapes.has(subject) || ofOrders(subject)
  const root = findCustomerRoot(subjects, references, isTold, panels)
  const happened = findHappened(subjects, root, isTold)
  const isListed = (subject: Subject) => happened.some((list) => list.subject === subject)
  const systems = await findSecondSystems(
    warehouse,
    subjects,
    root,
    references,
    (subject) => !isTold(subject) && !isListed(subject) && contractScore(subject) < 2,
  )
  const drafting: Drafting = {
    warehouse,
    subjects,
    references,
    root,
    dealings,
    lines,
    orders,
    repeated,
    shapes,
    happened,
    systems,
    kinds: new Set(),
    accounts: [],
  }
  const shared = sharedIdentifiers(subjects)
  const sources: { subject: Subject; draft: SourceDraft }[] = []
  for (const subject of inOrder(subjects, root)) {
    const { tables, notes } = await draftTables(subject, drafting)
    const system = await systemOfTables(subject, tables, drafting)
    sources.push({ subject, draft: sourceDraft(subject, tables, notes, shared, system) })
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
    identity: systems.map(({ subject, by }) => ({ systems: [institution, subject.key], by: [...by] })),
    chinese: written.some(isChinese) || values.filter(isChinese).length > values.length * 0.1,
  }
}

/** Kinds of identifiers that two files have, so that there is something to match. */
function sharedIdentifiers(subjects: readonly Subject[]): ReadonlySet<IdentifierKind> {
  const counts = new Map<IdentifierKind, number>()
  for (const { identifiers } of subjects)
    for (const kind of new Set([...identifiers.values()].map((identifier) => identifier.kind)))
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return new Set([...counts].filter(([, count]) => count > 1).map(([kind]) => kind))
}

/** Accounts come before loans and cards, whose numbers give way to theirs. */
function inOrder(subjects: readonly Subject[], root: CustomerRoot | undefined): readonly Subject[] {
  const rank = (subject: Subject): number => (subject === root?.subject ? 0 : 1)
  return [...subjects].sort((one, other) => rank(one) - rank(other) || other.profile.rows - one.profile.rows)
}

async function draftTables(subject: Subject, drafting: Drafting): Promise<Drafted> {
  const { root, dealings, lines, orders, repeated, shapes } = drafting
  if (root?.subject === subject) return await draftRoot(root, drafting)
  const second = drafting.systems.find((system) => system.subject === subject)
  if (root !== undefined && second !== undefined) return draftSecond(root, second)
  const list = drafting.happened.find((listed) => listed.subject === subject)
  if (root !== undefined && list !== undefined) return draftHappened(list, root)
  const shape = shapes.get(subject)
  if (shape !== undefined) return await draftRecognised(subject, shape, drafting)
  const line = lines.get(subject)
  if (line !== undefined) return await draftLines(subject, line, drafting)
  if (orders.has(subject)) return nothing(subject, ordersNote)
  if (repeated.has(subject)) return nothing(subject, linesNote)
  const chosen = dealings.get(subject)
  if (chosen !== undefined) return await draftDealings(subject, chosen, drafting)
  if (isLookedUp(subject, drafting)) return nothing(subject, lookedUpNote(subject))
  return await draftContracts(subject, drafting)
}

/** The same persons under other numbers: what the first file says of them goes before. */
function draftSecond(root: CustomerRoot, second: SecondSystem): Drafted {
  const why: Text = { en: 'the customer number of this system', zh: '该系统的客户编号' }
  const { table, notes } = draftCustomers({ subject: second.subject, key: second.key, why, notes: [] })
  return { tables: [{ ...table, precedence: -1 }], notes: [systemNote(root, second), ...notes] }
}

async function systemOfTables(
  subject: Subject,
  tables: readonly TableDraft[],
  { warehouse, root, systems }: Drafting,
): Promise<string | undefined> {
  if (subject === root?.subject) return undefined
  const from = tables
    .map((table) => table.columns.get('customer_id')?.mapping.from)
    .find((name) => name !== undefined)
  const column = subject.profile.columns.find(({ name }) => name === from)
  if (column === undefined) return undefined
  return (await systemOf(warehouse, subject, column, root, systems))?.subject.key
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
  const also =
    drafting.root === undefined && path !== undefined ? outcomesOf(subject, table, path) : undefined
  const bought = path === undefined ? undefined : purchasesAmongEvents(subject, shape, path)
  if (bought !== undefined) drafting.kinds.add('purchase')
  return { tables: [table, bought, also].filter((found) => found !== undefined), notes }
}

async function draftDealings(
  subject: Subject,
  chosen: TransactionColumns,
  drafting: Drafting,
): Promise<Drafted> {
  const { warehouse, root, kinds } = drafting
  const path =
    root === undefined && chosen.customerByName ? undefined : await pathToCustomer(subject, drafting)
  if (root !== undefined && path === undefined && !chosen.customerByName)
    return nothing(subject, noPath(subject))
  const who =
    path === undefined
      ? whoPaid(chosen.customer, chosen.customerByName)
      : { mapping: { mapping: path.mapping, why: path.why }, column: path.column, notes: path.notes }
  const when = whenPaid(chosen.time)
  const drafted = await draftTransactions(warehouse, subject, who, when, chosen.amount)
  const { table, notes, kinds: used } = drafted
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

async function draftLines(
  subject: Subject,
  lines: OrderLines,
  { warehouse, kinds }: Drafting,
): Promise<Drafted> {
  const [who, when] = [whoOrdered(lines), whenOrdered(lines)]
  const { table, notes, kinds: used } = await draftTransactions(warehouse, subject, who, when, lines.amount)
  for (const kind of used ?? []) kinds.add(kind)
  return { tables: [table], notes }
}

async function draftContracts(subject: Subject, drafting: Drafting): Promise<Drafted> {
  const { root, accounts } = drafting
  const path = await pathToCustomer(subject, drafting)
  const key = accountKey(subject)
  // Holdings that nothing numbers: a customer, a product, a day on which it began.
  if (path !== undefined && key === undefined && contractScore(subject) >= 2) {
    const { table, notes } = draftAccounts(subject, undefined, path)
    return { tables: [table], notes }
  }
  const isNumbered = key !== undefined && (isAccount(subject, key) || contractScore(subject) > 0)
  const visits = path === undefined || isNumbered ? undefined : draftVisits(subject, path)
  if (visits !== undefined) return visits
  if (path === undefined || key === undefined)
    return nothing(subject, path === undefined && root !== undefined ? noPath(subject) : unknown(subject))
  if (isLinkOnly(subject, path)) return nothing(subject, linkNote(subject))
  const hasContract =
    contractScore(subject) > 1 || subject.profile.columns.some((column) => column.date !== null)
  if (!hasContract) return nothing(subject, unknown(subject))
  const drafted = draftAccounts(subject, key, path)
  const clash = accounts.find((other) => overlap(other.key, key))
  const length = key.maxLength + 2 * accounts.length
  accounts.push({ subject, key })
  const table = clash === undefined ? drafted : setApart(drafted, key, clash.subject.title, length)
  return { tables: [table.table], notes: table.notes }
}

/** Accounts by the name of their number or of their file. */
function isAccount({ title }: Subject, { name }: ColumnProfile): boolean {
  return conceptScore(name, 'account_id') >= 0.75 || matchTitle(title, tableSynonyms.accounts!) >= 0.6
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
