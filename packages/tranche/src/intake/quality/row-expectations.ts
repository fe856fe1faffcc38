import type { ColumnType, Expectation, Text } from '@tranche/contract'
import { type Place, TrancheError } from '../../errors.ts'
import { list, type Sql, sql, typed } from '../../sql/sql.ts'
import { timestampOf, type Zone } from '../../sql/time-zone.ts'
import { constant } from '../mapping/codes.ts'
import {
  languageType,
  mappedExpression,
  type NamedValue,
  storageOfType,
} from '../mapping/expression-columns.ts'
import { instantConstant } from '../mapping/local-time.ts'

/** Kinds that look at one row at a time; the others look at a table, at another one, or at the last run. */
export const rowKinds = ['not_null', 'accepted', 'range', 'pattern', 'expression'] as const
export const tableKinds = ['unique', 'foreign_key', 'freshness', 'row_count_change', 'distribution'] as const
export type ExpectationKind = (typeof rowKinds)[number] | (typeof tableKinds)[number]

/** An expectation with its one kind. */
export interface KindedExpectation {
  readonly kind: ExpectationKind
  readonly expectation: Expectation
  readonly place: Place
  /** Position in the mapping, which names its results. */
  readonly index: number
}

export interface RowCheck extends KindedExpectation {
  /** True of rows that fail; never NULL. */
  readonly fails: Sql
  readonly column: string
  /** Value that is shown of a row that was set aside. */
  readonly shown: Sql
}

export interface TypedColumn {
  readonly name: string
  readonly type: ColumnType
}

/** One entry per kind: an expectation that asks for several things is several. */
export function kindsOf(
  expectations: readonly Expectation[],
  placeOf: (index: number) => Place,
): readonly KindedExpectation[] {
  return expectations.flatMap((expectation, index) => {
    const kinds = [...rowKinds, ...tableKinds].filter((kind) => expectation[kind] !== undefined)
    if (kinds.length === 0)
      throw invalid(placeOf(index), 'An expectation says nothing to expect.', '该预期没有写明内容。', {
        en: `Give one of ${[...rowKinds, ...tableKinds].join(', ')}.`,
        zh: `请写明其一：${[...rowKinds, ...tableKinds].join('、')}。`,
      })
    return kinds.map((kind) => ({ kind, expectation, place: placeOf(index), index }))
  })
}

/**
 * The condition under which a row fails an expectation of a row kind. A missing value fails not_null only.
 * `ref` gives the column of a name.
 */
export function rowCheck(
  item: KindedExpectation,
  columns: readonly TypedColumn[],
  ref: (name: string) => Sql,
  zone: Zone,
): RowCheck {
  const { kind, expectation, place } = item
  if (kind === 'expression') {
    const names = new Map<string, NamedValue>(
      columns.map(({ name, type }) => [
        name,
        { readings: [{ type: languageType(type), sql: () => ref(name), storage: storageOfType(type) }] },
      ]),
    )
    const holds = mappedExpression(expectation.expression!, { names, zone, place, expect: ['bool'] })
    return {
      ...item,
      column: expectation.column ?? '',
      fails: sql`coalesce(not ${holds}, false)`,
      shown: typedNull(),
    }
  }
  const column = columns.find(({ name }) => name === expectation.column)
  if (column === undefined)
    throw invalid(
      place,
      expectation.column === undefined
        ? `${kind} needs a column.`
        : `There is no column ${expectation.column} to expect ${kind} of.`,
      expectation.column === undefined
        ? `${kind} 需要写明 column。`
        : `没有列 ${expectation.column}，无法检查 ${kind}。`,
      {
        en: `Columns: ${columns.map(({ name }) => name).join(', ')}.`,
        zh: `现有列：${columns.map(({ name }) => name).join('、')}。`,
      },
    )
  const value = ref(column.name)
  return {
    ...item,
    column: column.name,
    fails: sql`coalesce(${failure(kind, expectation, column, value, place, zone)}, false)`,
    shown: sql`cast(${value} as varchar)`,
  }
}

function failure(
  kind: ExpectationKind,
  expectation: Expectation,
  { type }: TypedColumn,
  value: Sql,
  place: Place,
  zone: Zone,
): Sql {
  switch (kind) {
    case 'not_null':
      return sql`(${value} is null)`
    case 'accepted':
      return sql`(${value} not in (${list(expectation.accepted!.map((item) => bound(type, item, place, zone)))}))`
    case 'range': {
      const { min, max } = expectation.range!
      if (min === undefined && max === undefined)
        throw invalid(place, 'range needs min or max.', 'range 需要 min 或 max。')
      const below = min === undefined ? sql`false` : sql`${value} < ${bound(type, min, place, zone)}`
      const above = max === undefined ? sql`false` : aboveMost(type, value, max, place, zone)
      return sql`(${below} or ${above})`
    }
    case 'pattern':
      return sql`(not regexp_full_match(cast(${value} as varchar), ${expectation.pattern!}))`
    default:
      throw new TypeError(`${kind} is no expectation of a row.`)
  }
}

/** A day as the upper end of times takes in all of that day. */
function aboveMost(type: ColumnType, value: Sql, max: string | number, place: Place, zone: Zone): Sql {
  const isDay = type === 'instant' && typeof max === 'string' && max.length === 10
  const end = isDay ? instantConstant(max, zone, true) : null
  return end === null
    ? sql`${value} > ${bound(type, max, place, zone)}`
    : sql`${value} >= ${timestampOf(end)}`
}

function bound(type: ColumnType, value: string | number | boolean, place: Place, zone: Zone) {
  const numeric = type === 'money' || type === 'number' || type === 'integer'
  const instant = type === 'instant' && typeof value === 'string' ? instantConstant(value, zone) : null
  const right =
    (type === 'date' &&
      typeof value === 'string' &&
      instantConstant(value, zone) !== null &&
      value.length === 10) ||
    (numeric && typeof value === 'number') ||
    (type === 'bool' && typeof value === 'boolean') ||
    instant !== null ||
    ['id', 'string', 'json'].includes(type)
  if (!right)
    throw invalid(
      place,
      `${JSON.stringify(value)} can't be compared with a column of type ${type}.`,
      `${JSON.stringify(value)} 无法与 ${type} 类型的列比较。`,
    )
  if (instant !== null) return timestampOf(instant)
  if (type === 'integer' && !Number.isInteger(value)) return typed('double', value as number)
  return constant(type, value)
}

function typedNull(): Sql {
  return sql`cast(null as varchar)`
}

function invalid(place: Place, en: string, zh: string, hint?: Text): TrancheError {
  return new TrancheError(
    'invalid_definition',
    { en, zh },
    { place, ...(hint === undefined ? {} : { hint }) },
  )
}
