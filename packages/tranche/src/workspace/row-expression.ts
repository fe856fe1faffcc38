import {
  type ColumnType,
  type StandardColumn,
  type StandardTableName,
  standardTables,
  type Text,
} from '@tranche/contract'
import {
  checkExpression,
  type Problem,
  parseExpression,
  type Scope,
  type ScopeColumn,
  type Type,
  type TypedExpr,
} from '@tranche/language'
import { type Place, TrancheError } from '../errors.ts'
import { expressionToSql } from '../sql/expression-sql.ts'
import { ident, type Sql } from '../sql/sql.ts'
import { localDate, type ZoneOffsets } from '../sql/time-zone.ts'
import type { Catalogue } from './catalogue.ts'

const languageTypes: Record<ColumnType, Type> = {
  id: 'string',
  string: 'string',
  json: 'string',
  money: 'number',
  number: 'number',
  integer: 'number',
  bool: 'bool',
  date: 'date',
  instant: 'instant',
}

/** Names an expression over rows of a standard table may use: its columns and the extras of this workspace. */
export function tableScope(catalogue: Pick<Catalogue, 'extras'>, table: StandardTableName): Scope {
  const standard = standardTables.find((candidate) => candidate.name === table)!
  const columns = new Map<string, ScopeColumn>()
  for (const { name, type, values, required } of standard.columns as readonly StandardColumn[])
    columns.set(name, {
      type: languageTypes[type],
      nullable: required !== true,
      ...(values === undefined ? {} : { values }),
    })
  for (const { key, type } of catalogue.extras[table] ?? []) columns.set(key, { type: languageTypes[type] })
  return { columns }
}

/** Columns stored as exact decimals or integers; the rest are doubles. */
export function storageOf(catalogue: Pick<Catalogue, 'extras'>, table: StandardTableName) {
  const standard = standardTables.find((candidate) => candidate.name === table)!
  const types = new Map<string, ColumnType>([
    ...standard.columns.map(({ name, type }) => [name, type] as const),
    ...(catalogue.extras[table] ?? []).map(({ key, type }) => [key, type] as const),
  ])
  return (name: string) => {
    const type = types.get(name)
    return type === 'money'
      ? { decimals: 4 }
      : type === 'integer'
        ? ('integer' as const)
        : ('double' as const)
  }
}

/** Parses and checks; throws the first problem with the place of the definition it stands in. */
export function typedExpression(
  text: string,
  scope: Scope,
  place: Place,
  expect?: readonly Type[],
): TypedExpr {
  const parsed = parseExpression(text)
  if (!parsed.ok) throw expressionError(parsed.problems[0]!, text, place)
  const checked = checkExpression(parsed.expr, scope, {
    kind: 'row',
    ...(expect === undefined ? {} : { expect }),
  })
  if (!checked.ok) throw expressionError(checked.problems[0]!, text, place)
  return checked.expr
}

export interface RowExpressionOptions {
  readonly place: Place
  readonly numeric?: 'double' | 'decimal'
  readonly offsets: ZoneOffsets
  /** Types the whole expression may have; any where absent. */
  readonly expect?: readonly Type[]
}

/** SQL of an expression over rows of a standard table, its columns unqualified. */
export function rowExpressionSql(
  catalogue: Pick<Catalogue, 'extras'>,
  table: StandardTableName,
  text: string,
  options: RowExpressionOptions,
): Sql {
  return expressionToSql(typedExpression(text, tableScope(catalogue, table), options.place, options.expect), {
    column: (name) => ident(name),
    storage: storageOf(catalogue, table),
    businessDay: (instant) => localDate(instant, options.offsets),
    ...(options.numeric === undefined ? {} : { numeric: options.numeric }),
  })
}

function expressionError(found: Problem, text: string, place: Place): TrancheError {
  const message: Text = {
    en: `${found.message.en} (line ${found.line}, column ${found.column} of ${JSON.stringify(text)})`,
    zh: `${found.message.zh}（位于 ${JSON.stringify(text)} 第 ${found.line} 行第 ${found.column} 列）`,
  }
  return new TrancheError('invalid_definition', message, {
    place,
    ...(found.hint === undefined ? {} : { hint: found.hint }),
  })
}
