import type { ColumnType, Feature, Measure } from '@tranche/contract'
import { nearest, type Type } from '@tranche/language'
import { type Place, TrancheError } from '../errors.ts'
import type { AnalysedFeature, AnalysedMeasure, ValueType } from './analysed.ts'
import type { RowExpression, TableRows } from './table-rows.ts'

export interface MeasureSource {
  readonly key: string
  /** The table whose rows are measured. */
  readonly from: string
  readonly where?: string | undefined
  readonly window?: Feature['window'] | undefined
  readonly measure: Measure
  readonly empty?: Feature['empty'] | undefined
  readonly placeOf: (path: readonly PropertyKey[]) => Place
}

/**
 * Finds every column, expression and type of a measure.
 * @throws TrancheError invalid_definition at the part that is wrong
 */
export function analyseMeasure(
  source: MeasureSource,
  tableAt: (part: readonly PropertyKey[], name: string) => TableRows,
): AnalysedFeature {
  const { key, placeOf, from } = source
  const rows = tableAt(['from'], from)
  const where = source.where === undefined ? null : rows.parse(source.where, placeOf(['where']), ['bool'])
  const following = 'in' in source.measure ? source.measure.in : undefined
  const measure = readMeasure(
    source,
    rows,
    following === undefined ? rows : tableAt(['measure', 'in'], following),
  )
  const type = typeOf(measure, rows)
  checkTime(source, measure, rows)
  checkEmpty(source, type)
  const place = placeOf([])
  return { key, rows, where, window: source.window, measure, empty: source.empty, type, place }
}

const anyValue: readonly Type[] = ['bool', 'number', 'string', 'date', 'instant']
const groups: readonly Type[] = ['bool', 'number', 'string', 'date']
const ordered: readonly Type[] = ['number', 'date', 'instant']

function readMeasure(
  { measure, placeOf }: MeasureSource,
  rows: TableRows,
  following: TableRows,
): AnalysedMeasure {
  const parse = (part: string, text: string, expect: readonly Type[]) =>
    rows.parse(text, placeOf(['measure', part]), expect)
  const by = (columns: readonly string[]) => {
    for (const column of columns) columnOf(rows, column, placeOf(['measure', 'by']))
    return columns
  }
  if ('count' in measure) return { kind: 'count' }
  if ('distinct' in measure) {
    const value = parse('distinct', measure.distinct, [...groups, 'instant'])
    return isOwnDay(value, rows) ? { kind: 'distinct_days' } : { kind: 'distinct', value }
  }
  if ('sum' in measure)
    return { kind: 'sum', value: parse('sum', measure.sum, ['number']), within: measure.within ?? null }
  if ('mean' in measure) return { kind: 'mean', value: parse('mean', measure.mean, ['number']) }
  if ('stddev' in measure) return { kind: 'stddev', value: parse('stddev', measure.stddev, ['number']) }
  if ('min' in measure) return { kind: 'min', value: parse('min', measure.min, ordered) }
  if ('max' in measure) return { kind: 'max', value: parse('max', measure.max, ordered) }
  if ('median' in measure) return { kind: 'median', value: parse('median', measure.median, ['number']) }
  if ('any' in measure) return { kind: 'any', value: parse('any', measure.any, ['bool']) }
  if ('last' in measure)
    return {
      kind: 'last',
      value: parse('last', measure.last, measure.as === 'number' ? ['string'] : anyValue),
      by: by(measure.by),
      asNumber: measure.as === 'number',
    }
  if ('first' in measure)
    return {
      kind: 'first',
      value: parse('first', measure.first, measure.as === 'number' ? ['string'] : anyValue),
      by: by(measure.by),
      asNumber: measure.as === 'number',
    }
  if ('sum_last' in measure) {
    columnOf(rows, measure.per, placeOf(['measure', 'per']))
    const value = parse('sum_last', measure.sum_last, ['number'])
    return { kind: 'sum_last', value, per: measure.per, by: by(measure.by) }
  }
  if ('days_since' in measure) return { kind: 'days_since', which: measure.days_since }
  if ('share' in measure)
    return {
      kind: 'share',
      condition: parse('share', measure.share, ['bool']),
      of: measure.of === 'rows' ? null : parse('of', measure.of, ['number']),
    }
  if ('entropy' in measure) return { kind: 'entropy', value: parse('entropy', measure.entropy, groups) }
  if ('top_category' in measure)
    return { kind: 'top_category', value: parse('top_category', measure.top_category, ['string']) }
  if ('top_share' in measure)
    return { kind: 'top_share', value: parse('top_share', measure.top_share, groups) }
  if ('interpurchase' in measure) return { kind: 'interpurchase', of: measure.interpurchase }
  if ('streak' in measure) return { kind: 'streak', of: measure.streak }
  if ('trend' in measure)
    return {
      kind: 'trend',
      value: measure.trend === 'rows' ? null : parse('trend', measure.trend, ['number']),
    }
  if ('attribute' in measure) return snapshot('attribute', measure.attribute, rows, placeOf)
  if ('age' in measure) return snapshot('age', measure.age, rows, placeOf)
  if ('followed_by' in measure) {
    const next = following.parse(measure.followed_by, placeOf(['measure', 'followed_by']), ['bool'])
    return { kind: 'followed', next, rows: following, withinDays: measure.within, follows: true }
  }
  if ('not_followed_by' in measure) {
    const next = following.parse(measure.not_followed_by, placeOf(['measure', 'not_followed_by']), ['bool'])
    return { kind: 'followed', next, rows: following, withinDays: measure.within, follows: false }
  }
  const { start, within } = measure.happened
  return { kind: 'happened', start, within: within ?? null }
}

function snapshot(
  kind: 'attribute' | 'age',
  column: string,
  rows: TableRows,
  placeOf: MeasureSource['placeOf'],
): AnalysedMeasure {
  const place = placeOf(['measure', kind])
  if (rows.table.name !== 'customer_versions')
    throw invalid(
      place,
      {
        en: `${kind} reads customer_versions, not ${rows.table.name}.`,
        zh: `${kind} 只能读取 customer_versions。`,
      },
      { en: 'Use last: … with by: … for other tables.', zh: '其他表请使用 last 和 by。' },
    )
  const type = columnOf(rows, column, place)
  if (kind === 'age' && type !== 'date')
    throw invalid(place, {
      en: `age needs a date; ${column} is ${type}.`,
      zh: `age 需要日期列，${column} 的类型为 ${type}。`,
    })
  return { kind, column }
}

/** `business_day(time)` of the table's own time, or that time where it is a date. */
function isOwnDay({ typed }: RowExpression, rows: TableRows): boolean {
  const time = rows.table.time
  if (time === undefined) return false
  if (typed.kind === 'name') return typed.name === time && typed.type === 'date'
  if (typed.kind !== 'call' || typed.fn !== 'business_day') return false
  const [argument] = typed.args
  return argument?.kind === 'name' && argument.name === time
}

function columnOf(rows: TableRows, column: string, place: Place): ColumnType {
  const type = rows.columnType(column)
  if (type !== undefined) return type
  const near = nearest(column, rows.scope.columns.keys())
  throw invalid(
    place,
    { en: `${rows.table.name} has no column ${column}.`, zh: `${rows.table.name} 没有列 ${column}。` },
    near === undefined ? undefined : { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` },
  )
}

const languageTypes = { bool: 'bool', string: 'string', date: 'date', instant: 'instant' } as const

function typeOf(measure: AnalysedMeasure, rows: TableRows): ValueType {
  switch (measure.kind) {
    case 'count':
    case 'distinct_days':
    case 'distinct':
    case 'days_since':
    case 'streak':
    case 'age':
    case 'followed':
      return 'integer'
    case 'sum':
    case 'sum_last':
      return isMoney(measure.value, rows) ? 'money' : 'double'
    case 'min':
    case 'max':
    case 'last':
    case 'first': {
      const { type } = measure.value.typed
      if (type === 'number' || ('asNumber' in measure && measure.asNumber)) return 'double'
      return languageTypes[type as keyof typeof languageTypes]
    }
    case 'top_category':
      return 'string'
    case 'any':
    case 'happened':
      return 'bool'
    case 'attribute': {
      const type = rows.columnType(measure.column)
      if (type === 'money' || type === 'number') return 'double'
      if (type === 'integer' || type === 'date' || type === 'instant' || type === 'bool') return type
      return 'string'
    }
    default:
      return 'double'
  }
}

function isMoney({ typed }: RowExpression, rows: TableRows): boolean {
  return typed.kind === 'name' && rows.columnType(typed.name) === 'money'
}

const needTime = [
  'distinct_days',
  'days_since',
  'interpurchase',
  'streak',
  'trend',
  'happened',
  'followed',
] as const

function checkTime(source: MeasureSource, measure: AnalysedMeasure, rows: TableRows): void {
  const { placeOf } = source
  const { kind } = measure
  const { table } = rows
  const looksForward = 'within' in measure && measure.within !== null
  if (table.time === undefined) {
    const part = source.window !== undefined ? 'window' : 'measure'
    if (source.window !== undefined || looksForward || needTime.includes(kind as (typeof needTime)[number]))
      throw withoutTime(table.name, placeOf([part]))
  }
  if (measure.kind === 'followed' && measure.rows.table.time === undefined)
    throw withoutTime(measure.rows.table.name, placeOf(['measure', 'in']))
  if (kind === 'trend' && source.window === undefined)
    throw invalid(
      placeOf(['measure', 'trend']),
      { en: 'A trend needs a window.', zh: 'trend 需要给出 window。' },
      { en: 'Write window: {last: 180, unit: day}', zh: '请写 window: {last: 180, unit: day}' },
    )
  if ((kind === 'attribute' || kind === 'age' || looksForward) && source.window !== undefined)
    throw invalid(placeOf(['window']), {
      en: `${kind} ${looksForward ? 'with within ' : ''}takes no window.`,
      zh: `${kind} 不使用 window。`,
    })
}

function withoutTime(table: string, place: Place): TrancheError {
  return invalid(place, {
    en: `${table} has no time, so its rows have no days.`,
    zh: `${table} 没有时间列，无法按日期计算。`,
  })
}

function checkEmpty({ empty, placeOf }: MeasureSource, type: ValueType): void {
  if (empty === undefined) return
  const wanted = type === 'bool' ? 'boolean' : type === 'string' ? 'string' : 'number'
  if (typeof empty === wanted && type !== 'date' && type !== 'instant') return
  throw invalid(placeOf(['empty']), {
    en: `empty is ${JSON.stringify(empty)}, but the feature is ${type}.`,
    zh: `empty 为 ${JSON.stringify(empty)}，与特征类型 ${type} 不符。`,
  })
}

function invalid(
  place: Place,
  text: { readonly en: string; readonly zh: string },
  hint?: { readonly en: string; readonly zh: string },
): TrancheError {
  return new TrancheError('invalid_definition', text, { place, ...(hint === undefined ? {} : { hint }) })
}
