import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import { neededSample } from '../compare.ts'
import type { Notebook, Point } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { both, everybody, type Group } from '../group.ts'
import {
  conversionMeasure,
  type Measure,
  mainAmount,
  measureOf,
  missingShare,
  outcomeMeasures,
} from '../measures.ts'
import {
  conditionsText,
  type ProfileAttribute,
  profileAttributes,
  profileGroup,
} from '../profile/attributes.ts'
import { type Halves, readHalves } from '../profile/halves.ts'
import { naiveProfile } from '../profile/naive.ts'
import { differenceOf, type Lift, liftOf } from '../profile/prove.ts'
import { type Condition, type Conjunction, type SearchOptions, searchProfile } from '../profile/search.ts'
import { type Training, trainingOf } from '../profile/training.ts'
import { type GroupSummary, intervalOf, isDisclosable, summarise } from '../summaries.ts'

const section = 'profile'
const mostConditions = 4
/** A profile that fits fewer customers than this share is a curiosity. */
const leastShare = 0.015
const leastMembers = 50
/** A profile with what it says on the proof half. */
interface Proven {
  readonly conditions: readonly Condition[]
  readonly text: string
  readonly names: readonly string[]
  readonly group: Group
  /** Members in the proof half. */
  readonly members: Group
  readonly part: GroupSummary
  readonly lift: Lift
}

interface Search {
  readonly book: Notebook
  readonly measure: Measure
  readonly attributes: readonly ProfileAttribute[]
  readonly halves: Halves
  readonly proof: Group
  readonly whole: GroupSummary
  /** Whether law or policy keeps an attribute out of decisions. */
  readonly isProtected: (name: string) => boolean
}

/**
 * Who the best customers are: the conjunction of a few attributes with the best lower bound of conversion, value or an
 * outcome, searched on one half of the customers and proven on the other; beside it the profile put together one
 * attribute at a time, and the best one without protected attributes, with what that costs.
 */
export async function sayProfile(
  book: Notebook,
  warehouse: Warehouse,
  names: readonly string[],
  isProtected: (name: string) => boolean,
): Promise<boolean> {
  const attributes = profileAttributes(book, names)
  if (attributes.length < 2) return false
  const halves = await readHalves(warehouse, book.frame)
  const mask = new Uint8Array(halves.buckets.length)
  let n = 0
  for (let row = 0; row < mask.length; row++)
    if (!halves.isTraining(halves.buckets[row]!)) {
      mask[row] = 1
      n++
    }
  const proof: Group = { mask, n, condition: halves.inProof, rule: undefined, columns: [] }
  const measures = [
    conversionMeasure(book.frame),
    measureOf(book.frame, 'value_12m') ?? mainAmount(book.frame),
    ...outcomeMeasures(book.frame),
  ].filter((measure): measure is Measure => measure !== undefined)
  const before = book.findings.length
  // A part of the country is told by its provinces: what rests on a protected column is protected.
  const byName = new Map(attributes.map(({ name, columns }) => [name, columns.some(isProtected)]))
  const restsOnProtected = (name: string) => byName.get(name) ?? false
  for (const measure of measures) {
    const others = attributes.filter(({ columns }) => !columns.includes(measure.column))
    const whole = summarise(book.frame, measure, proof)
    sayBest({ book, measure, attributes: others, halves, proof, whole, isProtected: restsOnProtected })
  }
  return book.findings.length > before
}

function sayBest(search: Search): void {
  const { book, measure, attributes, whole, isProtected } = search
  const training = trainingOf(book.frame, measure, attributes, search.halves)
  if (training === undefined || !isDisclosable(measure, whole, book.minimum)) return
  const options: SearchOptions = {
    kind: measure.kind,
    least: Math.max(book.minimum, leastMembers, Math.ceil(leastShare * training.values.length)),
    leastOfEach: 2 * book.minimum,
    mostConditions,
  }
  const open = searchAmong(search, training, options, (name) => !isProtected(name))
  const all = searchAmong(search, training, options, () => true)
  // The beam may miss with more attributes what it finds with fewer.
  const found = all && open && open.score.low > all.score.low ? open : all
  const best = found && prove(search, found.conditions)
  if (best === undefined) return
  const key = `${section}.${measure.column}`
  const worth = worthOf(book, measure, best.group)
  const isOutcome = measure.column.startsWith('outcome_')
  const isAmount = book.frame.amounts.includes(measure.column)
  const common = {
    section,
    metric: measure.column,
    n: whole.n,
    missingShare: missingShare(book.frame, measure.column),
  } as const
  book.say({
    ...common,
    key: `${key}.best`,
    message: isOutcome
      ? 'profile.outcome.rate'
      : isAmount
        ? 'profile.outcome.mean'
        : `profile.${worth ? 'best_worth' : 'best'}.${measure.kind}`,
    subject: 'best',
    unit: 'number',
    estimate: best.lift.estimate,
    low: best.lift.low,
    high: best.lift.high,
    p: best.lift.p,
    effectSize: best.lift.effectSize,
    neededN: neededSample(whole.n, best.lift.p),
    values: { ...valuesOf(search, best), ...(isOutcome ? {} : worth) },
    query: liftQuery(search, best),
    group: best.group,
    weight: measure.weight,
  })
  if (best.lift.p >= 0.05) return
  const naive = naiveProfile(training.attributes, training.values, options)
  const proven: [string, Proven][] = [['best', best]]
  const plain = naive && prove(search, naive.conditions)
  if (plain && plain.text !== best.text) {
    proven.push(['naive', plain])
    book.say({
      ...common,
      key: `${key}.naive`,
      message: `profile.naive.${measure.kind}`,
      subject: 'naive',
      unit: 'number',
      estimate: plain.lift.estimate,
      low: plain.lift.low,
      high: plain.lift.high,
      values: { ...valuesOf(search, plain), best_value: best.part.mean, best_people: best.group.n },
      query: liftQuery(search, plain),
      group: plain.group,
      weight: 24,
    })
  }
  if (best.names.some(isProtected)) {
    const allowed = open && prove(search, open.conditions)
    if (allowed) {
      proven.push(['allowed', allowed])
      sayCost(search, best, allowed, common)
    }
  }
  draw(search, proven)
}

/** The best conjunction of the attributes whose names are wanted. */
function searchAmong(
  { attributes }: Search,
  training: Training,
  options: SearchOptions,
  isWanted: (name: string) => boolean,
): Conjunction | undefined {
  const kept = attributes.flatMap(({ name }, index) => (isWanted(name) ? [index] : []))
  const found = searchProfile(
    kept.map((index) => training.attributes[index]!),
    training.values,
    options,
  )
  return (
    found && {
      ...found,
      conditions: found.conditions.map((condition) => ({
        ...condition,
        attribute: kept[condition.attribute]!,
      })),
    }
  )
}

/** What those who fit are worth beside everybody, where the measure is not worth itself. */
function worthOf({ frame, minimum }: Notebook, measure: Measure, group: Group) {
  const value = measureOf(frame, 'value_12m')
  if (!value || measure.kind !== 'rate') return undefined
  const own = summarise(frame, value, group)
  const all = summarise(frame, value, everybody(frame))
  return own.n >= Math.max(minimum, 2) ? { worth: own.mean, worth_all: all.mean } : undefined
}

/** What is given up by leaving protected attributes out. */
function sayCost(
  { book, measure, proof, isProtected }: Search,
  best: Proven,
  allowed: Proven,
  common: { section: typeof section; metric: string; n: number; missingShare: number },
): void {
  const shared = summarise(book.frame, measure, both(best.members, allowed.group))
  const cost = differenceOf(best.part, allowed.part, shared)
  const used = best.names.filter(isProtected)
  const mean = (profile: Proven): Sql =>
    sql`avg(cast(${ident(measure.column)} as double)) filter (where ${profile.group.condition!})`
  book.say({
    ...common,
    key: `${section}.${measure.column}.allowed`,
    message: `profile.allowed.${measure.kind}`,
    subject: 'allowed',
    unit: measure.unit,
    estimate: cost.estimate,
    low: cost.low,
    high: cost.high,
    values: {
      without: used.join(' '),
      conditions: allowed.text,
      a_value: allowed.part.mean,
      a_n: allowed.part.n,
      lift: allowed.lift.estimate,
      people: allowed.group.n,
      reach: allowed.group.n / book.frame.rowCount,
    },
    query: sql`select ${mean(best)} - ${mean(allowed)} as estimate
from ${tablesOf(book.frame, [measure.column, ...best.group.columns, ...allowed.group.columns])} where ${proof.condition!}`,
    group: allowed.group,
    weight: measure.weight * 0.7,
  })
}

/** What a profile found on one half says on the other; undefined where too few may be shown. */
function prove({ book, measure, attributes, proof, whole }: Search, conditions: readonly Condition[]) {
  const group = profileGroup(book.frame, attributes, conditions)
  const members = both(group, proof)
  const part = summarise(book.frame, measure, members)
  if (!isDisclosable(measure, part, book.minimum) || whole.n - part.n < book.minimum) return undefined
  const lift = liftOf(measure, part, whole)
  if (lift === undefined) return undefined
  const names = conditions.map(({ attribute }) => attributes[attribute]!.name)
  return { conditions, text: conditionsText(attributes, conditions), names, group, members, part, lift }
}

function valuesOf({ book, whole }: Search, { text, group, part }: Proven) {
  return {
    conditions: text,
    a_value: part.mean,
    a_n: part.n,
    all_value: whole.mean,
    people: group.n,
    reach: group.n / book.frame.rowCount,
  }
}

function liftQuery({ book, measure, proof }: Search, { group }: Proven): Sql {
  const mean = sql`avg(cast(${ident(measure.column)} as double))`
  return sql`select ${mean} filter (where ${group.condition!}) / ${mean} as estimate
from ${tablesOf(book.frame, [measure.column, ...group.columns])} where ${proof.condition!}`
}

/** The profiles side by side on the proof half, with everybody. */
function draw({ book, measure, whole }: Search, proven: readonly (readonly [string, Proven])[]): void {
  const point = (label: string, summary: GroupSummary): Point => {
    const ends = intervalOf(measure, summary)
    return {
      series: 'level',
      label,
      x: null,
      y: summary.mean,
      low: ends?.low ?? null,
      high: ends?.high ?? null,
      n: summary.n,
    }
  }
  book.draw(
    {
      figure: `${section}.${measure.column}`,
      section,
      kind: 'dots',
      finding: `${section}.${measure.column}.best`,
      metric: measure.column,
      attribute: 'profile',
      unit: measure.unit,
      n: whole.n,
    },
    [...proven.map(([label, { part }]) => point(label, part)), point('everybody', whole)],
  )
}
