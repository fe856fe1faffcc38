import { ident, join, type Sql, sql, typed } from '../sql/sql.ts'
import type { CustomerFrame } from './frame.ts'
import { type MadeOnce, madeOnce } from './made-once.ts'
import type { Breakdown } from './spread.ts'

/** Some of the customers, three times: as a mask for statistics, as SQL for queries, as a rule for exports. */
export interface Group {
  readonly mask: Uint8Array
  readonly n: number
  /** Condition on the published tables; undefined for everybody. */
  readonly condition: Sql | undefined
  /** The same in the rule language. */
  readonly rule: string | undefined
  readonly columns: readonly string[]
}

export function everybody(frame: CustomerFrame): Group {
  return {
    mask: new Uint8Array(frame.rowCount).fill(1),
    n: frame.rowCount,
    condition: undefined,
    rule: undefined,
    columns: [],
  }
}

/** Groups of a frame by rule: many sections ask for the same. */
const groupsBefore: MadeOnce<Group> = new WeakMap()

/** Customers with one of the given levels of a text column. */
export function withLevel(frame: CustomerFrame, name: string, wanted: readonly string[]): Group {
  return madeOnce(groupsBefore, frame, levelRule(name, wanted), () => madeOfLevels(frame, name, wanted))
}

function madeOfLevels(frame: CustomerFrame, name: string, wanted: readonly string[]): Group {
  const column = frame.levels.get(name)
  const mask = new Uint8Array(frame.rowCount)
  if (column) {
    const { codes, levels } = column
    // By code, of which −1 says that it is missing.
    const isWanted = Uint8Array.from([0, ...levels.map((level) => (wanted.includes(level) ? 1 : 0))])
    for (let row = 0; row < mask.length; row++) mask[row] = isWanted[codes[row]! + 1]!
  }
  const texts = wanted.map((level) => typed('varchar', level))
  return grouped(mask, [name], {
    condition:
      wanted.length === 1
        ? sql`${ident(name)} = ${texts[0]!}`
        : sql`${ident(name)} in (${join(texts.map((text) => sql`${text}`))})`,
    rule: levelRule(name, wanted),
  })
}

export type Comparison = '<' | '<=' | '>' | '>='

/** Customers whose number compares with a bound; missing ones are not members. */
export function withNumber(frame: CustomerFrame, name: string, comparison: Comparison, bound: number): Group {
  return madeOnce(groupsBefore, frame, `${name} ${comparison} ${ruleNumber(bound)}`, () =>
    madeOfNumbers(frame, name, comparison, bound),
  )
}

function madeOfNumbers(frame: CustomerFrame, name: string, comparison: Comparison, bound: number): Group {
  const column = frame.numbers.get(name)
  const mask = new Uint8Array(frame.rowCount)
  if (column)
    for (let row = 0; row < mask.length; row++)
      if (column.valid[row] === 1 && holds(column.values[row]!, comparison, bound)) mask[row] = 1
  const value = sql`cast(${ident(name)} as double)`
  const limit = typed('double', bound)
  const conditions: Record<Comparison, Sql> = {
    '<': sql`${value} < ${limit}`,
    '<=': sql`${value} <= ${limit}`,
    '>': sql`${value} > ${limit}`,
    '>=': sql`${value} >= ${limit}`,
  }
  return grouped(mask, [name], {
    condition: conditions[comparison],
    rule: `${name} ${comparison} ${ruleNumber(bound)}`,
  })
}

/** A rule for customers with one of the given levels of a text column. */
export function levelRule(name: string, wanted: readonly string[]): string {
  const [first] = wanted
  return wanted.length === 1
    ? `${name} == ${JSON.stringify(first)}`
    : `${name} in [${wanted.map((level) => JSON.stringify(level)).join(', ')}]`
}

/** Customers whose flag is set. */
export function withFlag(frame: CustomerFrame, name: string): Group {
  const column = frame.numbers.get(name)
  const mask = new Uint8Array(frame.rowCount)
  if (column)
    for (let row = 0; row < mask.length; row++)
      mask[row] = column.valid[row] === 1 && column.values[row] === 1 ? 1 : 0
  return grouped(mask, [name], { condition: sql`${ident(name)}`, rule: name })
}

/** Customers whose flag is known and not set. */
export function withoutFlag(frame: CustomerFrame, name: string): Group {
  const column = frame.numbers.get(name)
  const mask = new Uint8Array(frame.rowCount)
  if (column)
    for (let row = 0; row < mask.length; row++)
      mask[row] = column.valid[row] === 1 && column.values[row] === 0 ? 1 : 0
  return grouped(mask, [name], { condition: sql`not ${ident(name)}`, rule: `!${name}` })
}

/** Customers with one code of a breakdown. */
export function withCode(by: Breakdown, code: number): Group {
  const { codes } = by
  const mask = new Uint8Array(codes.length)
  for (let row = 0; row < mask.length; row++) mask[row] = codes[row] === code ? 1 : 0
  return grouped(mask, by.columns, { condition: by.condition(code), rule: by.rule(code) })
}

/** Customers in all of the groups. */
export function both(...groups: readonly Group[]): Group {
  const [first] = groups
  if (first === undefined) throw new TypeError('An intersection needs at least one group.')
  const mask = first.mask.slice()
  for (const { mask: other } of groups.slice(1))
    for (let row = 0; row < mask.length; row++) mask[row] = mask[row]! & other[row]!
  const conditions = groups.flatMap(({ condition }) => (condition ? [condition] : []))
  const rules = groups.flatMap(({ rule }) => (rule ? [rule] : []))
  return {
    mask,
    n: countOf(mask),
    condition: conditions.length === 0 ? undefined : join(conditions, ' and '),
    rule: rules.length === 0 ? undefined : rules.join(' && '),
    columns: [...new Set(groups.flatMap(({ columns }) => columns))],
  }
}

/** The command that exports the group's members, or null where its rule needs columns of two tables. */
export function membersCommand(frame: CustomerFrame, group: Group, name: string): string | null {
  if (group.rule === undefined) return null
  const homes = new Set(group.columns.map((column) => frame.home.get(column)))
  const [table] = homes
  if (table === undefined || homes.size > 1) return null
  const quoted = `'${group.rule.replaceAll("'", "'\\''")}'`
  return `tranche export ${table} --where ${quoted} --out ${name}.csv`
}

function grouped(
  mask: Uint8Array,
  columns: readonly string[],
  { condition, rule }: { readonly condition: Sql; readonly rule: string },
): Group {
  return { mask, n: countOf(mask), condition, rule, columns }
}

function countOf(mask: Uint8Array): number {
  let n = 0
  for (let row = 0; row < mask.length; row++) n += mask[row]!
  return n
}

function holds(value: number, comparison: Comparison, bound: number): boolean {
  switch (comparison) {
    case '<':
      return value < bound
    case '<=':
      return value <= bound
    case '>':
      return value > bound
    case '>=':
      return value >= bound
  }
}

export function ruleNumber(value: number): string {
  return value < 0 ? `(${value})` : String(value)
}
