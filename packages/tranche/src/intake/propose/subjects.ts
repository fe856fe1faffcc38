import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { SourceFormat, Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { type RecognisedIdentifier, recogniseIdentifier } from '../../privacy/identifiers.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import { recogniseFormat } from '../readers/recognise-format.ts'
import { stageFile } from '../readers/stage-file.ts'
import type { StagedFile } from '../readers/staged-file.ts'
import { sheetNames } from '../readers/xlsx.ts'
import type { Subject } from './draft.ts'
import { conceptScore, holdsWord, matchTitle, matchWords } from './name-match.ts'
import { type ColumnProfile, type FileProfile, profileFile } from './profile.ts'
import { pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'
import { tableSynonyms } from './synonyms-tables.ts'

/** More rows than this tell a profile nothing new. */
const profiledRows = 1_000_000
const wholeBytes = 200 * 1024 * 1024

interface Part {
  readonly file: string
  readonly format: SourceFormat
  readonly title: string
  readonly staged: StagedFile
}

/** Reads and profiles the files, each sheet of a workbook as one; files of one folder with the same columns together. */
export async function lookAt(
  warehouse: Warehouse,
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ subjects: readonly Subject[]; notes: readonly Text[] }> {
  const parts: Part[] = []
  try {
    for (const file of files) {
      const recognised = await recogniseFormat(file)
      for (const { format, title } of await partsOf(file, recognised)) {
        signal?.throwIfAborted()
        const limit = await limitOf(file)
        const staged = await stageFile({ file, format, warehouse, ...limit, ...(signal ? { signal } : {}) })
        parts.push({ file, format, title, staged })
      }
    }
    return await profileGroups(warehouse, groupsOf(parts))
  } finally {
    for (const { staged } of parts) await staged.drop()
  }
}

async function profileGroups(
  warehouse: Warehouse,
  groups: readonly (readonly Part[])[],
): Promise<{ subjects: readonly Subject[]; notes: readonly Text[] }> {
  const subjects: Subject[] = []
  const notes: Text[] = []
  const keys = new Set<string>()
  for (const group of groups) {
    const [first] = group
    const title = group.length === 1 ? first!.title : sharedTitle(group)
    const key = freeKey(keyFrom(title, subjects.length + 1), keys)
    const profile = await profileFile(warehouse, together(group), `profile_${key}`)
    const rejected = group.reduce((sum, { staged }) => sum + staged.records, 0) - profile.rows
    if (group.some(({ staged }) => staged.rejected !== null)) notes.push(rejectedNote(title, rejected))
    if (profile.rows === 0) {
      notes.push({ en: `${title} holds no rows and is left out.`, zh: `${title} 没有数据行，未纳入。` })
      continue
    }
    keys.add(key)
    const readNotes = group.flatMap(({ title: part, staged }) =>
      staged.notes.filter(isUnusual).map((note) => titled(part, note)),
    )
    notes.push(...readNotes)
    subjects.push({
      key,
      title,
      files: group.map(({ file }) => file),
      format: first!.format,
      profile,
      readNotes,
      identifiers: identifiersOf(title, profile),
    })
  }
  return { subjects, notes }
}

/** Files of one folder that have the same columns and format are one source: years of orders, branches of a bank. */
function groupsOf(parts: readonly Part[]): readonly (readonly Part[])[] {
  const groups = new Map<string, Part[]>()
  for (const [index, part] of parts.entries()) {
    const names = part.staged.columns.map(({ name }) => name)
    const isNamed = !names.every((name) => /^column_\d+$/.test(name))
    const signature = isNamed ? JSON.stringify([dirname(part.file), part.format, names]) : String(index)
    groups.set(signature, [...(groups.get(signature) ?? []), part])
  }
  return [...groups.values()]
}

/** The rows of all files of a group, one after the other. */
function together(group: readonly Part[]): Pick<StagedFile, 'relation' | 'columns'> {
  const [first] = group
  const { columns } = first!.staged
  if (group.length === 1) return first!.staged
  const names = join(columns.map(({ name }) => ident(name)))
  const selects = group.map(
    ({ staged }, index) =>
      sql`select _line + ${index * 1_000_000_000} as _line, ${names} from ${staged.relation}`,
  )
  return { relation: sql`(${join(selects, ' union all ')})`, columns }
}

/** What the names of the files begin with, without years and numbers. */
function sharedTitle(group: readonly Part[]): string {
  const [first, ...rest] = group.map(({ title }) => title)
  let length = first!.length
  for (const title of rest) {
    let same = 0
    while (same < length && title[same] === first![same]) same++
    length = same
  }
  const shared = first!.slice(0, length).replace(/[\s_\-.\d（(]+$/u, '')
  return shared.length >= 2 ? shared : first!
}

/** What goes without saying: UTF-8, commas, a first line of names. */
const usual = /every byte fits|byte order mark|as declared|^Cells are separated by|^The first line was taken/

function isUnusual({ en }: Text): boolean {
  return !usual.test(en)
}

function titled(title: string, { en, zh }: Text): Text {
  return { en: `${title}: ${en}`, zh: `${title}：${zh}` }
}

/** Huge files are looked at from their beginning; the rest is read whole, in the quickest way. */
async function limitOf(file: string): Promise<{ limit?: number }> {
  const { size } = await stat(file)
  return size > wholeBytes ? { limit: profiledRows } : {}
}

async function partsOf(
  file: string,
  format: SourceFormat,
): Promise<readonly { format: SourceFormat; title: string }[]> {
  const title = basename(file)
    .replace(/\.gz$/i, '')
    .replace(/\.[a-z0-9]{1,8}$/i, '')
  if (format.type !== 'xlsx') return [{ format, title }]
  const sheets = await sheetNames(file)
  return sheets.map((sheet) => ({
    format: { ...format, sheet },
    title: sheets.length === 1 && /^(sheet|工作表)\d*$/i.test(sheet) ? title : sheet,
  }))
}

function identifiersOf(title: string, profile: FileProfile): ReadonlyMap<string, RecognisedIdentifier> {
  const ofPersons =
    matchTitle(title, tableSynonyms.customer_versions!) >= 0.6 ||
    pickByName(profile.columns, 'gender') !== undefined ||
    pickByName(profile.columns, 'birth_date') !== undefined
  const found = new Map<string, RecognisedIdentifier>()
  for (const column of profile.columns) {
    if (column.kind === 'empty') continue
    const identifier = recogniseIdentifier({
      name: column.name,
      values: column.top.map(({ value }) => value),
      distinctShare: column.distinct / Math.max(1, column.filled),
      ofPersons,
    })
    if (identifier !== undefined) found.set(column.name, identifier)
    else if (ofPersons && isLongNumber(column)) found.set(column.name, { kind: 'id_number', by: 'values' })
  }
  return found
}

const fewestDigits = 9
const keys: readonly Concept[] = ['customer_id', 'account_id', 'transaction_id', 'order_id', 'product_id']

/** Long numbers of one length, another for each person, that no name explains: what a state or a tax office gave them. */
function isLongNumber({ name, kind, date, numbers, distinct, filled, top, rows }: ColumnProfile): boolean {
  if (kind === 'empty' || date !== null || filled < Math.min(rows, 20) || distinct < filled * 0.95)
    return false
  if (numbers !== null && !numbers.whole) return false
  if (keys.some((concept) => conceptScore(name, concept) >= 0.6) || holdsWord(name, ['id', 'key']))
    return false
  const lengths = top.map(({ value }) =>
    /^\d[\d ./-]*\d$/.test(value) ? value.replace(/\D/g, '').length : 0,
  )
  return lengths.every((length) => length >= fewestDigits && length === lengths[0])
}

function keyFrom(title: string, position: number): string {
  const ascii = title
    .normalize('NFKD')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  const table = Object.entries(tableSynonyms).find(([, words]) => matchWords(title, words) >= 0.6)?.[0]
  if (/[a-z]/.test(ascii)) return (/^[a-z]/.test(ascii) ? ascii : `x_${ascii}`).slice(0, 50)
  return table?.replace('customer_versions', 'customers') ?? `source_${position}`
}

function freeKey(key: string, taken: ReadonlySet<string>): string {
  if (!taken.has(key)) return key
  for (let copy = 2; ; copy++) if (!taken.has(`${key}_${copy}`)) return `${key}_${copy}`
}

function rejectedNote(title: string, count: number): Text {
  return {
    en: `${title}: ${count} line${count === 1 ? '' : 's'} can't be read as rows; they will be set aside.`,
    zh: `${title}：有 ${count} 行无法读取，运行时将隔离。`,
  }
}
