import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { SourceFormat, Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { type RecognisedIdentifier, recogniseIdentifier } from '../../privacy/identifiers.ts'
import { recogniseFormat } from '../readers/recognise-format.ts'
import { stageFile } from '../readers/stage-file.ts'
import { sheetNames } from '../readers/xlsx.ts'
import type { Subject } from './draft.ts'
import { matchWords } from './name-match.ts'
import { type FileProfile, profileFile } from './profile.ts'
import { pickByName } from './roles.ts'
import { tableSynonyms } from './synonyms-tables.ts'

/** More rows than this tell a profile nothing new. */
const profiledRows = 1_000_000
const wholeBytes = 200 * 1024 * 1024

/** Reads and profiles the files, each sheet of a workbook as one. */
export async function lookAt(
  warehouse: Warehouse,
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ subjects: readonly Subject[]; notes: readonly Text[] }> {
  const subjects: Subject[] = []
  const notes: Text[] = []
  const keys = new Set<string>()
  for (const file of files) {
    const recognised = await recogniseFormat(file)
    for (const { format, title } of await partsOf(file, recognised)) {
      signal?.throwIfAborted()
      const staged = await stageFile({
        file,
        format,
        warehouse,
        ...(await limitOf(file)),
        ...(signal ? { signal } : {}),
      })
      try {
        const key = freeKey(keyFrom(title, subjects.length + 1), keys)
        const profile = await profileFile(warehouse, staged, `profile_${key}`)
        if (staged.rejected !== null) notes.push(rejectedNote(title, staged.records - profile.rows))
        if (profile.rows === 0) {
          notes.push({ en: `${title} holds no rows and is left out.`, zh: `${title} 没有数据行，未纳入。` })
          continue
        }
        keys.add(key)
        subjects.push({
          key,
          title,
          file,
          format,
          profile,
          readNotes: staged.notes,
          identifiers: identifiersOf(title, profile),
        })
      } finally {
        await staged.drop()
      }
    }
  }
  return { subjects, notes }
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
    matchWords(title, tableSynonyms.customer_versions!) >= 0.6 ||
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
  }
  return found
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
