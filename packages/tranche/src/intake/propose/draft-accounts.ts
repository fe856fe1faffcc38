import type { ColumnMapping, Text } from '@tranche/contract'
import { plainCodes } from './codes.ts'
import type { CustomerPath } from './customer-paths.ts'
import type { Reasoned, Subject } from './draft.ts'
import type { DraftedTable } from './draft-customers.ts'
import { extrasOf, isYesNo } from './extras.ts'
import { doubtAboutDates, mapColumn, mapped, quoted, reasonFor } from './map-column.ts'
import { conceptScore, holdsWord, matchTitle } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { keyColumns } from './relations.ts'
import { pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'
import { tableSynonyms } from './synonyms-tables.ts'
import { productKindValues } from './synonyms-values.ts'

const attributes: readonly Concept[] = [
  'opened_at',
  'closed_at',
  'principal',
  'credit_limit',
  'rate_annual',
  'term_months',
  'status',
  'purpose',
  'collateral',
  'product_id',
]

/** Features of a contract with a bank: what an account has and a purchase has not. */
export function contractScore(subject: Subject): number {
  const { columns } = subject.profile
  const concepts: readonly Concept[] = [
    'opened_at',
    'closed_at',
    'principal',
    'credit_limit',
    'rate_annual',
    'term_months',
    'status',
  ]
  const named = concepts.filter((concept) => {
    const picked = pickByName(columns, concept, new Set(), 0.8)
    return picked !== undefined && !isMoment(picked.column)
  }).length
  return named + (productOf(subject) === undefined ? 0 : 2)
}

/** When a call or a visit began and ended: a contract has days. */
function isMoment({ name, date }: ColumnProfile): boolean {
  return date?.hasTime === true && holdsWord(name, ['time'])
}

/** Kind of product that a file's name speaks of. */
export function productOf(subject: Subject): { kind: string; why: Text } | undefined {
  const spoken = [
    ['loan', tableSynonyms.loans!],
    ['card', tableSynonyms.cards!],
    ['insurance', tableSynonyms.policies!],
  ] as const
  const found = spoken.find(([, words]) => matchTitle(subject.title, words) >= 0.6)
  if (found !== undefined) return { kind: found[0], why: { en: 'by the name of the file', zh: '依据文件名' } }
  return undefined
}

/** The column that numbers accounts: one value a row. */
export function accountKey(subject: Subject): ColumnProfile | undefined {
  const keys = keyColumns(subject).filter((column) => column.date === null)
  return pickByName(keys, 'account_id')?.column ?? keys[0]
}

/** Maps a file of contracts: accounts, loans, cards, policies. */
export function draftAccounts(
  subject: Subject,
  key: ColumnProfile | undefined,
  path: Pick<CustomerPath, 'mapping' | 'why' | 'notes'>,
): DraftedTable {
  const { columns } = subject.profile
  const notes: Text[] = [...path.notes]
  const taken = new Set<string>(subject.identifiers.keys())
  if (key !== undefined) taken.add(key.name)
  if (path.mapping.from !== undefined) taken.add(path.mapping.from)
  const mappings = new Map<string, Reasoned<ColumnMapping>>([
    [
      'account_id',
      key === undefined
        ? { mapping: { from: '_row' }, why: path.why }
        : mapped('accounts', 'account_id', key, { en: 'one value a row', zh: '每行取值唯一' }),
    ],
    ['customer_id', { mapping: path.mapping, why: path.why }],
  ])
  for (const concept of attributes) {
    // Beside accounts no other state is meant: policy_status, 保单状态.
    const picked = pickByName(columns, concept, taken, concept === 'status' ? 0.75 : 0.8)
    if (picked === undefined || (concept === 'status' && isYesNo(picked.column))) continue
    taken.add(picked.column.name)
    mappings.set(concept, mapped('accounts', concept, picked.column, reasonFor(picked.column, concept)))
    const doubt = doubtAboutDates(picked.column)
    if (doubt !== undefined) notes.push(doubt)
  }
  addTerm(columns, taken, mappings)
  addOpened(columns, taken, mappings, notes)
  addProductKind(subject, columns, taken, mappings)
  addPercent(mappings, columns)
  return {
    table: {
      table: 'accounts',
      why: mappings.has('opened_at')
        ? { en: 'one row per account, with the day it was opened', zh: '每行为一个账户，含开立日期' }
        : {
            en: 'one row per account; without dates it is taken as known from the beginning',
            zh: '每行为一个账户；无日期，视为自始已知（假定）',
          },
      columns: mappings,
      extras: extrasOf(
        'accounts',
        columns.filter((column) => !taken.has(column.name)),
      ),
    },
    notes,
  }
}

const termText = /^(\d{1,3}) ?(months?|mths?|mo|m|years?|yrs?|y|个月|期|年)$/i

/** Terms in words: 36 months, 3 years, 12期. */
function addTerm(
  columns: readonly ColumnProfile[],
  taken: Set<string>,
  mappings: Map<string, Reasoned<ColumnMapping>>,
): void {
  if (mappings.has('term_months')) return
  const column = columns.find(
    ({ name, kind, distinct, top }) =>
      !taken.has(name) &&
      kind === 'text' &&
      distinct <= 60 &&
      conceptScore(name, 'term_months') >= 0.75 &&
      top.every(({ value }) => termText.test(value)),
  )
  if (column === undefined) return
  taken.add(column.name)
  const codes = Object.fromEntries(
    column.top.map(({ value }) => {
      const [, number = '', unit = ''] = termText.exec(value)!
      return [value, Number(number) * (/^y|年/i.test(unit) ? 12 : 1)]
    }),
  )
  mappings.set('term_months', {
    mapping: { from: column.name, codes },
    why: { en: 'terms in words, as months', zh: '期限文字换算为月数' },
  })
}

/** The only date of a contract is the day it began. */
function addOpened(
  columns: readonly ColumnProfile[],
  taken: Set<string>,
  mappings: Map<string, Reasoned<ColumnMapping>>,
  notes: Text[],
): void {
  if (mappings.has('opened_at')) return
  const dates = columns.filter((column) => column.date !== null && !taken.has(column.name))
  const [only] = dates
  if (only === undefined || dates.length > 1) return
  taken.add(only.name)
  mappings.set(
    'opened_at',
    mapped('accounts', 'opened_at', only, { en: 'the only date', zh: '唯一的日期列' }),
  )
  const doubt = doubtAboutDates(only)
  if (doubt !== undefined) notes.push(doubt)
}

function addProductKind(
  subject: Subject,
  columns: readonly ColumnProfile[],
  taken: Set<string>,
  mappings: Map<string, Reasoned<ColumnMapping>>,
): void {
  const spoken = productOf(subject)
  if (spoken !== undefined) {
    mappings.set('product_kind', { mapping: { value: spoken.kind }, why: spoken.why })
    return
  }
  const column = pickByName(columns, 'product_kind', taken, 0.75)?.column
  const coded = column === undefined ? undefined : plainCodes(column, productKindValues, 'other')
  if (coded === undefined || column === undefined) return
  taken.add(column.name)
  mappings.set('product_kind', coded.mapping)
}

/** Rates above 1 are per cent. */
function addPercent(mappings: Map<string, Reasoned<ColumnMapping>>, columns: readonly ColumnProfile[]): void {
  const rate = mappings.get('rate_annual')
  const column = columns.find((candidate) => candidate.name === rate?.mapping.from)
  const { numbers } = column ?? {}
  if (rate === undefined || column === undefined || !numbers || numbers.max <= 1) return
  if (column.top.some(({ value }) => value.includes('%'))) return
  mappings.set('rate_annual', {
    mapping: { ...rate.mapping, scale: 0.01 },
    why: { en: 'values above 1 are per cent', zh: '大于 1 的取值按百分数' },
  })
}

/**
 * Files of contracts number them each from 1 on, so that a loan and an account may share a number. Those of a later
 * file are told apart by leading zeros.
 */
export function setApart(
  table: DraftedTable,
  key: ColumnProfile,
  clashing: string,
  length: number,
): DraftedTable {
  const columns = new Map(table.table.columns)
  columns.set('account_id', {
    mapping: { ...mapColumn(key, 'id'), padTo: length },
    why: {
      en: `numbers of ${clashing} are used here too: leading zeros tell them apart`,
      zh: `编号与 ${clashing} 重复：以前导零区分`,
    },
  })
  return {
    table: { ...table.table, columns },
    notes: [
      ...table.notes,
      {
        en: `${quoted(key.name)} uses numbers that ${clashing} uses for other contracts; it is padded to ${length} digits to tell them apart.`,
        zh: `${quoted(key.name)} 与 ${clashing} 中其他合同编号重复，补零至 ${length} 位以示区分。`,
      },
    ],
  }
}
