import { TrancheError } from '../../errors.ts'
import { brokenWorkbook, readZipDirectory, readZipEntry, repackedZip, type ZipEntry } from './zip.ts'

export interface Sheet {
  readonly name: string
  readonly hidden: boolean
  /** Its file in the archive. */
  readonly entry: ZipEntry
}

/** An area of cells that are merged, rows and columns from 0, both ends included. */
export interface Merge {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

const maxBytes = 400 * 1024 * 1024
const maxRatio = 200
const smallBytes = 4 * 1024 * 1024

/** The sheets of a workbook; refuses one that declares to be far larger inside than a spreadsheet is. */
export async function readSheets(file: string): Promise<readonly Sheet[]> {
  const entries = await readZipDirectory(file)
  refuseBomb(file, entries)
  const text = async (name: string): Promise<string> => {
    const entry = entries.find((candidate) => candidate.name === name)
    if (entry === undefined) throw brokenWorkbook(file)
    return (await readZipEntry(file, entry)).toString('utf8')
  }
  const targets = relationTargets(await text('xl/_rels/workbook.xml.rels'))
  const sheets: Sheet[] = []
  for (const tag of (await text('xl/workbook.xml')).match(/<(?:\w+:)?sheet\s[^>]*>/g) ?? []) {
    const target = targets.get(attribute(tag, '(?:\\w+:)?id') ?? '')
    const entry = entries.find(({ name }) => name === target)
    if (entry === undefined) continue
    sheets.push({
      name: unescaped(attribute(tag, 'name') ?? ''),
      hidden: /state="(?:hidden|veryHidden)"/.test(tag),
      entry,
    })
  }
  if (sheets.length === 0) throw brokenWorkbook(file)
  return sheets
}

/** What a reader needs of the archive for one sheet, and nothing else: other parts may be anything. */
export async function sheetArchive(file: string, { entry: own }: Sheet): Promise<Buffer> {
  const entries = await readZipDirectory(file)
  return await repackedZip(
    file,
    entries.filter(
      ({ name }) => name === own.name || /^(\[Content_Types\]|xl\/[^/]+)\.xml$|\.rels$/.test(name),
    ),
  )
}

/** Merged areas of a sheet. */
export async function readMerges(file: string, { entry }: Sheet): Promise<readonly Merge[]> {
  const xml = await readZipEntry(file, entry)
  const start = xml.indexOf('<mergeCells')
  const end = xml.indexOf('</mergeCells>')
  if (start < 0 || end < start) return []
  const merges: Merge[] = []
  for (const [, left, top, right, bottom] of xml
    .toString('latin1', start, end)
    .matchAll(/ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"/g))
    merges.push({
      left: columnOf(left!),
      top: Number(top) - 1,
      right: columnOf(right!),
      bottom: Number(bottom) - 1,
    })
  return merges
}

function refuseBomb(file: string, entries: readonly ZipEntry[]): void {
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0)
  const bomb = entries.find(
    ({ bytes, compressedBytes }) => bytes > smallBytes && bytes > compressedBytes * maxRatio,
  )
  if (total <= maxBytes && bomb === undefined) return
  const megabytes = Math.round(total / 1024 / 1024)
  throw new TrancheError(
    'invalid_source',
    {
      en: `${file} declares ${megabytes} MB inside: too large for a workbook, or made to exhaust memory.`,
      zh: `${file} 解压后声明为 ${megabytes} MB：超出工作簿的合理大小，或为恶意构造。`,
    },
    {
      place: { file },
      hint: {
        en: 'Export the sheet as CSV, which is read whatever its size.',
        zh: '请将工作表导出为 CSV，其大小不受限制。',
      },
    },
  )
}

function relationTargets(xml: string): ReadonlyMap<string, string> {
  const targets = new Map<string, string>()
  for (const tag of xml.match(/<(?:\w+:)?Relationship\s[^>]*>/g) ?? []) {
    const target = attribute(tag, 'Target') ?? ''
    const path = target.startsWith('/') ? target.slice(1) : `xl/${target}`
    targets.set(attribute(tag, 'Id') ?? '', path)
  }
  return targets
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
}

function unescaped(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name] ?? whole
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

function columnOf(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}
