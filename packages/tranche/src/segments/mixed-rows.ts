import type { Rows } from '@tranche/stats'

/** A text column as codes; the last code is that of no value. */
export interface CodedText {
  readonly name: string
  readonly levels: readonly (string | null)[]
  readonly codes: Int32Array
}

/**
 * Numbers on the standard scale, and after them one column for each level of each text, so that the squared distance between two
 * rows that differ in a text is `textCost` more.
 */
export interface MixedRows {
  readonly rows: Rows
  /** How many columns are numbers. */
  readonly numbers: number
  readonly texts: readonly CodedText[]
}

/** What a text that differs adds to the squared distance: half a standard deviation, as Huang (1998) advises for numbers of deviation one. */
export const textCost = 0.5

export function mixedRows(numbers: Rows, texts: readonly CodedText[]): MixedRows {
  const p = numbers.p + texts.reduce((sum, { levels }) => sum + levels.length, 0)
  if (p === numbers.p) return { rows: numbers, numbers: numbers.p, texts }
  const data = new Float64Array(numbers.n * p)
  const apart = Math.sqrt(textCost / 2)
  for (let row = 0; row < numbers.n; row++) {
    data.set(numbers.data.subarray(row * numbers.p, (row + 1) * numbers.p), row * p)
    let at = row * p + numbers.p
    for (const { levels, codes } of texts) {
      data[at + codes[row]!] = apart
      at += levels.length
    }
  }
  return { rows: { data, n: numbers.n, p }, numbers: numbers.p, texts }
}

/** The same rows as numbers beside codes. */
export function readApart({ data, n, p }: Rows, { numbers, texts }: Pick<MixedRows, 'numbers' | 'texts'>) {
  const own = new Float64Array(n * numbers)
  const categories = new Int32Array(n * texts.length)
  for (let row = 0; row < n; row++) {
    own.set(data.subarray(row * p, row * p + numbers), row * numbers)
    let at = row * p + numbers
    texts.forEach(({ levels }, column) => {
      let code = 0
      while (code < levels.length - 1 && data[at + code] === 0) code++
      categories[row * texts.length + column] = code
      at += levels.length
    })
  }
  return { numbers: { data: own, n, p: numbers }, categories, q: texts.length }
}

/** A column of texts as codes, the levels in order. */
export function codedText(name: string, values: readonly (string | null)[]): CodedText {
  const levels = [...new Set(values.filter((value) => value !== null))].sort()
  const codeOf = new Map(levels.map((level, code) => [level, code]))
  return {
    name,
    levels: [...levels, null],
    codes: Int32Array.from(values, (value) => (value === null ? levels.length : codeOf.get(value)!)),
  }
}
