import { sortedQuantile } from '@tranche/stats'
import { ident, join, type Sql, sql, typed } from '../../sql/sql.ts'
import { type Band, bandCodes, bandCondition, bandLabel, bandOf, bandRule, isWhole } from '../bands.ts'
import type { Notebook } from '../draft.ts'
import { type CustomerFrame, type NumberColumn, sortedValues } from '../frame.ts'
import { type Group, levelRule } from '../group.ts'
import { byRegionGroup } from '../region-groups.ts'
import { type Condition, rowsOf, type SearchAttribute } from './search.ts'

/** An attribute that a profile may name, with what a stretch of its codes is called and how SQL and rules say it. */
export interface ProfileAttribute extends SearchAttribute {
  readonly name: string
  readonly columns: readonly string[]
  label(from: number, to: number): string
  condition(from: number, to: number): Sql
  rule(from: number, to: number): string
}

/** Numbers of no more values than this are taken as they are. */
const fewValues = 10
const quantileBins = 8
/** Texts with more levels than this are names of places or employers, of which no profile is made. */
const mostLevels = 24
const ageBounds = [20, 25, 30, 35, 40, 45, 50, 55, 60, 65]

/** Attributes of the given names that the data knows of most customers, in that order. */
export function profileAttributes(book: Notebook, names: readonly string[]): readonly ProfileAttribute[] {
  const { frame } = book
  return names.flatMap((name) => {
    if (name === 'region_group') return regionGroups(book) ?? []
    const column = frame.numbers.get(name)
    const known = column?.known ?? frame.levels.get(name)?.known ?? 0
    if (known < frame.rowCount / 2) return []
    return (column ? numberAttribute(column) : levelAttribute(book, name)) ?? []
  })
}

function regionGroups({ frame }: Notebook): ProfileAttribute | undefined {
  const province = frame.levels.get('province')
  const by = province && byRegionGroup(province)
  if (!by) return undefined
  return {
    name: by.attribute,
    columns: by.columns,
    codes: Int16Array.from(by.codes),
    size: by.levels.length,
    ordered: false,
    label: (code) => by.levels[code]!,
    condition: (code) => by.condition(code),
    rule: (code) => by.rule(code),
  }
}

function levelAttribute({ frame }: Notebook, name: string): ProfileAttribute | undefined {
  const column = frame.levels.get(name)
  if (!column || column.levels.length < 2 || column.levels.length > mostLevels) return undefined
  const { levels, codes } = column
  return {
    name,
    columns: [name],
    codes,
    size: levels.length,
    ordered: false,
    label: (code) => levels[code]!,
    condition: (code) => sql`${ident(name)} = ${typed('varchar', levels[code]!)}`,
    rule: (code) => levelRule(name, [levels[code]!]),
  }
}

function numberAttribute(column: NumberColumn): ProfileAttribute | undefined {
  const { name } = column
  if (column.boolean) return flagAttribute(column)
  const bounds = boundsOf(column)
  if (bounds.length === 0) return undefined
  const whole = isWhole(column, bounds)
  const smallest = sortedValues(column)[0]!
  const band = (from: number, to: number): Band => bandOf(bounds, from, to)
  // Of whole numbers, what lies under the first bound may be a single one, which is then said.
  const named = (from: number, to: number): Band =>
    whole && bounds[to] === smallest + 1 ? { from: smallest, to: bounds[to] } : band(from, to)
  return {
    name,
    columns: [name],
    codes: bandCodes(column, bounds),
    size: bounds.length + 1,
    ordered: true,
    label: (from, to) => bandLabel(named(from, to), whole),
    condition: (from, to) => bandCondition(name, band(from, to)),
    rule: (from, to) => bandRule(name, band(from, to)),
  }
}

function flagAttribute({ name, values, valid }: NumberColumn): ProfileAttribute {
  return {
    name,
    columns: [name],
    codes: new Int16Array(values.length).map((_, row) => (valid[row] === 0 ? -1 : values[row] === 1 ? 1 : 0)),
    size: 2,
    ordered: false,
    label: (code) => (code === 1 ? 'true' : 'false'),
    condition: (code) => (code === 1 ? ident(name) : sql`not ${ident(name)}`),
    rule: (code) => (code === 1 ? name : `!${name}`),
  }
}

/** Round numbers near the quantiles, ages by five years, or every value where there are few. */
function boundsOf(column: NumberColumn): readonly number[] {
  const sorted = sortedValues(column)
  const first = sorted[0]
  if (first === undefined) return []
  const within = (bound: number) => bound > first && bound <= sorted.at(-1)!
  if (column.name === 'age_years') return ageBounds.filter(within)
  const distinct = new Set<number>()
  for (let i = 0; i < sorted.length && distinct.size <= fewValues; i++) distinct.add(sorted[i]!)
  if (distinct.size <= fewValues) return [...distinct].slice(1)
  const quantiles = Array.from({ length: quantileBins - 1 }, (_, i) =>
    Number(sortedQuantile(sorted, (i + 1) / quantileBins, 1).toPrecision(2)),
  )
  return [...new Set(quantiles)].filter(within)
}

/** Conditions in the words of reports: attribute and level of each, read by `conditionWords`. */
export function conditionsText(
  attributes: readonly ProfileAttribute[],
  conditions: readonly Condition[],
): string {
  return JSON.stringify(
    conditions.map(({ attribute, from, to }) => [
      attributes[attribute]!.name,
      attributes[attribute]!.label(from, to),
    ]),
  )
}

/** Everybody who fits all conditions. */
export function profileGroup(
  frame: CustomerFrame,
  attributes: readonly ProfileAttribute[],
  conditions: readonly Condition[],
): Group {
  const mask = new Uint8Array(frame.rowCount)
  const rows = rowsOf(attributes, frame.rowCount, conditions)
  for (const row of rows) mask[row] = 1
  const parts = conditions.map(({ attribute, from, to }) => ({ of: attributes[attribute]!, from, to }))
  return {
    mask,
    n: rows.length,
    condition: join(
      parts.map(({ of, from, to }) => of.condition(from, to)),
      ' and ',
    ),
    rule: parts.map(({ of, from, to }) => of.rule(from, to)).join(' && '),
    columns: [...new Set(parts.flatMap(({ of }) => of.columns))],
  }
}
