import { byDialect, ident, type Sql, sql, whole } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { AnalysedMeasure } from './analysed.ts'
import { dateLiteral, shift } from './calendar.ts'
import type { CategoryQuestion } from './category-stage.ts'
import { codedExtreme, codeOfExtreme } from './coded-extreme.ts'
import type { CompiledMeasure, MeasureScope } from './measure-scope.ts'
import { horizonEnd } from './measures-additive.ts'
import { PackedCounts } from './packed-counts.ts'
import { extremeOf } from './snapshot-stage.ts'
import { all } from './stage.ts'
import type { TablePlan } from './table-plan.ts'
import type { RowExpression } from './table-rows.ts'
import type { AggregateOf } from './window-stage.ts'

/** Measures that need all rows of their window together. */
export function staged(scope: MeasureScope): CompiledMeasure {
  const { measure, where } = scope.feature
  const { plan, point, range } = scope
  switch (measure.kind) {
    case 'distinct_days':
      return plan.bits(scope.flag(), point).count(range)
    case 'distinct':
    case 'entropy':
    case 'top_category':
    case 'top_share':
      return categories(scope, measure.kind, measure.value)
    case 'median':
      return always(
        aggregate(scope, (only) =>
          byDialect((dialect) => dialect.median(only(doubleOf(scope, measure.value)))),
        ),
      )
    case 'stddev':
      return measure.value.exact
        ? exactStddev(scope, measure.value)
        : always(
            aggregate(scope, (only) =>
              byDialect((dialect) => dialect.deviation(only(doubleOf(scope, measure.value)))),
            ),
          )
    case 'last':
    case 'first': {
      const isText = measure.value.typed.type === 'string' && !measure.asNumber
      const value = isText ? scope.text(measure.value) : scope.value(measure.value)
      const known = measure.asNumber ? byDialect((dialect) => dialect.readDouble(value)) : value
      const order = scope.order(measure.by)
      const extreme = { kind: measure.kind, value: known, order }
      if (plan.rows.table.name === 'customer_versions')
        return decoded(plan, value, plan.snapshots.value(extreme, scope.conditions()))
      const isCoded = () => plan.store.textsOf(value) !== undefined && plan.packsMomentsOf(measure.by)
      const [moment] = order
      const digits =
        moment !== undefined && scope.isStoredAmount(measure.value) ? plan.amountDigits(value, moment) : null
      const digitsOf = () => (digits?.fit && plan.packsMomentsOf(measure.by) ? digits : null)
      const found = aggregate(scope, (only) =>
        isCoded()
          ? codedExtreme(extreme, only)
          : (digitsOf()?.extreme(measure.kind, only) ?? extremeOf(extreme, only)),
      )
      return () =>
        plan.store.decoded(value, isCoded() ? codeOfExtreme(found) : (digitsOf()?.amountOf(found) ?? found))
    }
    case 'sum_last': {
      const per = plan.store.value(ident(measure.per))
      const latest = {
        value: scope.summable(measure.value),
        order: scope.order(measure.by),
        conditions: scope.conditions(),
      }
      return always(plan.latest(per).sum(latest))
    }
    case 'attribute':
      return always(snapshot(scope, ident(measure.column)))
    case 'age': {
      const years = wholeYears(snapshot(scope, ident(measure.column)), scope.point.day)
      return always(sql`case when ${years} >= 0 then ${years} end`)
    }
    case 'interpurchase':
      return interpurchase(scope, measure.of)
    case 'streak':
      return streak(scope, measure.of)
    case 'followed':
      return always(followed(scope, measure))
    case 'happened':
      return happenedAgain(scope, measure.within)
    default:
      throw new TypeError(`No way to compile ${measure.kind}${where === null ? '' : ' with a condition'}.`)
  }
}

const always =
  (value: Sql): CompiledMeasure =>
  () =>
    value

function decoded(plan: TablePlan, column: Sql, value: Sql): CompiledMeasure {
  return () => plan.store.decoded(column, value)
}

function aggregate(scope: MeasureScope, build: AggregateOf): Sql {
  const { windows, store } = scope.plan
  return windows.other(store.textOf(build(all)), build, scope.rows())
}

function doubleOf(scope: MeasureScope, value: RowExpression): Sql {
  return sql`cast(${scope.value(value)} as double)`
}

/** Birthdays that there were up to the last whole day before a day; who was born on 29 February has them in March of other years. */
function wholeYears(birth: Sql, day: string): Sql {
  const [year, month, dayOfMonth] = shift(day, -1, 'day').split('-').map(Number)
  const yetToCome = sql`month(${birth}) * 100 + day(${birth}) > ${whole(month! * 100 + dayOfMonth!)}`
  return sql`(${whole(year!)} - year(${birth}) - case when ${yetToCome} then 1 else 0 end)`
}

/** The latest known value of a column of the customer, valid at the as-of. */
function snapshot(scope: MeasureScope, column: Sql): Sql {
  const { store, snapshots } = scope.plan
  const order = ['valid_from', 'known_at'].map((name) =>
    store.value(sql`coalesce(${ident(name)}, ${byDialect((dialect) => dialect.lowest('instant'))})`),
  )
  const place = [store.value(sql`coalesce(_file, '')`), store.value(sql`coalesce(_line, 0)`)]
  const extreme = { kind: 'last' as const, value: store.value(column), order: [...order, ...place] }
  return snapshots.value(extreme, scope.conditions())
}

function categories(
  scope: MeasureScope,
  kind: 'distinct' | 'entropy' | 'top_category' | 'top_share',
  value: RowExpression,
): CompiledMeasure {
  const { plan } = scope
  const category = value.typed.type === 'string' ? scope.text(value) : scope.value(value)
  const stage = plan.categories(category, scope.point)
  const rows = scope.rows()
  const answer = (question: CategoryQuestion): CompiledMeasure => {
    const grouped = stage.answer(question, rows)
    return () => {
      const texts = plan.store.textsOf(category)
      if (texts !== undefined && PackedCounts.suits(texts.length, plan.mostRows))
        return new PackedCounts(plan, category, texts, rows).answer(question)
      return question === 'top' ? plan.store.decoded(category, grouped) : grouped
    }
  }
  if (kind === 'entropy') return answer('entropy')
  if (kind === 'top_category') return answer('top')
  if (kind === 'distinct') {
    const distinct = answer('distinct')
    return () => sql`nullif(${distinct()}, 0)`
  }
  const [top, total] = [answer('top_count'), answer('total')]
  return () => byDialect((dialect) => dialect.divide(top(), total()))
}

/** Days between neighbouring distinct days with a row: their mean, or their standard deviation over their mean. */
function interpurchase(scope: MeasureScope, of: 'mean_days' | 'cv'): CompiledMeasure {
  const { plan, point, range } = scope
  const flag = scope.flag()
  const count = plan.bits(flag, point).count(range)
  const squares = of === 'cv' ? plan.bits(flag, point).squaredGaps(range) : undefined
  const [first, last] = (['min', 'max'] as const).map((kind) => scope.aggregate(kind, sql`d`, flag))
  return () => {
    const days = count()
    const total = byDialect((dialect) =>
      dialect.daysBetween(sql`cast(${first!} as date)`, sql`cast(${last!} as date)`),
    )
    const mean = byDialect((dialect) => dialect.divide(total, sql`(${days} - 1)`))
    if (squares === undefined) return mean
    const variance = sql`(${squares()} - cast(${total} as double) * ${total} / (${days} - 1)) / (${days} - 2)`
    return sql`case when ${days} > 2 then sqrt(greatest(0, ${variance})) / ${mean} end`
  }
}

/**
 * Calendar months in a row with at least one row, at most 120 back; the current run may end in the month before the
 * last whole day's.
 */
function streak(scope: MeasureScope, of: 'current_months' | 'longest_months'): CompiledMeasure {
  const { plan, point } = scope
  const lastDay = shift(point.day, -1, 'day')
  const last = monthIndex(lastDay)
  const months = plan.windows.other(
    'months',
    (only) => {
      const size = Math.max(
        1,
        last - Math.max(monthIndex(plan.firstDay ?? point.day), last - monthsBack + 1) + 1,
      )
      // Engines take parts of dates several times faster than they count the months between two.
      const place = sql`(${whole(last)} - (year(d) * 12 + month(d) - 1))`
      return byDialect((dialect) => dialect.monthSets.collect(place, size, only))
    },
    scope.rows(),
  )
  return always(
    byDialect(({ monthSets }) =>
      of === 'longest_months' ? monthSets.longestRun(months) : monthSets.lastRun(months),
    ),
  )
}

/** How far streaks look back. */
export const monthsBack = 120

function monthIndex(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1
}

/** Sample standard deviation of exact amounts: n times the sum of squares less the squared sum, without rounding. */
function exactStddev(scope: MeasureScope, value: RowExpression): CompiledMeasure {
  const flag = scope.flag()
  const stored = scope.value(value)
  const narrow = scope.isStoredAmount(value) ? stored : sql`try_cast(${stored} as decimal(18, 4))`
  const n = scope.aggregate('count', narrow, flag)
  // The engine multiplies decimals of up to 18 digits in 64 bits; one digit more makes it use 128.
  const wide = sql`cast(${narrow} as decimal(19, 4))`
  const total = sql`try_cast(${scope.aggregate('sum', narrow, flag)} as decimal(19, 4))`
  const squares = sql`try_cast(${scope.aggregate('sum', sql`${wide} * ${wide}`, flag)} as decimal(30, 8))`
  const exact = sql`cast(${squares} * cast(${n} as decimal(8, 0)) - ${total} * ${total} as double)`
  return () =>
    sql`case when ${n} > 1 then sqrt(greatest(0, ${exact} / (cast(${n} as double) * (${n} - 1)))) end`
}

/** Whether another row came on a later day within the horizon of the first. */
function happenedAgain(
  scope: MeasureScope,
  within: { readonly next: number; readonly unit: 'day' | 'month' } | null,
): CompiledMeasure {
  const { plan, point, range } = scope
  const flag = scope.flag()
  const first = scope.aggregate('min', sql`d`, flag)
  const gap = plan.bits(flag, point).firstGap(range)
  return () => {
    const start = sql`cast(${first} as date)`
    if (within === null) return sql`case when ${start} is not null then ${gap()} is not null end`
    const end = horizonEnd(start, within)
    return sql`case when ${end} <= ${dateLiteral(point.day)} then coalesce(${gap()} < ${byDialect((dialect) => dialect.daysBetween(start, end))}, false) end`
  }
}

/** Rows that another one of a table follows in time, or none does. What follows may lie outside the window. */
function followed(
  scope: MeasureScope,
  { next, rows, withinDays, follows }: Extract<AnalysedMeasure, { readonly kind: 'followed' }>,
): Sql {
  const { plan, point } = scope
  const following = scope.planOf(rows.table.name)
  const stage = plan.sequencesWith(following)
  return stage.count({
    first: scope.rows(),
    next: { flag: following.store.flag(rows.toSql(next, point)), range: { from: null, to: null }, point },
    withinDays,
    endedBefore: follows ? null : sql`${stage.byDay ? dateLiteral(point.day) : timestampOf(point.ms)}`,
  })
}
