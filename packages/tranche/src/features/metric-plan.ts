import type { Metric, Window } from '@tranche/contract'
import { nearest, referencedNames, type TypedExpr } from '@tranche/language'
import { type Place, TrancheError } from '../errors.ts'
import { expressionToSql } from '../sql/expression-sql.ts'
import { byDialect, ident, type Sql, sql } from '../sql/sql.ts'
import type { Definition } from '../workspace/catalogue.ts'
import type { MeasureSource } from './analyse-measure.ts'
import type { ValueType } from './analysed.ts'
import type { FeatureSet } from './feature-set.ts'

/** Per customer what a metric adds up: NULL where the customer is not in it. */
export interface MetricPlan {
  readonly key: string
  readonly definition: Definition<Metric>
  /** Features to ask for. */
  readonly needs: readonly string[]
  /** Tables without which it means nothing. */
  readonly reads: readonly string[]
  readonly numerator: Sql
  readonly denominator: Sql
  /** True for customers whose window is not over; null where no window looks forward. */
  readonly leftOut: Sql | null
  /** A sum over customers, or a quotient of two. */
  readonly form: 'sum' | 'quotient'
  /** The period it speaks of; null for a state or a cohort of all customers. */
  readonly window: Window | null
}

/**
 * Turns metrics into what each customer adds to them, all through the features' compiler.
 * @throws TrancheError invalid_definition at the part that is wrong
 */
export class MetricPlans {
  readonly #features: FeatureSet
  readonly #definitions: ReadonlyMap<string, Definition<Metric>>
  readonly #plans = new Map<string, MetricPlan>()

  constructor(features: FeatureSet, metrics: readonly Definition<Metric>[]) {
    this.#features = features
    this.#definitions = new Map(metrics.map((metric) => [metric.key, metric]))
  }

  plan(definition: Definition<Metric>): MetricPlan {
    const known = this.#plans.get(definition.key)
    if (known !== undefined) return known
    const plan = this.#create(definition)
    this.#plans.set(definition.key, plan)
    return plan
  }

  #create(definition: Definition<Metric>): MetricPlan {
    const { measure, ratio, share, mean, rate, outcome } = definition.value
    if (ratio !== undefined) return this.#ratio(definition, ratio)
    const population = this.#population(definition)
    if (measure !== undefined) return this.#measure(definition, population)
    if (share !== undefined) return this.#share(definition, population, share)
    if (mean !== undefined) return this.#mean(definition, population, mean)
    if (rate !== undefined) return this.#rate(definition, population)
    return this.#outcome(definition, population, outcome!)
  }

  #measure(definition: Definition<Metric>, population: Population): MetricPlan {
    const { value, placeOf } = definition
    const measure = value.measure!
    const from = this.#from(definition)
    const add = (part: string, what: MeasureSource['measure'], where = value.where) =>
      this.#features.addMeasure({
        from,
        key: `metric:${definition.key}:${part}`,
        where,
        window: value.window,
        measure: what,
        placeOf,
      })
    const plan = base(definition, population)
    if ('mean' in measure) {
      const known = `known(${measure.mean})`
      const total = add('sum', { sum: measure.mean })
      const count = add(
        'count',
        { count: 'rows' },
        value.where === undefined ? known : `(${value.where}) && ${known}`,
      )
      return {
        ...plan,
        needs: [...population.needs, total.key, count.key],
        numerator: population.only(exact(ident(total.key), total.type)),
        denominator: population.only(ident(count.key)),
        form: 'quotient',
      }
    }
    if ('distinct' in measure && measure.distinct !== 'customer_id')
      throw invalid(
        placeOf(['measure', 'distinct']),
        {
          en: `A metric counts distinct customers, not ${measure.distinct}.`,
          zh: `指标只能统计去重客户数，不能统计 ${measure.distinct}。`,
        },
        { en: 'Write distinct: customer_id', zh: '请写 distinct: customer_id' },
      )
    const part = 'sum' in measure ? add('sum', measure) : add('count', { count: 'rows' })
    const numerator =
      'distinct' in measure
        ? sql`case when ${ident(part.key)} > 0 then 1 end`
        : exact(ident(part.key), part.type)
    return {
      ...plan,
      needs: [...population.needs, part.key],
      numerator: population.only(numerator),
      denominator: population.only(sql`1`),
      form: 'sum',
    }
  }

  #ratio(definition: Definition<Metric>, ratio: NonNullable<Metric['ratio']>): MetricPlan {
    const parts = (['numerator', 'denominator'] as const).map((part) => {
      const place = definition.placeOf(['ratio', part])
      const found = this.#definitions.get(ratio[part])
      if (found === undefined) throw this.#unknown(ratio[part], place)
      if (found.value.ratio !== undefined)
        throw invalid(place, {
          en: `${found.key} is itself a ratio; expected a metric that adds up.`,
          zh: `${found.key} 本身是比率，应为可加总的指标。`,
        })
      const plan = this.plan(found)
      if (plan.form !== 'sum')
        throw invalid(place, {
          en: `${found.key} is a mean or a share; expected a metric that adds up.`,
          zh: `${found.key} 是均值或占比，应为可加总的指标。`,
        })
      return plan
    })
    const [numerator, denominator] = [parts[0]!, parts[1]!]
    return {
      key: definition.key,
      definition,
      needs: [...numerator.needs, ...denominator.needs],
      reads: [...numerator.reads, ...denominator.reads],
      numerator: numerator.numerator,
      denominator: denominator.numerator,
      leftOut: null,
      form: 'quotient',
      window: numerator.window,
    }
  }

  #share(definition: Definition<Metric>, population: Population, share: string): MetricPlan {
    const condition = this.#condition(share, definition.placeOf(['share']))
    return {
      ...base(definition, population),
      needs: [...population.needs, ...condition.needs],
      numerator: population.only(sql`case when ${condition.sql} then 1 end`),
      denominator: population.only(sql`case when (${condition.sql}) is not null then 1 end`),
      form: 'quotient',
    }
  }

  #mean(definition: Definition<Metric>, population: Population, key: string): MetricPlan {
    const place = definition.placeOf(['mean'])
    const type = this.#features.typeOf(key, place)
    if (type !== 'money' && type !== 'integer' && type !== 'double')
      throw invalid(place, {
        en: `mean needs a number; the feature ${key} is ${type}.`,
        zh: `mean 需要数字，特征 ${key} 的类型为 ${type}。`,
      })
    return {
      ...base(definition, population),
      needs: [...population.needs, key],
      numerator: population.only(exact(ident(key), type)),
      denominator: population.only(sql`case when ${ident(key)} is not null then 1 end`),
      form: 'quotient',
    }
  }

  #rate(definition: Definition<Metric>, population: Population): MetricPlan {
    const rate = definition.value.rate!
    const placeOf = (path: readonly PropertyKey[]) => definition.placeOf(['rate', ...path])
    const add = (part: string, measure: MeasureSource['measure']) =>
      this.#features.addMeasure({
        from: rate.from,
        key: `metric:${definition.key}:${part}`,
        where: rate.where,
        measure,
        placeOf,
      }).key
    const happened = add('happened', { happened: { start: rate.start, within: rate.within } })
    const first = rate.start === 'first_row' ? add('first', { days_since: 'first' }) : undefined
    const started = first === undefined ? sql`_onboarded` : ident(first)
    return {
      ...base(definition, population),
      needs: [...population.needs, happened, ...(first === undefined ? [] : [first])],
      numerator: population.only(sql`case when ${ident(happened)} then 1 end`),
      denominator: population.only(sql`case when ${ident(happened)} is not null then 1 end`),
      leftOut: population.only(
        sql`case when ${ident(happened)} is null and ${started} is not null then 1 end`,
      ),
      form: 'quotient',
    }
  }

  #outcome(
    definition: Definition<Metric>,
    population: Population,
    { attribute, equals }: NonNullable<Metric['outcome']>,
  ): MetricPlan {
    const { key, type } = this.#features.addMeasure({
      from: 'customer_versions',
      key: `metric:${definition.key}:outcome`,
      measure: { attribute },
      placeOf: (path) => definition.placeOf(['outcome', ...path.filter((part) => part !== 'measure')]),
    })
    const wanted = type === 'bool' ? 'boolean' : type === 'double' || type === 'integer' ? 'number' : 'string'
    if (typeof equals !== wanted)
      throw invalid(definition.placeOf(['outcome', 'equals']), {
        en: `equals is ${JSON.stringify(equals)}, but ${attribute} is ${type}.`,
        zh: `equals 为 ${JSON.stringify(equals)}，与 ${attribute} 的类型 ${type} 不符。`,
      })
    return {
      ...base(definition, population),
      needs: [...population.needs, key],
      numerator: population.only(sql`case when ${ident(key)} = ${equals} then 1 end`),
      denominator: population.only(sql`case when ${ident(key)} is not null then 1 end`),
      form: 'quotient',
    }
  }

  #population({ value, placeOf }: Definition<Metric>): Population {
    if (value.population === undefined) return { needs: [], only: (part) => part }
    const { sql: condition, needs } = this.#condition(value.population, placeOf(['population']))
    return { needs, only: (part) => sql`case when ${condition} then ${part} end` }
  }

  #condition(text: string, place: Place): { readonly sql: Sql; readonly needs: readonly string[] } {
    const typed: TypedExpr = this.#features.expression(text, place, ['bool'])
    const statement = expressionToSql(typed, {
      column: (name) => ident(name),
      storage: (name) => {
        const type = this.#features.typeOf(name, place)
        return type === 'money' ? { decimals: 4 } : type === 'integer' ? 'integer' : 'double'
      },
    })
    return { sql: statement, needs: referencedNames(typed) }
  }

  #from(definition: Definition<Metric>): string {
    const { from } = definition.value
    if (from !== undefined) return from
    throw invalid(definition.placeOf(['measure']), {
      en: 'A measure needs from: the table it reads.',
      zh: 'measure 需要 from 指明所读的表。',
    })
  }

  #unknown(key: string, place: Place): TrancheError {
    const near = nearest(key, this.#definitions.keys())
    return invalid(
      place,
      { en: `There is no metric ${key}.`, zh: `没有指标 ${key}。` },
      near === undefined ? undefined : { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` },
    )
  }
}

interface Population {
  readonly needs: readonly string[]
  /** NULL for customers outside. */
  readonly only: (part: Sql) => Sql
}

function base(
  definition: Definition<Metric>,
  population: Population,
): Pick<MetricPlan, 'key' | 'definition' | 'needs' | 'reads' | 'leftOut' | 'window'> {
  const { window, from, rate } = definition.value
  const table = rate?.from ?? from
  return {
    key: definition.key,
    definition,
    needs: population.needs,
    reads: table === undefined ? [] : [table],
    leftOut: null,
    window: window ?? null,
  }
}

/** Money adds up as it is, doubles as decimals, so that the order of customers does not matter. */
function exact(value: Sql, type: ValueType): Sql {
  if (type === 'double') return byDialect((dialect) => dialect.toDecimal(value, 38, 8))
  return sql`try_cast(${value} as decimal(38, 8))`
}

function invalid(
  place: Place,
  text: { readonly en: string; readonly zh: string },
  hint?: { readonly en: string; readonly zh: string },
): TrancheError {
  return new TrancheError('invalid_definition', text, { place, ...(hint === undefined ? {} : { hint }) })
}
