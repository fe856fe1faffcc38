import type { ColumnMapping, ColumnType, StandardColumn } from '@tranche/contract'
import { type Place, TrancheError } from '../../errors.ts'
import { byDialect, list, type Sql, sql } from '../../sql/sql.ts'
import type { RowReason } from '../quarantine/reasons.ts'
import { formatNames, isFormat } from '../readers/value-formats.ts'
import { codedValue } from './codes.ts'
import { expressionTypes, mappedExpression, type NamedValue } from './expression-columns.ts'
import { isPlainKey, isTight } from './keys.ts'
import type { WallClock } from './local-time.ts'
import type { LookupColumn } from './lookups.ts'
import type { RawColumn, RawColumns } from './raw-columns.ts'
import { constantOf, invalid, rawColumn } from './source-column.ts'
import { keyText, typedValue, type ValueOptions } from './typed-value.ts'

/** One column of a standard table as SQL over a raw row `s`. */
export interface CompiledColumn {
  readonly name: string
  readonly type: ColumnType
  readonly required: boolean
  readonly value: Sql
  /** What stood there, as text, NULL where nothing did; null for what was never in the file. */
  readonly text: Sql | null
  /** Whether a row can have text and no value. */
  readonly mayFail: boolean
  /** Where codes may turn a text into a missing value on purpose: whether the text is known. */
  readonly known: Sql | null
  /** Reason code (varchar) of a row that fails; asked of such rows only. */
  readonly reason: Sql
  /** Text that must not be shown. */
  readonly masked: boolean
  /** The raw column itself, and the condition under which it is the value already; null where it can't be. */
  readonly direct: { readonly raw: Sql; readonly plain: Sql } | null
  /** The raw column of a text that is read by codes; null where it is not, or is no text. */
  readonly codedText: Sql | null
}

export interface ColumnContext {
  readonly columns: RawColumns
  readonly lookups: ReadonlyMap<string, LookupColumn>
  /** Gives a reference to a fragment that is worked out once a row. */
  readonly keep: (fragment: Sql) => Sql
  /** Gives a reference to a text's value, in the way its texts are written if that is known. */
  readonly read: ValueOptions['read']
  /** The clock of a zone, or the workspace's. */
  readonly clockOf: (timeZone: string | undefined) => WallClock
  /** File shown in messages. */
  readonly file: string
  readonly place: Place
}

/** Compiles a column that is renamed, constant or looked up; null for one derived by an expression. */
export function compileColumn(
  target: Pick<StandardColumn, 'name' | 'type' | 'required' | 'values'>,
  mapping: ColumnMapping,
  context: ColumnContext,
): CompiledColumn | null {
  if (mapping.expr !== undefined) return null
  const base = { name: target.name, type: target.type, required: target.required ?? false }
  if (mapping.value !== undefined)
    return {
      ...base,
      value: sql`${constantOf(target.type, mapping.value, context)}`,
      text: null,
      mayFail: false,
      known: null,
      reason: reasonSql('missing'),
      masked: false,
      direct: null,
      codedText: null,
    }
  const lookup = mapping.lookup === undefined ? undefined : context.lookups.get(target.name)
  if (mapping.lookup !== undefined && lookup === undefined)
    throw new TypeError(`The look-up of ${target.name} was not prepared.`)
  const raw = lookup?.column ?? rawColumn(mapping.from!, context, mapping.format)
  const compiled = fromRaw(target, mapping, raw, context)
  if (lookup === undefined) return { ...base, ...compiled }
  const missing = sql`case when ${lookup.ambiguous} then ${'lookup_ambiguous'} when not ${lookup.found} then ${'lookup_missing'} else ${compiled.reason} end`
  const { match } = lookup
  return {
    ...base,
    ...compiled,
    value: sql`case when not ${lookup.ambiguous} then ${compiled.value} end`,
    text: sql`case when ${lookup.ambiguous} then ${match} else coalesce(${compiled.text!}, case when ${base.required ? sql`true` : sql`false`} then ${match} end) end`,
    mayFail: true,
    reason: missing,
    direct: null,
    codedText: null,
  }
}

/** Compiles a column derived by an expression over the names given. */
export function compileExpression(
  target: Pick<StandardColumn, 'name' | 'type' | 'required' | 'values'>,
  mapping: ColumnMapping,
  names: ReadonlyMap<string, NamedValue>,
  context: ColumnContext,
): CompiledColumn {
  const { type } = target
  const derived = mappedExpression(mapping.expr!, {
    names,
    zone: context.clockOf(mapping.timeZone).zone,
    place: context.place,
    expect: type === 'string' || type === 'id' ? ['string', 'number'] : expressionTypes(type),
    exact: type === 'money',
  })
  const raw: RawColumn = { name: target.name, sql: derived, kind: 'text', engineType: 'VARCHAR' }
  const shared = {
    name: target.name,
    type,
    required: target.required ?? false,
    masked: false,
    direct: null,
    codedText: null,
  }
  const isText = type === 'string' || type === 'id' || type === 'json'
  if (isText || mapping.codes !== undefined) {
    const text: RawColumn = { ...raw, sql: context.keep(sql`cast(${derived} as varchar)`) }
    return { ...shared, ...fromRaw(target, mapping, text, context), direct: null, codedText: null }
  }
  const cast = sql`try_cast(${derived} as ${byDialect((dialect) => dialect.columnType(type))})`
  const value = type === 'instant' ? sql`try_cast(${derived} as timestamp)` : cast
  return { ...shared, value, text: null, mayFail: false, known: null, reason: reasonSql('underivable') }
}

type FromRaw = Omit<CompiledColumn, 'name' | 'type' | 'required'>

function fromRaw(
  target: Pick<StandardColumn, 'name' | 'type' | 'values'>,
  mapping: ColumnMapping,
  raw: RawColumn,
  context: ColumnContext,
): FromRaw {
  const options = valueOptions(mapping, target.type, context)
  const masked = raw.identifier !== undefined
  const values = target.type === 'string' ? target.values : undefined
  if (mapping.codes === undefined && values === undefined) {
    const { value, text, mayFail, reason } = typedValue(upperCurrency(target.name, raw), target.type, options)
    return {
      value,
      text,
      mayFail,
      known: null,
      reason: target.type === 'money' ? amountReason(text, raw, options) : reasonSql(reason),
      masked,
      direct: directOf(target, mapping, raw, undefined),
      codedText: null,
    }
  }
  for (const code of Object.values(mapping.codes ?? {})) constantOf(target.type, code, context)
  // Every code asks for the text again.
  const text = context.keep(keyText(raw, target.type === 'string' ? options : { ...options, formats: [] }))
  const { value, known } = codedValue(text, target.type, mapping, values)
  return {
    value,
    text,
    mayFail: true,
    known,
    reason: reasonSql('unknown_code'),
    masked,
    direct: directOf(target, mapping, raw, values),
    codedText: target.type === 'string' && raw.engineType === 'VARCHAR' && !masked ? raw.sql : null,
  }
}

/** A text stored as it is to be shown may be read without any normalising, if every row turns out so. */
function directOf(
  { name, type }: Pick<StandardColumn, 'name' | 'type'>,
  { codes, format, missing, padTo, stripZeros }: ColumnMapping,
  { sql: raw, engineType }: RawColumn,
  values: readonly string[] | undefined,
): CompiledColumn['direct'] {
  const asItStands = [codes, format, missing, padTo, stripZeros].every((option) => option === undefined)
  if (!asItStands || engineType !== 'VARCHAR') return null
  if (values !== undefined) return { raw, plain: sql`${raw} in (${list(values)})` }
  if (type === 'id') return { raw, plain: isPlainKey(raw) }
  if (type !== 'string') return null
  return {
    raw,
    plain: name === 'currency' ? sql`(${isTight(raw)} and ${raw} = upper(${raw}))` : isTight(raw),
  }
}

export function valueOptions(
  mapping: ColumnMapping,
  type: ColumnType,
  context: Pick<ColumnContext, 'clockOf' | 'place' | 'keep' | 'read'>,
): ValueOptions {
  const { format, scale } = mapping
  if (
    scale !== undefined &&
    (!Number.isFinite(scale) || Number(scale.toFixed(8)) !== scale || Math.abs(scale) >= 1e6)
  )
    throw invalid(
      context.place,
      `scale ${scale} needs at most 8 decimals and must be under 1000000.`,
      `scale ${scale} 至多 8 位小数，且须小于 1000000。`,
    )
  const formats = format === undefined ? [] : [format].flat()
  const unknown = formats.find((name) => !isFormat(type, name))
  if (unknown !== undefined)
    throw new TrancheError(
      'invalid_definition',
      {
        en: `format: no format of a column of type ${type} is called ${JSON.stringify(unknown)}.`,
        zh: `format：${type} 类型的列没有名为 ${JSON.stringify(unknown)} 的格式。`,
      },
      {
        place: context.place,
        hint: {
          en: `Known formats: ${formatNames(type).join(', ') || 'none'}.`,
          zh: `可用格式：${formatNames(type).join('、') || '无'}。`,
        },
      },
    )
  return {
    ...mapping,
    formats,
    keep: context.keep,
    read: context.read,
    clock: context.clockOf(mapping.timeZone),
  }
}

export function reasonSql(reason: RowReason): Sql {
  return sql`${reason as string}`
}

/** ISO codes are compared as they stand, so cny and CNY must be one. */
function upperCurrency(name: string, raw: RawColumn): RawColumn {
  if (name !== 'currency' || raw.kind !== 'text') return raw
  const { clean, ...rest } = raw
  return {
    ...rest,
    sql: sql`upper(${raw.sql})`,
    ...(clean === undefined ? {} : { clean: sql`upper(${clean})` }),
  }
}

function amountReason(text: Sql, raw: RawColumn, options: ValueOptions): Sql {
  const number = typedValue(raw, 'number', options).value
  return sql`case when ${text} is not null and ${number} is not null then ${'too_large'} else ${'not_a_number'} end`
}
