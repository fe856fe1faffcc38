import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TrancheError } from '../../src/errors.ts'
import { sql } from '../../src/sql/sql.ts'
import { readStaged, withFolder } from './staging.ts'
import { workbook } from './workbook-file.ts'

/** Whatever the bytes are, they become rows, or an error that names the file and says what to do. */
async function survives(contents: fc.Arbitrary<Buffer>, name: string, runs: number): Promise<void> {
  await withFolder(async (dir, warehouse) => {
    const file = join(dir, name)
    await fc.assert(
      fc.asyncProperty(contents, async (bytes) => {
        await writeFile(file, bytes)
        try {
          const { rows, rejected, records } = await readStaged(warehouse, { file })
          expect(rows.length + rejected.length).toBe(records)
        } catch (error) {
          expect(error).toBeInstanceOf(TrancheError)
          const { text, hint, code } = error as TrancheError
          expect(code).toBe('invalid_source')
          expect(text.en).toContain(name)
          expect(hint?.en).toBeTruthy()
          expect(hint?.zh).toBeTruthy()
        }
      }),
      { numRuns: runs },
    )
    expect(await warehouse.rows(sql`show tables`)).toEqual([])
  })
}

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array))
const tableText = fc
  .array(
    fc.array(
      fc.constantFrom(
        'a',
        '1',
        '2024-01-01',
        '"',
        '""',
        '"x',
        '中文',
        '=cmd()',
        "'; drop table x; --",
        '\0',
        '\n',
        '\r',
      ),
      { maxLength: 5 },
    ),
    { maxLength: 12 },
  )
  .map((rows) => rows.map((row) => row.join(',')).join('\n'))

describe('hostile files', () => {
  it('of any bytes', () => survives(bytes, 'any.csv', 150))
  it('of cells that break tables', () =>
    survives(
      tableText.map((text) => Buffer.from(text)),
      'cells.csv',
      200,
    ))
  it('gzipped, and cut off', () =>
    survives(
      fc.tuple(tableText, fc.nat(100)).map(([text, percent]) => {
        const packed = gzipSync(text.repeat(20))
        return packed.subarray(0, Math.ceil((packed.length * percent) / 100))
      }),
      'cut.csv.gz',
      100,
    ))
  it('of lines that are nearly JSON', () =>
    survives(
      fc
        .array(
          fc.oneof(
            fc.json(),
            fc.string(),
            fc.object().map((object) => JSON.stringify(object)),
          ),
        )
        .map((lines) => Buffer.from(lines.join('\n'))),
      'lines.jsonl',
      60,
    ))
  it('that begin like Parquet', () =>
    survives(
      bytes.map((rest) => Buffer.concat([Buffer.from('PAR1'), rest, Buffer.from('PAR1')])),
      'bad.parquet',
      60,
    ))
  it('that are workbooks with bytes changed', () => {
    const book = workbook([
      {
        name: 's',
        rows: [
          ['id', 'x'],
          ['1', 2],
          ['2', 3],
        ],
      },
    ])
    const changed = fc
      .array(fc.tuple(fc.nat(book.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 })
      .map((changes) => {
        const copy = Buffer.from(book)
        for (const [place, value] of changes) copy[place] = value
        return copy
      })
    return survives(changed, 'book.xlsx', 40)
  })
})
