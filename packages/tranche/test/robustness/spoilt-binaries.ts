import { deflateRawSync } from 'node:zlib'
import { goodRows, header, pick, randomBytes, type SpoiltClass } from './spoilt-file.ts'
import { workbook, workbookParts, zipArchive } from './zip-archive.ts'

const rowsOf = (lines: readonly string[]) => lines.map((line) => line.split(','))
const damagedWorkbook = /can't be read as an Excel workbook[\s\S]*save it as \.xlsx/
const tooLarge = /(declares \d+ MB inside|needs more than|can't be read as an Excel workbook)[\s\S]*\n {2}\S/
/** 300 MB of spaces in 300 kB, made once. */
let megabytesOfNothing: Buffer | undefined
const nothing = () => (megabytesOfNothing ??= deflateRawSync(Buffer.alloc(300_000_000, 32), { level: 1 }))

/** Workbooks and Parquet files that were damaged, or made to exhaust a machine. */
export function spoiltBinaries(parquet: Buffer): readonly SpoiltClass[] {
  return [
    {
      key: 'damaged workbooks',
      make: (random, index) => {
        const whole = workbook(rowsOf([header, ...goodRows(`xls${index}`, 20, random)]))
        const bytes = pick(random, [
          () => whole.subarray(0, 30 + random.below(whole.length - 60)),
          () => Buffer.concat([whole.subarray(0, 40), randomBytes(random, whole.length)]),
          () =>
            zipArchive(
              workbookParts(rowsOf([header]), { sheetName: 'a' }).filter(
                ({ name }) => name !== 'xl/workbook.xml',
              ),
            ),
          () => workbook(rowsOf([header]), { sheetName: '&#99999999;&#xffffffff;' }),
          () => zipArchive([{ name: 'word/document.xml', content: Buffer.from('<w/>') }]),
          () =>
            zipArchive(
              workbookParts([], {
                sheet: {
                  name: 'xl/worksheets/sheet1.xml',
                  content: randomBytes(random, 500),
                  deflated: true,
                },
              }),
            ),
        ])()
        return { name: `damaged-${index}.xlsx`, bytes, outcome: { kind: 'refused', says: damagedWorkbook } }
      },
    },
    {
      key: 'workbooks made to exhaust memory',
      make: (random, index) => {
        const rows = rowsOf([header, ...goodRows(`bom${index}`, 3, random)])
        const bytes = pick(random, [
          // Says what it is.
          () =>
            zipArchive(
              workbookParts(rows, {
                parts: [
                  {
                    name: 'xl/sharedStrings.xml',
                    content: nothing(),
                    deflated: true,
                    claimed: { bytes: 300_000_000 },
                  },
                ],
              }),
            ),
          // Says it is small.
          () =>
            zipArchive(
              workbookParts(rows, {
                sheet: {
                  name: 'xl/worksheets/sheet1.xml',
                  content: nothing(),
                  deflated: true,
                  claimed: { bytes: 2000 },
                },
              }),
            ),
          // Says it was hardly compressed.
          () =>
            zipArchive(
              workbookParts(rows, {
                sheet: {
                  name: 'xl/worksheets/sheet1.xml',
                  content: nothing(),
                  deflated: true,
                  claimed: { bytes: 300_000_000, compressedBytes: 250_000_000 },
                },
              }),
            ),
          () =>
            zipArchive(
              workbookParts(rows, {
                sheet: {
                  name: 'xl/worksheets/sheet1.xml',
                  content: nothing(),
                  deflated: true,
                  claimed: { bytes: 0xffffffff, compressedBytes: 0xffffffff },
                },
              }),
            ),
        ])()
        return { name: `bomb-${index}.xlsx`, bytes, outcome: { kind: 'refused', says: tooLarge } }
      },
    },
    {
      key: 'workbooks that say odd things',
      make: (random, index) => {
        const rows = rowsOf([header, ...goodRows(`odd${index}`, 4, random)])
        return {
          name: `odd-${index}.xlsx`,
          bytes: pick(random, [
            () => workbook(rows, { sheetName: `'; drop table x; --` }),
            () =>
              workbook(rows, {
                afterRows: '<mergeCells count="1"><mergeCell ref="A8:XFD1048576"/></mergeCells>',
              }),
            () =>
              workbook(rows, {
                afterRows: '<mergeCells count="1"><mergeCell ref="ZZZZZZ9:ZZZZZZ99999999999"/></mergeCells>',
              }),
            () =>
              workbook([
                ...rows.slice(0, 1),
                ...rows.slice(1).map((row) => row.map((cell, at) => (at === 4 ? `=1+1+cmd|A1` : cell))),
              ]),
          ])(),
          outcome: { kind: 'read', kept: 4, quarantinedLines: [] },
        }
      },
    },
    {
      key: 'damaged Parquet',
      make: (random, index) => {
        const bytes = pick(random, [
          () => Buffer.from(parquet.subarray(0, 4 + random.below(parquet.length - 8))),
          () => {
            const copy = Buffer.from(parquet)
            // The footer's length, just before the closing mark.
            copy.writeUInt32LE(pick(random, [0, 0xffffffff, 1, parquet.length * 2]), copy.length - 8)
            return copy
          },
          () => Buffer.concat([parquet.subarray(0, 4), randomBytes(random, 200), Buffer.from('PAR1')]),
          () => Buffer.from('PAR1'),
          () => Buffer.from('PAR1PAR1'),
        ])()
        return {
          name: `damaged-${index}.parquet`,
          bytes,
          outcome: { kind: 'refused', says: /can't be read as Parquet[\s\S]*write it again/ },
        }
      },
    },
  ]
}
