import type { ColumnMapping, ExtraMapping, Text } from '@tranche/contract'
import { noteOnNoAnswers } from './answer-codes.ts'
import { genderCodes } from './codes.ts'
import type { CustomerRoot } from './customer-root.ts'
import type { Reasoned, Subject, TableDraft } from './draft.ts'
import { extrasOf, isYesNo } from './extras.ts'
import { doubtAboutDates, mapColumn, mapped, quoted, reasonFor, standardType } from './map-column.ts'
import { conceptScore, holdsWord } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { isAge, isGenderByValues, pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'

/** Standard columns of customers that are recognised by a concept of the same name. */
const attributes: readonly Concept[] = [
  'birth_date',
  'age_years',
  'country',
  'province',
  'city',
  'city_tier',
  'occupation',
  'employment_type',
  'income_annual',
  'education',
  'marital_status',
  'dependants',
  'onboarded_at',
  'channel',
  'risk_appetite',
  'investment_goal',
  'credit_limit',
  'status',
]

/** Concepts for which half a name is not enough: anything may have a state or a channel. */
const wholeNameOnly: ReadonlySet<Concept> = new Set([
  'province',
  'city',
  'channel',
  'status',
  'country',
  'credit_limit',
  'onboarded_at',
  'occupation',
])

export interface DraftedTable {
  readonly table: TableDraft
  readonly notes: readonly Text[]
}

/** Maps a file with a row per customer; what has no place in the standard model becomes an attribute. */
export function draftCustomers(root: CustomerRoot): DraftedTable {
  const { subject, key } = root
  const { columns } = subject.profile
  const notes: Text[] = []
  const identifiers = new Set(subject.identifiers.keys())
  const taken = new Set<string>([key, root.since].flatMap((column) => column?.name ?? []))
  for (const name of identifiers) if (name !== key?.name) taken.add(name)
  const mappings = new Map<string, Reasoned<ColumnMapping>>([
    ['customer_id', { mapping: key === null ? { from: '_row' } : mapColumn(key, 'id'), why: root.why }],
  ])
  addGender(subject, taken, mappings, notes)
  for (const concept of attributes) {
    const picked = pickByName(columns, concept, taken, wholeNameOnly.has(concept) ? 0.8 : 0.6)
    if (picked === undefined || betterAs(picked.column, concept, columns)) continue
    if (concept === 'status' && isYesNo(picked.column)) continue
    if (concept === 'income_annual' && holdsWord(picked.column.name, notPersonal)) continue
    taken.add(picked.column.name)
    mappings.set(
      concept,
      mapped('customer_versions', concept, picked.column, reasonFor(picked.column, concept)),
    )
    const doubt = doubtAboutDates(picked.column)
    if (doubt !== undefined) notes.push(doubt)
  }
  addYear(mappings)
  addFromIdNumber(subject, mappings)
  addAgeByValues(columns, taken, mappings, notes)
  addValidFrom(root, columns, taken, mappings)
  const rest = columns.filter((column) => !taken.has(column.name))
  const extras = extrasOf('customer_versions', rest)
  for (const column of rest) {
    const doubt = doubtAboutDates(column)
    if (doubt !== undefined) notes.push(doubt)
  }
  const unanswered = noteOnNoAnswers(rest)
  if (unanswered !== undefined) notes.push(unanswered)
  return {
    table: {
      table: 'customer_versions',
      why: {
        en: mappings.has('valid_from')
          ? 'one row per customer and the time from which it held'
          : 'one row per customer; without dates it is taken as valid and known from the beginning',
        zh: mappings.has('valid_from')
          ? '每行为一位客户及其生效时间'
          : '每行为一位客户；无日期，视为自始有效且已知（假定）',
      },
      columns: mappings,
      extras,
    },
    notes,
  }
}

/** A month's income is a twelfth of a year's. */
function addYear(mappings: Map<string, Reasoned<ColumnMapping>>): void {
  const income = mappings.get('income_annual')
  if (income?.mapping.from === undefined || !holdsWord(income.mapping.from, monthly)) return
  mappings.set('income_annual', {
    mapping: { ...income.mapping, scale: 12 * (income.mapping.scale ?? 1) },
    why: { en: `${income.why.en}; twelve months of it`, zh: `${income.why.zh}；按12个月折算` },
  })
}

/** Whose income is no person's. */
const notPersonal: readonly string[] = ['gross', 'operating', 'interest', 'business', 'store', 'company']

const monthly: readonly string[] = ['monthly', 'month', '月']

/** Another concept's words name the column better. */
function betterAs(column: ColumnProfile, concept: Concept, columns: readonly ColumnProfile[]): boolean {
  const own = conceptScore(column.name, concept)
  return attributes.some(
    (other) =>
      other !== concept &&
      conceptScore(column.name, other) > own &&
      pickByName(columns, other)?.column === column,
  )
}

function addGender(
  subject: Subject,
  taken: Set<string>,
  mappings: Map<string, Reasoned<ColumnMapping>>,
  notes: Text[],
): void {
  const { columns } = subject.profile
  const column =
    pickByName(columns, 'gender', taken, 0.75)?.column ??
    columns.find((candidate) => !taken.has(candidate.name) && isGenderByValues(candidate))
  if (column !== undefined) {
    const coded = genderCodes(column)
    if (coded !== undefined) {
      taken.add(column.name)
      mappings.set('gender', coded.mapping)
      notes.push(...coded.notes)
      return
    }
    notes.push({
      en: `${quoted(column.name)} looks like a gender, but its codes (${shownValues(column)}) don't say which is which: left as an attribute.`,
      zh: `${quoted(column.name)} 疑似性别，但代码（${shownValues(column)}）含义不明，保留为普通属性。`,
    })
  }
  const birthNumber = columns.find(
    (candidate) => candidate.date?.formats[0]?.startsWith('yymmdd+50') === true,
  )
  if (birthNumber !== undefined)
    mappings.set('gender', {
      mapping: { from: birthNumber.name, format: 'gender_in_birth_number' },
      why: { en: 'months above 50 are those of women', zh: '月份加 50 者为女性' },
    })
}

/** Date of birth and gender inside a mainland id number, the number itself staying out. */
function addFromIdNumber(subject: Subject, mappings: Map<string, Reasoned<ColumnMapping>>): void {
  const column = [...subject.identifiers].find(
    ([, { kind, by }]) => kind === 'id_number' && by !== 'name',
  )?.[0]
  if (column === undefined) return
  const why: Text = { en: 'inside the id number, which itself is sealed', zh: '取自身份证号，号码本身不入库' }
  if (!mappings.has('birth_date'))
    mappings.set('birth_date', { mapping: { from: column, format: 'cn_id' }, why })
  if (!mappings.has('gender'))
    mappings.set('gender', { mapping: { from: column, format: 'gender_in_cn_id' }, why })
}

/** Without names: whole numbers spread over a life, beside a gender, are likely ages. */
function addAgeByValues(
  columns: readonly ColumnProfile[],
  taken: Set<string>,
  mappings: Map<string, Reasoned<ColumnMapping>>,
  notes: Text[],
): void {
  if (mappings.has('age_years') || mappings.has('birth_date')) return
  const unnamed = columns.filter(
    (column) => !taken.has(column.name) && isUnnamed(column.name) && isLife(column, mappings.has('gender')),
  )
  const [column] = unnamed
  if (column === undefined || unnamed.length > 1) return
  taken.add(column.name)
  mappings.set('age_years', {
    mapping: mapColumn(column, standardType('customer_versions', 'age_years')),
    why: { en: 'by its values: please check', zh: '依据取值推断，请核对' },
  })
  notes.push({
    en: `${quoted(column.name)} was taken for the age, because its values are those of adults. A guess: please check.`,
    zh: `${quoted(column.name)} 的取值符合成年人年龄，视为年龄。此为推测，请核对。`,
  })
}

/** A name that says nothing: column_3, c3, x, field7. */
function isUnnamed(name: string): boolean {
  return /^(column|col|c|v|x|f|field|var|attr|feature|字段|列)?[_ -]?\d*$/i.test(name)
}

/** Beside a gender nearly any spread of a life will do; alone it must be one from youth to old age. */
function isLife(column: ColumnProfile, besideGender: boolean): boolean {
  if (!isAge(column) || !column.numbers!.whole || column.numbers!.min < 14 || column.distinct < 30)
    return false
  const { min, max, mean } = column.numbers!
  return (
    besideGender ||
    (min <= 30 && max >= 55 && max <= 110 && mean >= 25 && mean <= 60 && column.distinct >= 40)
  )
}

function addValidFrom(
  { key, since }: Pick<CustomerRoot, 'key' | 'since'>,
  columns: readonly ColumnProfile[],
  taken: Set<string>,
  mappings: Map<string, Reasoned<ColumnMapping>>,
): void {
  if (key === null || key.distinct === key.filled) return
  const column =
    since ??
    pickByName(columns, 'valid_from', taken)?.column ??
    columns.find((candidate) => candidate.date !== null && !taken.has(candidate.name))
  if (column === undefined) return
  taken.add(column.name)
  mappings.set(
    'valid_from',
    mapped('customer_versions', 'valid_from', column, {
      en: 'customers stand here several times: each row holds from this time on',
      zh: '同一客户有多行：每行自该时间起有效',
    }),
  )
}

function shownValues(column: ColumnProfile): string {
  return column.top
    .slice(0, 4)
    .map(({ value }) => quoted(value))
    .join(', ')
}

/** Attributes by look-up from a file with one row per customer beside the main one. */
export function lookedUpAttributes(
  satellite: Subject,
  key: ColumnProfile,
  match: string,
  taken: ReadonlySet<string>,
): { columns: Map<string, Reasoned<ColumnMapping>>; extras: Map<string, Reasoned<ExtraMapping>> } {
  const root: CustomerRoot = { subject: satellite, key, why: { en: '', zh: '' }, notes: [] }
  const { table } = draftCustomers(root)
  const lookup = (take: string) => ({ source: satellite.key, key: key.name, match, take })
  const why: Text = { en: `looked up in ${satellite.title}`, zh: `取自 ${satellite.title}` }
  const columns = new Map<string, Reasoned<ColumnMapping>>()
  const extras = new Map<string, Reasoned<ExtraMapping>>()
  for (const [name, { mapping }] of table.columns)
    if (name !== 'customer_id' && !taken.has(name) && mapping.from !== undefined) {
      const { from, ...rest } = mapping
      columns.set(name, { mapping: { ...rest, lookup: lookup(from) }, why })
    }
  for (const [name, { mapping }] of table.extras)
    if (!taken.has(name) && mapping.from !== undefined) {
      const { from, ...rest } = mapping
      extras.set(name, { mapping: { ...rest, lookup: lookup(from) }, why })
    }
  return { columns, extras }
}
