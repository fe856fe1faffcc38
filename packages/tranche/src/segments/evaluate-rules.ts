import {
  type Bitset,
  bitsOf,
  type ColumnTable,
  type ConditionColumn,
  countBits,
  hasBit,
  prepareConditions,
  referencedNames,
  referencedSegments,
} from '@tranche/language'
import type { Warehouse } from '../engine/warehouse.ts'
import type { SegmentRules } from './check-segments.ts'
import { customerBlocks } from './customer-blocks.ts'

export interface RuleCounts {
  readonly key: string
  readonly customers: number
  /** Those of whom a missing value leaves it open. */
  readonly unknown: number
}

export interface BlockMembers {
  readonly key: string
  /** Where in the table of features they stand; picked when asked for: who only counts need not. */
  places(): Int32Array
}

/**
 * Evaluates all rules in one pass over the customers: every column that any of them names is read once, and a segment that
 * others ask about is evaluated once. Gives members block by block, in whatever order these come, and counts at the end.
 */
export async function evaluateRules(
  warehouse: Warehouse,
  { scope, rules }: SegmentRules,
  take: (members: readonly BlockMembers[]) => void,
): Promise<readonly RuleCounts[]> {
  const counts = new Map(rules.map(({ key }) => [key, { customers: 0, unknown: 0 }]))
  const asked = new Set(rules.flatMap(({ rule }) => referencedSegments(rule)))
  const standing = scope.columnSegments.filter(({ key }) => asked.has(key))
  const names = [
    ...new Set([
      ...rules.flatMap(({ rule }) => referencedNames(rule)),
      ...standing.map(({ column }) => column),
    ]),
  ].sort()
  const waves = wavesOf(rules).map((wave) => ({
    wave,
    judge: prepareConditions(wave.map(({ rule }) => rule)),
  }))
  for await (const { places, table } of customerBlocks(warehouse, names, scope)) {
    const segments: Record<string, Flags> = {}
    for (const { key, column, value } of standing) segments[key] = equals(table, column, value)
    const members: BlockMembers[] = []
    for (const { wave, judge } of waves) {
      const answers = judge({ ...table, segments })
      wave.forEach(({ key }, index) => {
        const answer = answers[index]!
        const count = counts.get(key)!
        count.customers += countBits(answer.isTrue)
        count.unknown += table.length - countBits(answer.known)
        members.push({ key, places: () => picked(answer.isTrue, places) })
        if (asked.has(key)) segments[key] = flagsOf(answer, table.length)
      })
    }
    take(members)
  }
  return [...counts].map(([key, count]) => ({ key, ...count }))
}

interface Flags {
  readonly values: Uint8Array
  readonly valid: Uint8Array
}

/** Rules of which none asks about another of its wave: what a wave asks about was answered before. */
export function wavesOf(rules: SegmentRules['rules']): SegmentRules['rules'][] {
  const waveOf = new Map<string, number>()
  const waves: SegmentRules['rules'][number][][] = []
  for (const rule of rules) {
    const before = referencedSegments(rule.rule).map((key) => waveOf.get(key) ?? -1)
    const wave = Math.max(-1, ...before) + 1
    waveOf.set(rule.key, wave)
    waves[wave] = [...(waves[wave] ?? []), rule]
  }
  return waves
}

function equals({ columns, length }: ColumnTable, name: string, value: string): Flags {
  const column = columns[name]
  const flags = { values: new Uint8Array(length), valid: new Uint8Array(length) }
  if (column?.type !== 'string' || !('codes' in column)) return flags
  const wanted = column.dictionary.indexOf(value)
  column.codes.forEach((code, row) => {
    flags.values[row] = code === wanted && code >= 0 ? 1 : 0
    flags.valid[row] = code >= 0 ? 1 : 0
  })
  return flags
}

function flagsOf({ isTrue, known }: ConditionColumn, length: number): Flags {
  const flags = { values: new Uint8Array(length), valid: new Uint8Array(length) }
  for (let row = 0; row < length; row++) {
    flags.values[row] = hasBit(isTrue, row) ? 1 : 0
    flags.valid[row] = hasBit(known, row) ? 1 : 0
  }
  return flags
}

function picked(members: Bitset, places: Int32Array): Int32Array {
  const found = new Int32Array(countBits(members))
  let next = 0
  for (const row of bitsOf(members)) found[next++] = places[row]!
  return found
}
