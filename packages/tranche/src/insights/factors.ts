import { sortedQuantile } from '@tranche/stats'
import { ident, join, type Sql, sql, typed } from '../sql/sql.ts'
import { type CustomerFrame, sortedValues } from './frame.ts'

/** Something that can be held fixed when groups are compared: a code per customer, and the same in SQL. */
export interface Factor {
  readonly column: string
  readonly codes: Int16Array
  readonly size: number
  readonly expression: Sql
}

/** Candidates for what else may make a gap, in the order in which they are taken. */
const numberFactors = ['age_years', 'credit_limit', 'tenure_days'] as const
const levelFactors = ['province', 'country', 'channel', 'creative', 'city_tier'] as const
/** Ages are held finely, since most of what customers do changes with them. */
const bandsOf: Readonly<Record<(typeof numberFactors)[number], number>> = {
  age_years: 12,
  credit_limit: 4,
  tenure_days: 4,
}
const mostLevelsHeld = 8

/** All factors that the data has, by quartiles of numbers and the most frequent levels of texts. Cost O(n log n) each. */
export function findFactors(frame: CustomerFrame): readonly Factor[] {
  return [
    ...numberFactors.map((name) => numberFactor(frame, name)),
    ...levelFactors.map((name) => levelFactor(frame, name)),
  ].filter((factor): factor is Factor => factor !== undefined)
}

function numberFactor(frame: CustomerFrame, name: (typeof numberFactors)[number]): Factor | undefined {
  const column = frame.numbers.get(name)
  if (column === undefined || column.known < frame.rowCount / 2) return undefined
  const sorted = sortedValues(column)
  const bands = bandsOf[name]
  const cuts = [
    ...new Set(Array.from({ length: bands - 1 }, (_, i) => sortedQuantile(sorted, (i + 1) / bands, 1))),
  ]
  const codes = new Int16Array(frame.rowCount)
  for (let row = 0; row < codes.length; row++) {
    if (column.valid[row] === 0) codes[row] = cuts.length + 1
    else {
      let code = 0
      while (code < cuts.length && column.values[row]! >= cuts[code]!) code++
      codes[row] = code
    }
  }
  const value = sql`cast(${ident(name)} as double)`
  const cases = [...cuts]
    .reverse()
    .map((cut, i) => sql`when ${value} >= ${typed('double', cut)} then ${cuts.length - i}`)
  return {
    column: name,
    codes,
    size: cuts.length + 2,
    expression: sql`case when ${value} is null then ${cuts.length + 1} ${join(cases, ' ')} else 0 end`,
  }
}

function levelFactor(frame: CustomerFrame, name: string): Factor | undefined {
  const column = frame.levels.get(name)
  if (column === undefined || column.known < frame.rowCount / 2 || column.levels.length < 2) return undefined
  const kept = Math.min(column.levels.length, mostLevelsHeld)
  const cases = column.levels
    .slice(0, kept)
    .map((level, code) => sql`when ${ident(name)} = ${typed('varchar', level)} then ${code}`)
  const codes = new Int16Array(frame.rowCount)
  for (let row = 0; row < codes.length; row++) {
    const code = column.codes[row]!
    codes[row] = code < 0 || code >= kept ? kept : code
  }
  return {
    column: name,
    codes,
    size: kept + 1,
    expression: sql`case ${join(cases, ' ')} else ${kept} end`,
  }
}
