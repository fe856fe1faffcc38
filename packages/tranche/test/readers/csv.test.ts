import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { TrancheError } from '../../src/errors.ts'
import { createScanner } from '../../src/intake/readers/csv-scanner.ts'
import { readContent } from './staging.ts'

const lines = (...texts: string[]): string => `${texts.join('\n')}\n`

describe('a text table', () => {
  it('gives its columns by their names and the line of every row', async () => {
    const { names, rows, records } = await readContent(lines('id,name', '1,Ann', '2,Bob'))
    expect(names).toEqual(['id', 'name'])
    expect(rows).toEqual([
      { _line: 2, id: '1', name: 'Ann' },
      { _line: 3, id: '2', name: 'Bob' },
    ])
    expect(records).toBe(2)
  })

  it.each([
    ['semicolons', 'a;b\n1;2,5\n2;3,5\n', { a: '1', b: '2,5' }],
    ['tabs', 'a\tb\n1\tx,y\n2\tz\n', { a: '1', b: 'x,y' }],
    ['bars', 'a|b\n1|x\n2|y\n', { a: '1', b: 'x' }],
    ['runs of spaces', ' a   b\n 1  20.5\n 2   7.25\n', { a: '1', b: '20.5' }],
    ['carriage returns', 'a,b\r\n1,x\r\n2,y\r\n', { a: '1', b: 'x' }],
    ['carriage returns alone', 'a,b\r1,x\r2,y\r', { a: '1', b: 'x' }],
  ])('is split at %s, as recognised', async (_, content, first) => {
    const { rows, records } = await readContent(content)
    expect(rows[0]).toEqual({ _line: 2, ...first })
    expect(records).toBe(2)
  })

  it('has numbered columns where the first line is data', async () => {
    const { rows, notes } = await readContent(
      lines('00004 0001 19970101 2 29.33', '00021 0002 19970101 3 63.34'),
    )
    expect(rows[0]).toEqual({
      _line: 1,
      column_1: '00004',
      column_2: '0001',
      column_3: '19970101',
      column_4: '2',
      column_5: '29.33',
    })
    expect(notes.join(' ')).toContain('column_1')
  })

  it('skips a title above the header and says so', async () => {
    const { rows, notes } = await readContent(
      lines('Monthly report', '', 'id,amount,city', '1,20,Bonn', '2,30,Ulm'),
    )
    expect(rows[0]).toEqual({ _line: 4, id: '1', amount: '20', city: 'Bonn' })
    expect(notes.join(' ')).toContain('skipped as a title')
  })

  it('tells columns of the same name apart', async () => {
    const { names } = await readContent(lines('amount,Amount,,amount', '1,2,3,4', '5,6,7,8'))
    expect(names).toEqual(['amount', 'Amount (2)', 'column_3', 'amount (3)'])
  })

  it('keeps line numbers after a cell with line ends in it', async () => {
    const { rows } = await readContent(lines('id,note', '1,"two', 'lines"', '2,one'))
    expect(rows).toEqual([
      { _line: 2, id: '1', note: 'two\nlines' },
      { _line: 4, id: '2', note: 'one' },
    ])
  })

  it('reads a doubled quotation mark as one, and an empty cell as missing', async () => {
    const { rows } = await readContent(lines('id,note', '1,"say ""hi"""', '2,""', '3,'))
    expect(rows.map((row) => row['note'])).toEqual(['say "hi"', null, null])
  })
})

describe('a line that is no row', () => {
  it('is set aside when it has more or fewer cells, with its line and text', async () => {
    const { rows, rejected, records } = await readContent(lines('a,b,c', '1,2,3', '1,2', '1,2,3,4', '4,5,6'))
    expect(rows.map((row) => row['_line'])).toEqual([2, 5])
    expect(rejected).toMatchObject([
      { line: 3, reason: 'ragged', original: '1,2', detail_en: 'The line has 2 cells, expected 3.' },
      { line: 4, reason: 'ragged', original: '1,2,3,4' },
    ])
    expect(records).toBe(4)
  })

  it('leaves the lines of all others as they are, the first, the last and two together too', async () => {
    const text = lines('a,b', '0', '1,x', '1,2,3', '9', '2,y', '3,z', '4,5,6')
    const { rows, rejected } = await readContent(text)
    expect(rows.map((row) => [row['_line'], row['a']])).toEqual([
      [3, '1'],
      [6, '2'],
      [7, '3'],
    ])
    expect(rejected.map((row) => row['line'])).toEqual([2, 4, 5, 8])
  })

  it('costs only itself when a quotation mark is never closed', async () => {
    const { rows, rejected } = await readContent(lines('a,b', '1,"open', '2,x', '3,"closed"', '4,y'))
    expect(rejected).toMatchObject([{ line: 2, reason: 'unterminated_quote', original: '1,"open' }])
    expect(rows.map((row) => row['a'])).toEqual(['2', '3', '4'])
  })

  it('is named when text follows a closing quotation mark', async () => {
    const { rows, rejected } = await readContent(lines('a,b', '1,"x"y', '2,z'))
    expect(rejected).toMatchObject([{ line: 2, reason: 'stray_quote' }])
    expect(rows).toHaveLength(1)
  })

  it('shows nothing of a person where columns are sealed', async () => {
    const { rejected } = await readContent(
      lines('id,phone', '1,13812345678', '2,13812345678,extra', '3,13912345678'),
      {
        sealed: ['phone'],
      },
    )
    expect(rejected[0]?.['original']).toBe('2,***,***')
  })

  it('may hold a cell of ten megabytes', async () => {
    const long = 'x'.repeat(10 * 1024 * 1024)
    const { rows, rejected } = await readContent(lines('id,note', `1,${long}`, '2,y', `3,"${long}"`))
    expect(rows.map((row) => String(row['note']).length)).toEqual([long.length, 1, long.length])
    expect(rejected).toEqual([])
  })

  it('is set aside when it is longer than sixteen million characters', async () => {
    const { rows, rejected } = await readContent(lines('id,note', `1,${'x'.repeat(17 * 1024 * 1024)}`, '2,y'))
    expect(rejected).toMatchObject([{ line: 2, reason: 'too_large' }])
    expect(rows).toEqual([{ _line: 3, id: '2', note: 'y' }])
  })
})

describe('the encoding', () => {
  const table = lines('客户编号,城市', '1,北京', '2,上海', '3,成都')

  it.each([
    ['UTF-8', Buffer.from(table)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${table}`)],
    ['UTF-16 with a mark', iconv.encode(table, 'utf-16le', { addBOM: true })],
    ['UTF-16, big endian', iconv.encode(table, 'utf-16be', { addBOM: true })],
    ['GB18030', iconv.encode(table, 'gb18030')],
    ['GB18030, gzipped', gzipSync(iconv.encode(table, 'gb18030'))],
    ['UTF-8, gzipped', gzipSync(table)],
  ])('%s is recognised', async (_, content) => {
    const { rows } = await readContent(content)
    expect(rows[0]).toEqual({ _line: 2, 客户编号: '1', 城市: '北京' })
    expect(rows).toHaveLength(3)
  })

  it('is told when it was guessed', async () => {
    const { notes } = await readContent(iconv.encode(table, 'gb18030'))
    expect(notes[0]).toContain('GB18030')
    expect(notes[0]).toContain('guess')
  })

  it('sets aside rows with bytes that fit nowhere, and keeps the rest', async () => {
    const bad = Buffer.concat([
      Buffer.from('id,city\n1,北京\n2,'),
      Buffer.from([0xff, 0xfe, 0x80]),
      Buffer.from('\n3,成都\n'),
    ])
    const { rows, rejected } = await readContent(bad)
    expect(rejected).toMatchObject([{ line: 3, reason: 'bad_encoding' }])
    expect(rows.map((row) => row['city'])).toEqual(['北京', '成都'])
  })
})

describe('a file that is no table', () => {
  const refused = async (content: Buffer | string, name = 'file.csv'): Promise<TrancheError> => {
    const error = await readContent(content, { name }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(TrancheError)
    return error as TrancheError
  }

  it.each([
    ['empty', '', 'is empty'],
    ['binary', Buffer.from([0, 1, 2, 3, 0, 5, 6, 7, 0, 9]), 'no text file'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]), 'a picture'],
    ['a cut gzip', gzipSync('id,name\n'.repeat(5000)).subarray(0, 60), 'damaged or cut off'],
  ])('is refused when it is %s, with its name and what to do', async (_, content, words) => {
    const error = await refused(content)
    expect(error.text.en).toContain('file.csv')
    expect(error.text.en).toContain(words)
    expect(error.hint?.zh).toBeTruthy()
    expect(error.code).toBe('invalid_source')
  })
})

describe('the quick way and the careful one', () => {
  const cell = fc.constantFrom('', '1', 'ab', '中', ' x ')
  const row = fc.array(cell, { minLength: 1, maxLength: 4 })
  it('read the same rows from the same lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (records) => {
        const text = `a,b,c\n${records.map((cells) => cells.join(',')).join('\n')}\n`
        const format = { type: 'csv', encoding: 'auto', delimiter: ',', header: true, skipRows: 0 } as const
        const quick = await readContent(text, { format })
        const careful = await readContent(text, { format, limit: 1000 })
        expect(quick.rows).toEqual(careful.rows)
        expect(quick.rejected).toEqual(careful.rejected)
        expect(quick.records).toBe(careful.records)
      }),
      { numRuns: 25 },
    )
  })
})

describe('the scanner', () => {
  const scan = (text: string, sizes: readonly number[]): { rows: [number, string[]][]; rejected: number } => {
    const rows: [number, string[]][] = []
    let rejected = 0
    const scanner = createScanner(
      { delimiter: ',', quote: '"', newline: '\n', width: 2 },
      { row: (line, cells) => rows.push([line, [...cells]]), reject: () => rejected++ },
    )
    let at = 0
    for (const size of sizes) {
      scanner.push(text.slice(at, at + size))
      at += size
    }
    scanner.push(text.slice(at))
    scanner.end()
    return { rows, rejected }
  }

  it('gives back what was written, however the text is cut into pieces', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', '中', '1') })
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), fc.array(fc.nat(7)), (records, sizes) => {
        const text = records.map(([one, other]) => `${quoted(one)},${quoted(other)}\n`).join('')
        const { rows, rejected } = scan(text, sizes)
        expect(rejected).toBe(0)
        expect(rows.map(([, cells]) => cells)).toEqual(records)
        let line = 1
        for (const [index, [start]] of rows.entries()) {
          expect(start).toBe(line)
          line += records[index]!.join(',').split('\n').length
        }
      }),
    )
  })

  it('waits for the rest of a line end, or of a delimiter, that is cut in two behind lines within quotes', () => {
    for (const sizes of [[2, 2, 1], [3], [4], [5], [1, 1, 1, 1, 1]])
      expect(scan(',"\n"\r\n', sizes)).toEqual({ rows: [[1, ['', '\n']]], rejected: 0 })
    for (const cut of [1, 2, 3, 4, 5, 6, 7]) {
      const rows: (readonly string[])[] = []
      const scanner = createScanner(
        { delimiter: '||', quote: '"', newline: '\n', width: 2 },
        { row: (_, cells) => rows.push([...cells]), reject: (_, reason) => rows.push([reason]) },
      )
      scanner.push('"a\nb"||c\n'.slice(0, cut))
      scanner.push('"a\nb"||c\n'.slice(cut))
      scanner.end()
      expect(rows).toEqual([['a\nb', 'c']])
    }
  })

  it('loses no line of any text: every line is a row, a rejected one, or blank', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' '), maxLength: 60 })
    fc.assert(
      fc.property(text, fc.array(fc.nat(5)), (written, sizes) => {
        const cut = scan(written, sizes)
        const whole = scan(written, [])
        expect(cut).toEqual(whole)
      }),
    )
  })
})
