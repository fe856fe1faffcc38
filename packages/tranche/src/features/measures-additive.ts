import { byDialect, type Sql, sql, whole } from '../sql/sql.ts'
import type { Horizon } from './analysed.ts'
import { dateLiteral, daysBetween, shift } from './calendar.ts'
import type { CompiledMeasure, MeasureScope } from './measure-scope.ts'
import type { RowExpression } from './table-rows.ts'

/** Measures made of counts, sums and extremes; undefined for those that aren't. */
export function additive(scope: MeasureScope): CompiledMeasure | undefined {
  const { measure } = scope.feature
  switch (measure.kind) {
    case 'count': {
      const rows = scope.rowCount()
      return () => sql`nullif(${rows}, 0)`
    }
    case 'sum':
      return measure.within === null
        ? sumOf(scope, measure.value, scope.flag())
        : sumSinceOnboarding(scope, measure.value, measure.within)
    case 'mean':
      return ratioOf(sumOf(scope, measure.value, scope.flag()), countOf(scope, measure.value))
    case 'min':
    case 'max':
      return extremeOf(scope, measure.kind, scope.value(measure.value))
    case 'any':
      return any(scope, measure.value)
    case 'days_since':
      return daysSince(scope, measure.which)
    case 'share':
      return share(scope, measure.condition, measure.of)
    case 'trend':
      return trend(scope, measure.value)
    case 'happened':
      return measure.start === 'onboarded_at' ? happenedSinceOnboarding(scope, measure.within) : undefined
    default:
      return undefined
  }
}

function sumOf(scope: MeasureScope, value: RowExpression, flag: Sql | null): CompiledMeasure {
  const sum = scope.aggregate('sum', scope.summable(value), flag)
  return () => sum
}

function countOf(scope: MeasureScope, value: RowExpression): CompiledMeasure {
  const count = scope.aggregate('count', scope.value(value))
  return () => count
}

function extremeOf(scope: MeasureScope, kind: 'min' | 'max', value: Sql): CompiledMeasure {
  const extreme = scope.aggregate(kind, value)
  return () => extreme
}

function ratioOf(numerator: CompiledMeasure, denominator: CompiledMeasure): CompiledMeasure {
  return () => byDialect((dialect) => dialect.divide(numerator(), denominator()))
}

/** True where one row says so, false where all known ones deny it. */
function any(scope: MeasureScope, value: RowExpression): CompiledMeasure {
  const yes = scope.rowCount(scope.flag(scope.sqlOf(value)))
  const no = scope.rowCount(scope.flag(sql`not ${scope.sqlOf(value)}`))
  return () => sql`case when ${yes} > 0 then true when ${no} > 0 then false end`
}

/** Whole days up to the last whole day before the as-of; never less than none. */
function daysSince(scope: MeasureScope, which: 'first' | 'last'): CompiledMeasure {
  const day = extremeOf(scope, which === 'first' ? 'min' : 'max', sql`d`)
  return () => {
    const days = byDialect((dialect) => dialect.daysBetween(sql`cast(${day()} as date)`, scope.lastWholeDay))
    return sql`case when ${days} < 0 then 0 else ${days} end`
  }
}

/** Of the rows whose condition is known. */
function share(scope: MeasureScope, condition: RowExpression, of: RowExpression | null): CompiledMeasure {
  const yes = scope.flag(scope.sqlOf(condition))
  const known = scope.flag(sql`(${scope.sqlOf(condition)}) is not null`)
  if (of === null) {
    const [part, whole] = [scope.rowCount(yes), scope.rowCount(known)]
    return ratioOf(
      () => part,
      () => whole,
    )
  }
  const part = sumOf(scope, of, yes)
  const whole = sumOf(scope, of, known)
  const whether = scope.rowCount(known)
  return ratioOf(() => sql`case when ${whether} > 0 then coalesce(${part()}, 0) end`, whole)
}

/**
 * Least-squares slope of the daily totals over all days of the window, days without rows being zero, times 900:
 * by how much the total of 30 days changes within 30 days.
 */
function trend(scope: MeasureScope, value: RowExpression | null): CompiledMeasure {
  const { range, point } = scope
  const flag = scope.flag()
  const from = range.from!
  const days = daysBetween(from, range.to ?? point.nextDay)
  const position = sql`cast(${byDialect((dialect) => dialect.daysBetween(dateLiteral(epoch), sql`d`))} as integer)`
  const amount = value === null ? sql`1` : scope.summable(value)
  const total = value === null ? scope.rowCount(flag) : scope.aggregate('sum', amount, flag)
  const weighted = scope.aggregate('sum', sql`${amount} * ${position}`, flag)
  const rows = scope.rowCount(flag)
  const middle = daysBetween(epoch, shift(from, 0, 'day')) + (days - 1) / 2
  // The sum of squared distances of 1 … n from their mean.
  const spread = (days * (days * days - 1)) / 12
  return () => {
    if (days < 2) return sql`cast(null as double)`
    const slope = sql`(cast(${weighted} as double) - cast(${total} as double) * cast(${middle} as double)) / cast(${spread} as double)`
    return sql`case when ${rows} > 0 then ${slope} * 900 end`
  }
}

/** Positions count from here so that products with amounts stay small. */
const epoch = '2000-01-01'

/**
 * Whether a row came within the horizon of the customer's onboarding; missing while the horizon is not over, where
 * onboarding is unknown, and where the table has no rows at all. Without a horizon: whether one ever came.
 */
function happenedSinceOnboarding(scope: MeasureScope, within: Horizon | null): CompiledMeasure {
  if (within === null) {
    const rows = scope.rowCount()
    return () => sql`(${rows} > 0)`
  }
  const rows = scope.rowCount(flagSinceOnboarding(scope, within))
  return () => onceOver(scope, within, sql`${rows} > 0`)
}

/** Sum of the rows that came within the horizon of the customer's onboarding; missing while it is not over. */
function sumSinceOnboarding(scope: MeasureScope, value: RowExpression, within: Horizon): CompiledMeasure {
  const sum = sumOf(scope, value, flagSinceOnboarding(scope, within))
  return () => onceOver(scope, within, sql`coalesce(${sum()}, 0)`)
}

function flagSinceOnboarding(scope: MeasureScope, within: Horizon): Sql | null {
  return scope.flag(sql`(_d >= _onboarded and _d < ${horizonEnd(sql`_onboarded`, within)})`)
}

/** A value that is missing until the horizon of the customer's onboarding is over, and where that is unknown. */
function onceOver(scope: MeasureScope, within: Horizon, value: Sql): Sql {
  const isOver = sql`${horizonEnd(sql`onboarded`, within)} <= ${dateLiteral(scope.point.day)}`
  return sql`case when onboarded is not null and ${isOver} then ${value} end`
}

/** The first day after a horizon that starts on a day. */
export function horizonEnd(start: Sql, { next, unit }: Horizon): Sql {
  return byDialect((dialect) => dialect.addTo(start, whole(next), unit))
}
