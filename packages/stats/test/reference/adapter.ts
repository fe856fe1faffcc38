import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** A case of the reference collection, as stored. */
export interface ReferenceCase {
  readonly id: string
  readonly case: string
  // biome-ignore lint/suspicious/noExplicitAny: each case has a shape of its own, and an adapter is where it is known
  readonly input: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly params: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly expected: any
  readonly tolerance: Readonly<Record<string, unknown>>
}

/**
 * How a value is compared: `rel` and `abs` on both sides; `notAbove` and `notBelow` are bars with a relative allowance;
 * `round` rounds both to so many digits. The tolerance is a number or the name of one in the case.
 */
export type Rule = readonly ['rel' | 'abs' | 'notAbove' | 'notBelow' | 'round', string | number]

/** An area's adapters by case id. Each returns what the library gives in the shape of `expected`: renamed and reshaped, never computed. */
export interface AreaAdapter {
  readonly cases: Readonly<Record<string, (c: ReferenceCase) => unknown>>
  /** Where a case's tolerance has parts: by case id, the rule for each path prefix ('' for the rest). */
  readonly rules?: Readonly<Record<string, Readonly<Record<string, Rule>>>>
  /** Cases where this library is right and the peer's figure is not, with the reason. */
  readonly deviations?: Readonly<Record<string, string>>
}

export function referenceRoot(): string | undefined {
  return process.env['TRANCHE_REFERENCE']
}

/** The text of an input file, unpacked where it is stored packed. */
export function readInput(file: string): string {
  const path = join(referenceRoot() ?? '', file)
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return gunzipSync(readFileSync(`${path}.gz`)).toString('utf8')
  }
}

/** Columns of a comma-separated file by header; quotes removed, values as text. */
export function readColumns(file: string): Record<string, string[]> {
  const [head, ...lines] = readInput(file).trim().split(/\r?\n/)
  const names = splitLine(head!)
  const rows = lines.map(splitLine)
  return Object.fromEntries(names.map((name, k) => [name, rows.map((row) => row[k] ?? '')]))
}

export const numbers = (column: readonly string[]): Float64Array => Float64Array.from(column, Number)

function splitLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
  return fields
}
