import type { ColumnType } from '@tranche/contract'
import {
  checkExpression,
  type Problem,
  parseExpression,
  referencedNames,
  type Scope,
  type Type,
  type TypedExpr,
} from '@tranche/language'
import { type Place, TrancheError } from '../../errors.ts'
import { isExact } from '../../sql/decimal-sql.ts'
import type { NumberStorage } from '../../sql/expression-fragment.ts'
import { expressionToSql } from '../../sql/expression-sql.ts'
import type { Sql } from '../../sql/sql.ts'
import { localDate, type Zone } from '../../sql/time-zone.ts'

/** A name an expression of a mapping may use, under each type it can be read as, the likeliest first. */
export interface NamedValue {
  readonly readings: readonly {
    readonly type: Type
    readonly sql: () => Sql
    readonly storage?: NumberStorage
    readonly values?: readonly string[]
  }[]
}

export interface ExpressionOptions {
  readonly names: ReadonlyMap<string, NamedValue>
  readonly zone: Zone
  readonly place: Place
  /** Types the whole may have. */
  readonly expect: readonly Type[]
  /** Ask for an exact amount where the expression allows. */
  readonly exact?: boolean
}

const mostReadings = 1024
const firstDay = Date.UTC(1950, 0, 1)
const lastDay = Date.UTC(2060, 0, 1)

/**
 * SQL of an expression over a source's row. Text files don't say what is a number or a date, so a name is read as
 * the first type that makes the whole expression right: its use says what it is, whatever the file holds.
 * @throws TrancheError invalid_definition with the place of the definition
 */
export function mappedExpression(text: string, options: ExpressionOptions): Sql {
  const parsed = parseExpression(text)
  if (!parsed.ok) throw problemError(parsed.problems[0]!, text, options.place)
  const used = referencedNames(parsed.expr).flatMap((name) => {
    const value = options.names.get(name)
    return value === undefined ? [] : [{ name, value }]
  })
  let first: Problem | undefined
  for (const choice of choices(used.map(({ value }) => value.readings.length))) {
    const readings = new Map(used.map(({ name, value }, index) => [name, value.readings[choice[index]!]!]))
    const columns: Scope['columns'] = new Map([
      ...[...options.names].map(([name, { readings: all }]) => [name, { type: all[0]!.type }] as const),
      ...[...readings].map(
        ([name, { type, values }]) => [name, values === undefined ? { type } : { type, values }] as const,
      ),
    ])
    const checked = checkExpression(parsed.expr, { columns }, { kind: 'row', expect: options.expect })
    if (!checked.ok) {
      first ??= checked.problems[0]
      continue
    }
    return compile(checked.expr, readings, options)
  }
  throw problemError(first!, text, options.place)
}

function compile(
  expr: TypedExpr,
  readings: ReadonlyMap<string, NamedValue['readings'][number]>,
  { zone, exact }: ExpressionOptions,
): Sql {
  const storage = (name: string): NumberStorage => readings.get(name)?.storage ?? 'double'
  return expressionToSql(expr, {
    column: (name) => readings.get(name)!.sql(),
    storage,
    businessDay: (instant) => localDate(instant, zone.offsetsBetween(firstDay, lastDay)),
    ...(exact && expr.type === 'number' && isExact(expr, storage) ? { numeric: 'decimal' as const } : {}),
  })
}

/** Every way to choose one reading for each name, the first readings first. */
function* choices(counts: readonly number[]): Generator<readonly number[]> {
  const total = counts.reduce((product, count) => product * count, 1)
  for (let at = 0; at < Math.min(total, mostReadings); at++) {
    let rest = at
    yield counts.map((count) => {
      const choice = rest % count
      rest = Math.floor(rest / count)
      return choice
    })
  }
}

/** Types of expressions whose value fits a standard column. */
export function expressionTypes(type: ColumnType): readonly Type[] {
  switch (type) {
    case 'id':
    case 'string':
    case 'json':
      return ['string']
    case 'money':
    case 'number':
    case 'integer':
      return ['number']
    case 'bool':
      return ['bool']
    case 'date':
      return ['date']
    case 'instant':
      return ['instant', 'date']
  }
}

/** The type under which expressions know a standard column. */
export function languageType(type: ColumnType): Type {
  if (type === 'instant' || type === 'date' || type === 'bool') return type
  return type === 'money' || type === 'number' || type === 'integer' ? 'number' : 'string'
}

export function storageOfType(type: ColumnType): NumberStorage {
  return type === 'money' ? { decimals: 4 } : type === 'integer' ? 'integer' : 'double'
}

function problemError(found: Problem, text: string, place: Place): TrancheError {
  return new TrancheError(
    'invalid_definition',
    {
      en: `${found.message.en} (line ${found.line}, column ${found.column} of ${JSON.stringify(text)})`,
      zh: `${found.message.zh}（位于 ${JSON.stringify(text)} 第 ${found.line} 行第 ${found.column} 列）`,
    },
    { place, ...(found.hint === undefined ? {} : { hint: found.hint }) },
  )
}
