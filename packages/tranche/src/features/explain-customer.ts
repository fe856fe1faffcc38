import type { StandardTable, Text, Unit } from '@tranche/contract'
import { evaluateExpression, printExpression, type Row, referencedNames, type Value } from '@tranche/language'
import type { Cell, Row as PrintedRow, Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { AnalysedFeature, AnalysedMeasure } from './analysed.ts'
import { type AsOfPoint, createCalendar, dateLiteral, dayNumber, rangeOf } from './calendar.ts'
import { Computation } from './computation.ts'
import type { FollowingRows, Surroundings } from './evaluate-rows.ts'
import { FeatureSet } from './feature-set.ts'
import type { TableRows } from './table-rows.ts'

export interface ExplainCustomerOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Pick<Catalogue, 'features' | 'extras' | 'workspace'>
  readonly customer: string
  /** Instant, ISO in UTC. */
  readonly asOf: string
  /** Only these features; all unless said. */
  readonly keys?: readonly string[]
  readonly signal?: AbortSignal
}

/** A value with what made it: rows of a table, or other features. */
export interface ExplainedFeature {
  readonly key: string
  readonly label: Text
  readonly unit: Unit
  readonly value: Cell
  /** What a missing value means, where the definition says so. */
  readonly missing: Text | null
  readonly madeOf:
    | {
        readonly kind: 'rows'
        readonly table: string
        /** Rows that count, in the order of their time, with the columns that the definition reads. */
        readonly rows: readonly PrintedRow[]
        readonly surroundings: Surroundings
        /** Rows of another table that may follow them, where the definition names one. */
        readonly following?: FollowingRows & { readonly table: string }
      }
    | { readonly kind: 'features'; readonly expression: string; readonly keys: readonly string[] }
}

export interface CustomerExplanation {
  readonly customer: string
  readonly asOf: string
  readonly features: readonly ExplainedFeature[]
}

/**
 * Computes a customer's features as of an instant, each with the rows that made it.
 * @throws TrancheError not_found for somebody who is no customer at the instant
 */
export async function explainCustomer(options: ExplainCustomerOptions): Promise<CustomerExplanation> {
  const { warehouse, catalogue, customer, signal } = options
  const calendar = createCalendar(catalogue.workspace.timeZone, [options.asOf])
  const point = calendar.points[0]!
  const features = new FeatureSet(catalogue, calendar)
  const asked = catalogue.features.filter(({ key }) => options.keys?.includes(key) ?? true)
  const computation = new Computation({ warehouse, features, signal, customer })
  for (const { key, place } of asked) {
    features.node(key, place)
    computation.ask(key, point)
  }
  try {
    await computation.read()
    const values = await valuesOf(
      warehouse,
      computation,
      point,
      asked.map(({ key }) => key),
    )
    if (values === undefined) throw nobody(customer, point)
    const explained: ExplainedFeature[] = []
    for (const { key, value: definition } of asked) {
      const node = features.nodes.get(key)!
      const common = {
        key,
        label: definition.label,
        unit: definition.unit,
        value: values[key] ?? null,
        missing: definition.missing ?? null,
      }
      if (node.kind === 'derived') {
        const { content, needs } = node.derived
        const expression =
          content.kind === 'ratio'
            ? `${content.numerator} / ${content.denominator}`
            : printExpression(content.typed)
        explained.push({ ...common, madeOf: { kind: 'features', expression, keys: needs } })
        continue
      }
      const { measure } = node
      const rows = await warehouse.rows(rowsOf(measure, customer, point))
      const historyIn = async ({ table }: TableRows) =>
        await computation.plan(table.name).historyOf(warehouse, customer, point)
      const history = await historyIn(measure.rows)
      const surroundings: Surroundings = {
        point,
        timeZone: calendar.timeZone,
        ...history,
        onboarded: typeof values['_onboarded'] === 'string' ? values['_onboarded'] : null,
      }
      const madeOf = { kind: 'rows' as const, table: measure.rows.table.name, rows, surroundings }
      const other = followingOf(measure)
      if (other === undefined) {
        explained.push({ ...common, madeOf })
        continue
      }
      const following = {
        table: other.rows.table.name,
        rows: await warehouse.rows(followingSql(other, customer, point)),
        tableHasRows: (await historyIn(other.rows)).tableHasRows,
      }
      explained.push({ ...common, madeOf: { ...madeOf, following } })
    }
    return { customer, asOf: point.instant, features: explained }
  } finally {
    await computation.drop()
  }
}

async function valuesOf(
  warehouse: Warehouse,
  computation: Computation,
  point: AsOfPoint,
  keys: readonly string[],
): Promise<PrintedRow | undefined> {
  const query = computation.query(point, keys, (relation) => sql`select * from ${relation} as features`)
  const [chunk] = query.chunks()
  if (chunk === undefined) return undefined
  const [row] = await warehouse.rows(query.statement(chunk))
  return row
}

/** The customer's rows that count, with what the definition reads. */
function rowsOf(feature: AnalysedFeature, customer: string, point: AsOfPoint): Sql {
  const { rows, where, window } = feature
  const { table } = rows
  const range = rangeOf(window, point)
  const counted = [
    ...(where === null ? [] : [rows.toSql(where, point)]),
    ...(range.from === null ? [] : [sql`${rows.day!} >= ${dateLiteral(range.from)}`]),
    ...(range.to === null ? [] : [sql`${rows.day!} < ${dateLiteral(range.to)}`]),
  ]
  // What follows the rows that count is shown with them.
  const { measure } = feature
  const next =
    measure.kind === 'followed' && followingOf(feature) === undefined ? [rows.toSql(measure.next, point)] : []
  const either =
    counted.length === 0 ? [] : [sql`(${join([sql`(${join(counted, ' and ')})`, ...next], ' or ')})`]
  return printedSql(table, columnsOf(feature), [
    sql`customer_id = ${customer}`,
    rows.visibleAt(point),
    ...either,
  ])
}

type Followed = Extract<AnalysedMeasure, { readonly kind: 'followed' }>

/** What follows rows of one table in another. */
function followingOf({ rows, measure }: AnalysedFeature): Followed | undefined {
  return measure.kind === 'followed' && measure.rows !== rows ? measure : undefined
}

/** The customer's rows of another table that may follow. */
function followingSql({ rows, next }: Followed, customer: string, point: AsOfPoint): Sql {
  return printedSql(rows.table, referencedNames(next.typed), [
    sql`customer_id = ${customer}`,
    rows.visibleAt(point),
    rows.toSql(next, point),
  ])
}

/** Rows in the order of their time, with the columns that are read and those that name a row. */
function printedSql(table: StandardTable, read: readonly string[], conditions: readonly Sql[]): Sql {
  const names = new Set([
    ...(table.time === undefined ? [] : [table.time]),
    ...table.key.filter((name) => name !== 'customer_id'),
    ...read,
    'known_at',
    '_file',
    '_line',
  ])
  names.delete('as_of')
  const order = [...(table.time === undefined ? [] : [table.time]), '_file', '_line'].map(
    (name) => sql`${ident(name)} nulls first`,
  )
  return sql`select ${join([...names].map((name) => ident(name)))} from ${tableNamed('standard', table.name)}
    where ${join(conditions, ' and ')} order by ${join(order)}`
}

function columnsOf(feature: AnalysedFeature): readonly string[] {
  const { where, measure } = feature
  const own = followingOf(feature) === undefined ? expressionsOf(measure) : []
  const expressions = [where, ...own].filter((one) => one !== null)
  return [
    ...expressions.flatMap(({ typed }) => referencedNames(typed)),
    ...('by' in measure ? measure.by : []),
    ...('per' in measure ? [measure.per] : []),
    ...('column' in measure ? [measure.column] : []),
  ]
}

function expressionsOf(measure: AnalysedMeasure) {
  if (measure.kind === 'share') return [measure.condition, measure.of]
  if (measure.kind === 'followed') return [measure.next]
  return 'value' in measure ? [measure.value] : []
}

function nobody(customer: string, point: AsOfPoint): TrancheError {
  return new TrancheError(
    'not_found',
    {
      en: `${JSON.stringify(customer)} is no customer as of ${point.instant}.`,
      zh: `截至 ${point.instant}，没有客户 ${JSON.stringify(customer)}。`,
    },
    {
      hint: {
        en: 'Customers are named as in the sources; try a later --at.',
        zh: '客户编号与来源一致；也可尝试更晚的 --at。',
      },
    },
  )
}

/** Evaluates a feature made of features over their printed values. */
export function evaluateDerived(
  node: Extract<ReturnType<FeatureSet['node']>, { readonly kind: 'derived' }>,
  values: Readonly<Record<string, Cell>>,
  typeOf: (key: string) => string,
): Value | undefined {
  const read = (key: string): Value | null => {
    const cell = values[key] ?? null
    if (cell === null) return null
    const type = typeOf(key)
    if (type === 'bool') return cell === true
    if (type === 'string') return String(cell)
    if (type === 'date') return dayNumber(String(cell))
    if (type === 'instant') return BigInt(Date.parse(String(cell))) * 1000n
    return Number(cell)
  }
  const { content } = node.derived
  if (content.kind === 'ratio') {
    const [numerator, denominator] = [read(content.numerator), read(content.denominator)]
    if (numerator === null || denominator === null || Number(denominator) === 0) return undefined
    return Number(numerator) / Number(denominator)
  }
  const row: Row = Object.fromEntries(node.derived.needs.map((key) => [key, read(key)]))
  return evaluateExpression(content.typed, row)
}
