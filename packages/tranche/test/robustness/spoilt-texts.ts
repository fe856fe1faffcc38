import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import {
  goodRow,
  goodRows,
  header,
  numbersOf,
  pick,
  randomBytes,
  type SpoiltClass,
  type SpoiltFile,
  scatter,
  text,
} from './spoilt-file.ts'

const read = (name: string, lines: readonly string[], bad: readonly string[]): SpoiltFile => ({
  name,
  bytes: text(lines),
  outcome: {
    kind: 'read',
    kept: lines.length - 1 - bad.length,
    quarantinedLines: numbersOf(lines, bad),
  },
})

/** Files of text that a person, a transfer or another program spoilt. */
export const spoiltTexts: readonly SpoiltClass[] = [
  {
    key: 'cut off in a row',
    make: (random, index) => {
      const rows = goodRows(`cut${index}`, 3 + random.below(20), random)
      const last = rows.pop()!
      const cut = last.slice(0, 1 + random.below(last.lastIndexOf(',') - 1))
      const lines = [header, ...rows, cut]
      return {
        name: `cut-${index}.csv`,
        bytes: Buffer.from(lines.join('\n')),
        outcome: { kind: 'read', kept: rows.length, quarantinedLines: [lines.length] },
      }
    },
  },
  {
    key: 'cut off gzip',
    make: (random, index) => {
      const whole = gzipSync(text([header, ...goodRows(`gz${index}`, 40, random)]))
      const damaged = Buffer.from(whole.subarray(0, 12 + random.below(whole.length - 14)))
      return {
        name: `cut-${index}.csv.gz`,
        bytes: damaged,
        outcome: { kind: 'refused', says: /gzip, but damaged or cut off[\s\S]*Copy or export/ },
      }
    },
  },
  {
    key: 'two encodings in one file',
    make: (random, index) => {
      const rows = goodRows(`enc${index}`, 4 + random.below(10), random)
      const broken = Array.from({ length: 1 + random.below(3) }, (_, at) =>
        goodRow(`enc${index}-x${at}`, random, '@@'),
      )
      const lines = scatter(rows, broken, random)
      // Bytes that neither UTF-8 nor GB18030 knows, beside Chinese in UTF-8.
      const parts = lines.map((line) => {
        const [before, after] = line.split('@@')
        return after === undefined
          ? Buffer.from(`${line.replace('tea', '茶叶')}\n`)
          : Buffer.concat([
              Buffer.from(`${before}乌龙`),
              Buffer.from([0xff, 0x80 + random.below(8), 0xff]),
              Buffer.from(`${after}\n`),
            ])
      })
      return {
        name: `mixed-${index}.csv`,
        bytes: Buffer.concat(parts),
        outcome: { kind: 'read', kept: rows.length, quarantinedLines: numbersOf(lines, broken) },
      }
    },
  },
  {
    key: 'other encodings, whole',
    make: (random, index) => {
      const lines = [
        header,
        ...goodRows(`oth${index}`, 4, random).map((row) => row.replace('tea', '铁观音乌龙茶叶')),
      ]
      const encoding = pick(random, ['gb18030', 'gbk', 'utf16le', 'utf16be'])
      const withMark = encoding.startsWith('utf16') || random.chance(0.3)
      return {
        name: `encoding-${index}.csv`,
        bytes: iconv.encode(`${lines.join('\n')}\n`, withMark && encoding === 'gbk' ? 'gb18030' : encoding, {
          addBOM: encoding.startsWith('utf16'),
        }),
        outcome: { kind: 'read', kept: 4, quarantinedLines: [] },
      }
    },
  },
  {
    key: 'quotes that never close',
    make: (random, index) => {
      const rows = goodRows(`quo${index}`, 3 + random.below(20), random)
      const bad = goodRow(`quo${index}-x`, random, `"${pick(random, ['tea', '茶', 'a, b', ''])}`)
      return read(`quote-${index}.csv`, scatter(rows, [bad], random), [bad])
    },
  },
  {
    key: 'rows too long or too short',
    make: (random, index) => {
      const rows = goodRows(`rag${index}`, 5 + random.below(20), random)
      const bad = Array.from({ length: 1 + random.below(3) }, (_, at) => {
        const cells = goodRow(`rag${index}-x${at}`, random).split(',')
        return random.chance(0.5)
          ? cells.slice(0, 1 + random.below(4)).join(',')
          : [...cells, 'more', 'x'].join(',')
      })
      return read(`ragged-${index}.csv`, scatter(rows, bad, random), bad)
    },
  },
  {
    key: 'cells of megabytes',
    make: (random, index) => {
      const rows = goodRows(`big${index}`, 3, random)
      const size = index % 10 === 0 ? 10_000_000 : 100_000 + random.below(1_000_000)
      const cell = pick(random, ['x', '茶', '""', '\n']).repeat(size)
      const big = goodRow(`big${index}-b`, random, `"${cell.slice(0, size - (size % 2))}"`)
      return {
        name: `big-${index}.csv`,
        bytes: text([header, rows[0]!, big, ...rows.slice(1)]),
        outcome: { kind: 'read', kept: 4, quarantinedLines: [] },
      }
    },
  },
  {
    key: 'numbers and dates out of every range',
    make: (random, index) => {
      const rows = goodRows(`num${index}`, 3 + random.below(10), random)
      const bad = Array.from({ length: 1 + random.below(3) }, (_, at) => {
        const cells = goodRow(`num${index}-x${at}`, random).split(',')
        if (random.chance(0.5))
          cells[3] = pick(random, [
            '1e999',
            '9'.repeat(60),
            'NaN',
            'Infinity',
            '-inf',
            '0x1F',
            '1e400',
            '--3',
            '1.2.3',
            '12abc',
          ])
        else
          cells[2] = pick(random, [
            '2024-13-45',
            '2024-02-30 10:00:00',
            '99999-01-01',
            '0000-00-00',
            '31/31/2024',
            '-5000000-01-01',
            'yesterday',
            '2024-01-01 25:61:00',
          ])
        return cells.join(',')
      })
      return read(`range-${index}.csv`, scatter(rows, bad, random), bad)
    },
  },
  {
    key: 'empty, or a header alone',
    make: (random, index) =>
      index % 2 === 0
        ? {
            name: `empty-${index}.csv`,
            bytes: Buffer.from(pick(random, ['', '\ufeff', '\n', '\n\n\n', ' \n', '\t'])),
            outcome: { kind: 'refused', says: /empty[\s\S]*Export it again/ },
          }
        : {
            name: `header-${index}.csv`,
            bytes: Buffer.from(header + pick(random, ['', '\n', '\r\n', '\n\n'])),
            outcome: { kind: 'read', kept: 0, quarantinedLines: [] },
          },
  },
  {
    key: 'zero bytes',
    make: (random, index) => {
      const lines = [header, ...goodRows(`nul${index}`, 4, random)]
      const bytes = Buffer.from(text(lines))
      const at = header.length + 1 + random.below(bytes.length - header.length - 2)
      return {
        name: `zero-${index}.csv`,
        bytes: Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random.below(20)), bytes.subarray(at)]),
        outcome: { kind: 'refused', says: /no text file[\s\S]*Export it again/ },
      }
    },
  },
  {
    key: 'binary under the name of text',
    make: (random, index) => {
      const magic = pick(random, [
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
        [0x25, 0x50, 0x44, 0x46, 0x2d, 0x31, 0x2e, 0x37],
        [0x7f, 0x45, 0x4c, 0x46],
        [0xff, 0xd8, 0xff, 0xe0],
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        [0x50, 0x4b, 0x03, 0x04],
        [0x1f, 0x8b, 0x08, 0x00],
        [0x52, 0x61, 0x72, 0x21],
        [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65],
        [0x50, 0x41, 0x52, 0x31],
      ])
      return {
        name: `binary-${index}.${pick(random, ['csv', 'txt', 'jsonl', 'tsv'])}`,
        bytes: Buffer.concat([Buffer.from(magic), randomBytes(random, 100 + random.below(4000))]),
        outcome: {
          kind: 'refused',
          says: /(no text file|can't be read as (an Excel|Parquet)|gzip, but damaged)[\s\S]*\n {2}\S/,
        },
      }
    },
  },
  {
    key: 'lines that are no JSON',
    make: (random, index) => {
      const object = (id: string) =>
        JSON.stringify({
          order_id: id,
          customer: `c${random.below(40)}`,
          time: '2024-03-01 10:00:00',
          amount: 5,
          note: 'tea',
        })
      const rows = Array.from({ length: 4 + random.below(10) }, (_, at) => object(`js${index}-${at}`))
      const bad = Array.from({ length: 1 + random.below(3) }, (_, at) => {
        const whole = object(`js${index}-x${at}`)
        return pick(random, [
          whole.slice(0, 5 + random.below(whole.length - 6)),
          `[${whole}]`,
          `${'['.repeat(2000)}${at}`,
          `not json ${at}`,
          `${whole}${whole}`,
          `"${at}"`,
        ])
      })
      const lines = scatter(rows, bad, random).slice(1)
      return {
        name: `broken-${index}.jsonl`,
        bytes: text(lines),
        outcome: { kind: 'read', kept: rows.length, quarantinedLines: numbersOf(lines, bad) },
      }
    },
  },
  {
    key: 'hostile words in every cell',
    make: (random, index) => {
      const words = [
        `'; drop table customer_value; --`,
        "=cmd|'/c calc'!A1",
        '@SUM(1+1)*cmd|x',
        '+1+cmd|x',
        '-1+HYPERLINK(1)',
        `$(touch owned)`,
        '`touch owned`',
        '<script>alert(1)</script>',
        '{7*7}',
        '../../etc/passwd',
        `x') union select * from information_schema.tables --`,
        '\u202e gnp.exe',
        '%s%n%x',
        'null',
        '\\',
        "\\'",
        '{{constructor}}',
      ]
      const rows = Array.from({ length: 5 }, (_, at) => {
        const cells = goodRow(`hos${index}-${at}`, random).split(',')
        cells[0] += pick(random, words)
        cells[1] = pick(random, words)
        cells[4] = pick(random, words)
        return cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
      })
      return read(`hostile-${index}.csv`, [header, ...rows], [])
    },
  },
  {
    key: 'hostile names of files',
    make: (random, index) => {
      const name = pick(random, [
        `'; drop table x; --`,
        '*',
        '[a-z]',
        '{a,b}',
        '?',
        '$(touch owned)',
        'a"b',
        "it's",
        '%2e%2e',
        '文件 😀',
        'a\nb',
        'a..b',
        '-rf',
        '#sheet',
        'a;b',
        '\\',
      ])
      return {
        name: `${name}${index}.csv`,
        bytes: text([header, ...goodRows(`nam${index}`, 3, random)]),
        outcome: { kind: 'read', kept: 3, quarantinedLines: [] },
      }
    },
  },
]
