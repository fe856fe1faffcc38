import { describe, expect, it } from 'vitest'
import { TrancheError } from '../../src/errors.ts'
import { readContent } from './staging.ts'
import { workbook, zip } from './workbook-file.ts'

const read = (content: Buffer, format?: { sheet?: string | number; headerRow?: number }) =>
  readContent(content, { name: 'book.xlsx', format: { type: 'xlsx', ...format } })

describe('a workbook', () => {
  it('gives the rows of its first sheet, with their numbers in the sheet', async () => {
    const { names, rows } = await read(
      workbook([
        {
          name: '客户',
          rows: [
            ['客户编号', '年龄'],
            ['C001', 34],
            ['C002', 51],
          ],
        },
      ]),
    )
    expect(names).toEqual(['客户编号', '年龄'])
    expect(rows).toEqual([
      { _line: 2, 客户编号: 'C001', 年龄: '34' },
      { _line: 3, 客户编号: 'C002', 年龄: '51' },
    ])
  })

  it('gives the sheet that is asked for, and says which there are when it lacks one', async () => {
    const book = workbook([
      {
        name: 'one',
        rows: [
          ['id', 'x'],
          ['1', 2],
        ],
      },
      {
        name: 'two',
        rows: [
          ['id', 'y'],
          ['9', 8],
        ],
      },
    ])
    expect((await read(book, { sheet: 'two' })).rows).toEqual([{ _line: 2, id: '9', y: '8' }])
    expect((await read(book)).notes[0]).toContain('1 other was not')
    const error = await read(book, { sheet: 'three' }).catch((caught: unknown) => caught)
    expect((error as TrancheError).text.en).toContain('"one", "two"')
  })

  it('finds the table under titles, joins a header of two lines and leaves totals out', async () => {
    const { names, rows, notes } = await read(
      workbook([
        {
          name: '订单',
          rows: [
            ['2024年销售明细表', null, null, null],
            ['单位：元', null, null, null],
            ['客户', '订单', null, '备注'],
            [null, '日期', '金额', null],
            ['张三', '2024年3月5日', '￥1,234.00', 'a'],
            ['张三', '2024年3月6日', '￥66.00', null],
            ['小计', null, '￥1,300.00', null],
            ['李四', '2024年3月7日', '2万', 'b'],
            ['合计', null, '￥21,300.00', null],
            ['制表人：王五', null, null, null],
          ],
          merges: ['A1:D1', 'A3:A4', 'B3:C3', 'D3:D4'],
        },
      ]),
    )
    expect(names).toEqual(['客户', '订单 日期', '订单 金额', '备注'])
    expect(rows.map((row) => [row['_line'], row['客户'], row['订单 金额']])).toEqual([
      [5, '张三', '￥1,234.00'],
      [6, '张三', '￥66.00'],
      [8, '李四', '2万'],
    ])
    expect(notes).toEqual([
      '2 rows above the header were skipped as a title.',
      'The header has 2 lines, which were joined.',
      '2 rows of totals were left out.',
      '1 row of remarks was left out.',
    ])
  })

  it('gives a merged cell to every row that it covers', async () => {
    const { rows } = await read(
      workbook([
        {
          name: 's',
          rows: [
            ['客户', '金额'],
            ['甲', 1],
            [null, 2],
            ['乙', 3],
          ],
          merges: ['A2:A3'],
        },
      ]),
    )
    expect(rows.map((row) => row['客户'])).toEqual(['甲', '甲', '乙'])
  })

  it('keeps all digits of numbers, and says where a spreadsheet has lost some', async () => {
    const { rows, notes } = await read(
      workbook([
        {
          name: 's',
          rows: [
            ['卡号', '金额'],
            [6.228480402564891e18, 0.1],
            ['6.22848E+18', 123456789.01],
          ],
        },
      ]),
    )
    expect(rows.map((row) => row['金额'])).toEqual(['0.1', '123456789.01'])
    expect(notes.join(' ')).toContain('Column "卡号": 2 long numbers')
  })
})

describe('a workbook that is none', () => {
  const refused = async (content: Buffer): Promise<TrancheError> => {
    const error = await read(content).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(TrancheError)
    return error as TrancheError
  }

  it('is refused when it declares far more than a spreadsheet holds', async () => {
    const bomb = workbook(
      [{ name: 's', rows: [['a'], ['b']] }],
      [['xl/media/x.bin', Buffer.alloc(64 * 1024 * 1024)]],
    )
    expect((await refused(bomb)).text.en).toContain('MB inside')
  })

  it('is refused when it is cut off', async () => {
    const book = workbook([
      {
        name: 's',
        rows: [
          ['a', 'b'],
          ['1', '2'],
        ],
      },
    ])
    expect((await refused(book.subarray(0, book.length - 40))).text.en).toContain(
      "can't be read as an Excel workbook",
    )
  })

  it('is refused when the archive holds no sheets', async () => {
    expect((await refused(zip([['hello.txt', Buffer.from('hi')]]))).text.en).toContain("can't be read")
  })

  it('is refused when its sheet is empty', async () => {
    expect((await refused(workbook([{ name: 's', rows: [] }]))).text.en).toContain('is empty')
  })
})
