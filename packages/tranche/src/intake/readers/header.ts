import type { Text } from '@tranche/contract'

const numberLike = /^[-+(]?\s*[¥￥$€£]?\s*[-+]?\d[\d,.\s]*([eE][-+]?\d+)?\s*[%)万亿元]?-?$/
const dateLike =
  /^(\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*(Z|[-+]\d{2}:?\d{2})?$/
const missing = /^(|na|n\/a|nan|null|none|-|\\n|无)$/i

/** Whether a text reads as a number or a date, as data do and names of columns rarely. */
export function isValueLike(text: string): boolean {
  const trimmed = text.trim()
  return numberLike.test(trimmed) || dateLike.test(trimmed)
}

/**
 * Whether the first row names the columns, from the evidence of the rows below it: a text above numbers speaks
 * for it, a number or a date, an empty or repeated cell, or a text that comes again below speaks against it.
 */
export function looksLikeHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  let score = 0
  const seen = new Set<string>()
  first.forEach((cell, index) => {
    const below = rest.map((row) => (row[index] ?? '').trim()).filter((text) => !missing.test(text))
    const values = below.filter(isValueLike).length
    const name = cell.trim()
    const isValue = isValueLike(name)
    if (isValue && values >= below.length / 2) score -= 1
    else if (!isValue && name !== '' && below.length > 0 && values >= below.length * 0.9) score += 1
    if (!isValue && name !== '' && below.length >= 3 && below.includes(name)) score -= 1
    if (name !== '' && seen.has(name)) score -= 0.5
    seen.add(name)
  })
  if (score !== 0) return score > 0
  return first.every((cell) => !isValueLike(cell)) && first.some((cell) => cell.trim() !== '')
}

export interface ColumnNames {
  readonly names: readonly string[]
  readonly notes: readonly Text[]
}

/** Names that the engine can tell apart (it ignores case), and what had to be changed for it. */
export function columnNames(header: readonly string[]): ColumnNames {
  const taken = new Set<string>(['_line'])
  const changed: string[] = []
  const names = header.map((cell, index) => {
    const written = cell.replaceAll('\0', '').replace(/\s+/g, ' ').trim()
    const base = written === '' ? `column_${index + 1}` : written
    let name = base
    for (let copy = 2; taken.has(name.toLowerCase()); copy++) name = `${base} (${copy})`
    taken.add(name.toLowerCase())
    if (name !== written) changed.push(name)
    return name
  })
  if (changed.length === 0) return { names, notes: [] }
  const shown = changed.slice(0, 20).join(', ') + (changed.length > 20 ? ', …' : '')
  return {
    names,
    notes: [
      {
        en: `Columns without a name of their own, or with one used before, are called: ${shown}.`,
        zh: `无名称或名称重复的列已命名为：${shown}。`,
      },
    ],
  }
}

/** `column_1` … for a file whose columns have no names. */
export function numberedNames(width: number): readonly string[] {
  return Array.from({ length: width }, (_, index) => `column_${index + 1}`)
}
