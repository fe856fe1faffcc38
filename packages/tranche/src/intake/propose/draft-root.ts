import type { Text } from '@tranche/contract'
import { determines, type TransactionColumns } from './choose-transaction.ts'
import type { CustomerPath } from './customer-paths.ts'
import type { CustomerRoot } from './customer-root.ts'
import type { Subject, TableDraft } from './draft.ts'
import { accountKey, contractScore, draftAccounts } from './draft-accounts.ts'
import { type DraftedTable, draftCustomers, lookedUpAttributes } from './draft-customers.ts'
import { notHappened } from './draft-happened.ts'
import { lookUpPlaces } from './draft-places.ts'
import type { Drafted, Drafting } from './drafting.ts'
import { endingMapping, endingsOf } from './endings.ts'
import { extrasOf } from './extras.ts'
import { mapColumn, mapped } from './map-column.ts'
import { matchWords } from './name-match.ts'
import { outcomeLike } from './outcomes.ts'
import type { ColumnProfile } from './profile.ts'
import { isTwoValued, pickByName } from './roles.ts'
import { outcomeNames } from './synonyms-columns.ts'
import { draftMonths, monthFamilies } from './wide-months.ts'

/** Maps the file of customers, with the attributes that other files keep of them and the contracts its rows are. */
export async function draftRoot(root: CustomerRoot, drafting: Drafting): Promise<Drafted> {
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
  for (const list of drafting.happened) {
    const [key, mapping] = notHappened(list)
    extras.set(key, mapping)
  }
  for (const ending of endingsOf(root.subject.profile.columns)) extras.set(ending.key, endingMapping(ending))
  const tables: TableDraft[] = [{ ...table, columns, extras }]
  const contracts = contractsOfRoot(root)
  if (contracts !== undefined) {
    tables.push(contracts.table)
    all.push(...contracts.notes)
  }
  for (const family of monthFamilies(root.subject.profile.columns)) {
    const months = draftMonths(root, family)
    if (months === undefined || tables.some((other) => other.table === months.table.table)) continue
    tables.push(months.table)
    all.push(...months.notes)
  }
  const elsewhere = new Set(
    tables
      .slice(1)
      .flatMap((other) => [
        ...[...other.columns.values()].map(({ mapping }) => mapping.from),
        ...(other.unpivot?.periods.flatMap((period) => Object.values(period.columns)) ?? []),
      ]),
  )
  for (const [name, { mapping }] of extras)
    if (mapping.from !== undefined && elsewhere.has(mapping.from)) extras.delete(name)
  return { tables, notes: all }
}

/** A register whose rows are also contracts: one loan, card or policy per customer. */
function contractsOfRoot(root: CustomerRoot): DraftedTable | undefined {
  const { subject, key } = root
  if (contractScore(subject) < 2) return undefined
  const account = accountKey(subject) ?? key
  const row = { mapping: { from: '_row' }, why: root.why }
  const path = { ...(key === null ? row : { mapping: mapColumn(key, 'id'), why: root.why }), notes: [] }
  const drafted = draftAccounts(subject, account ?? undefined, path)
  return { table: { ...drafted.table, extras: new Map() }, notes: drafted.notes }
}

const likelyMeant = 1.2

/** Files with at most one row per customer and nothing else to be: their columns are attributes, too. */
export function satellitesOf({
  subjects,
  happened,
  root,
  dealings,
  shapes,
  references,
}: Drafting): readonly { satellite: Subject; key: ColumnProfile }[] {
  if (root?.key === undefined || root.key === null) return []
  return subjects.flatMap((satellite) => {
    if (satellite === root.subject || dealings.has(satellite) || shapes.has(satellite)) return []
    if (happened.some((list) => list.subject === satellite)) return []
    if (contractScore(satellite) >= 2 || satellite.profile.columns.some((column) => column.date !== null))
      return []
    const named = pickByName(satellite.profile.columns, 'customer_id')?.column
    const key =
      named ??
      references.find(
        ({ from, to, sameName }) =>
          from.subject === satellite && to.subject === root.subject && to.column === root.key && sameName,
      )?.from.column
    // Another number of it leads on to another file: who holds what, not who somebody is.
    const linksOn = references.some(
      ({ from, to, score }) =>
        from.subject === satellite &&
        from.column !== key &&
        to.subject !== root.subject &&
        score >= likelyMeant,
    )
    return key?.unique && !linksOn ? [{ satellite, key }] : []
  })
}

/** Attributes of customers on every row of their dealings, where they never contradict each other. */
export async function derivedCustomers(
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
  const personal = [...table.columns.keys()].filter(
    (name) => !['customer_id', 'valid_from', 'status', 'channel'].includes(name),
  )
  if (personal.length === 0) return undefined
  return {
    table: {
      ...table,
      columns: without(table.columns, ['status', 'channel']),
      extras: fewValued(table.extras, steady),
      why: { en: 'what every row of a customer says alike', zh: '同一客户各行一致的信息' },
    },
    notes,
  }
}

function without<T>(columns: ReadonlyMap<string, T>, names: readonly string[]): ReadonlyMap<string, T> {
  return new Map([...columns].filter(([name]) => !names.includes(name)))
}

/** Groups of customers, as every row of theirs says; what has many values describes something else. */
function fewValued(extras: TableDraft['extras'], columns: readonly ColumnProfile[]): TableDraft['extras'] {
  const few = new Set(
    columns.filter((column) => column.distinct > 1 && column.distinct <= 30).map(({ name }) => name),
  )
  return new Map([...extras].filter(([, { mapping }]) => mapping.from !== undefined && few.has(mapping.from)))
}

/** Where a file has a row per person and says how it ended, that is an attribute of the person. */
export function outcomesOf(subject: Subject, table: TableDraft, path: CustomerPath): TableDraft | undefined {
  const { columns, rows } = subject.profile
  if (path.mapping.from === undefined || path.column.distinct < rows * 0.95) return undefined
  const outcomes = columns.filter(
    (column) => isTwoValued(column) && matchWords(column.name, outcomeNames) >= outcomeLike,
  )
  const extras = extrasOf('customer_versions', outcomes)
  if (extras.size === 0) return undefined
  const time = columns.find((column) => column.date !== null)
  return {
    table: 'customer_versions',
    why: { en: 'how it ended for each person', zh: '每位客户的结果' },
    columns: new Map([
      ['customer_id', { mapping: path.mapping, why: path.why }],
      ...(time === undefined
        ? []
        : [
            [
              'valid_from',
              mapped('customer_versions', 'valid_from', time, {
                en: 'known from this time on',
                zh: '自该时间起已知',
              }),
            ] as const,
          ]),
    ]),
    extras: new Map([...extras].filter(([name]) => !table.columns.has(name))),
  }
}
