import { Random } from '../../src/pipeline/simulate/random.ts'

/** A file that a partner, a disk or an attacker spoilt, and what must come of it. */
export interface SpoiltFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly outcome: Outcome
}

/**
 * `refused`: the command leaves with 2, naming the file and saying this.
 * `read`: rows are kept, and those on these lines are in the quarantine; nothing else is missing.
 */
export type Outcome =
  | { readonly kind: 'refused'; readonly says: RegExp }
  | { readonly kind: 'read'; readonly kept: number; readonly quarantinedLines: readonly number[] }

export interface SpoiltClass {
  readonly key: string
  readonly make: (random: Random, index: number) => SpoiltFile
}

export const header = 'order_id,customer,time,amount,note'

/** A row that is all right; numbers grow with the seed, so that no two files share a key. */
export function goodRow(id: string, random: Random, note = 'tea'): string {
  const day = String(1 + random.below(28)).padStart(2, '0')
  return `${id},c${random.below(40)},2024-0${1 + random.below(6)}-${day} 10:00:00,${(1 + random.below(9000)) / 100},${note}`
}

export function goodRows(key: string, count: number, random: Random): string[] {
  return Array.from({ length: count }, (_, index) => goodRow(`${key}-${index}`, random))
}

/** Puts lines among good rows at random places; gives the text's lines with the header first. */
export function scatter(good: readonly string[], bad: readonly string[], random: Random): string[] {
  const lines = [...good]
  for (const line of bad) lines.splice(random.below(lines.length + 1), 0, line)
  return [header, ...lines]
}

/** Numbers from 1 of the lines that are in the set. */
export function numbersOf(lines: readonly string[], wanted: readonly string[]): number[] {
  const set = new Set(wanted)
  return lines.flatMap((line, index) => (set.has(line) ? [index + 1] : []))
}

export const text = (lines: readonly string[]) => Buffer.from(`${lines.join('\n')}\n`)

export function randomBytes(random: Random, count: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: count }, () => random.below(256)))
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.below(choices.length)]!
}

/** The stream of one file of one class: what is drawn depends on nothing else. */
export function streamOf(key: string, index: number): Random {
  let hash = 0
  for (const char of key) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) | 0
  return new Random().reseed(hash, index, 0)
}
