import type { Cell, Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { AsOfPoint } from './calendar.ts'
import type { Computation } from './computation.ts'
import type { MetricPlan } from './metric-plan.ts'

/** A metric with the points as of which it is wanted. */
export interface AskedMetric {
  readonly plan: MetricPlan
  readonly now: AsOfPoint
  readonly previous: AsOfPoint
  readonly year: AsOfPoint
}

export interface Total {
  readonly numerator: number
  readonly denominator: number
  readonly n: number
  readonly leftOut: number
}

/** Totals by metric and point. */
export type Totals = ReadonlyMap<string, Total>
export const totalKey = (key: string, point: AsOfPoint) => `${key} ${point.index}`

/** Writes what each customer adds to each metric now. */
export async function writeCustomerParts(
  warehouse: Warehouse,
  table: string,
  asked: readonly AskedMetric[],
  computation: Computation,
): Promise<void> {
  const columns = asked.flatMap(({ plan: { key } }) => [ident(`${key}_num`), ident(`${key}_den`)])
  await warehouse.run(
    sql`create or replace table ${tableNamed(table)} (${join([sql`customer_id varchar`, ...columns.map((name) => sql`${name} double`)])})`,
  )
  const now = asked[0]?.now
  if (now === undefined) return
  const parts = asked.flatMap(({ plan }) => [plan.numerator, plan.denominator])
  const values = join([sql`customer_id`, ...parts.map((part) => sql`cast(${part} as double)`)])
  const query = computation.query(
    now,
    needsOf(asked),
    (relation) => sql`select ${values} from ${relation} as features`,
  )
  for (const chunk of query.chunks())
    await warehouse.run(sql`insert into ${tableNamed(table)} ${query.statement(chunk)}`)
}

/** Adds up every metric as of every point at which it is wanted. */
export async function addUp(
  warehouse: Warehouse,
  points: readonly AsOfPoint[],
  asked: readonly AskedMetric[],
  computation: Computation,
): Promise<Totals> {
  const totals = new Map<string, Total>()
  for (const point of points) {
    const wanted = asked.filter(({ now, previous, year }) => [now, previous, year].includes(point))
    if (wanted.length === 0) continue
    const sums = new ExactSums()
    const query = computation.query(point, needsOf(wanted), (relation) => totalsOf(relation, wanted))
    const chunks = query.chunks()
    if (chunks.length === 0) return totals
    for (const chunk of chunks) sums.add(await warehouse.row(query.statement(chunk)))
    wanted.forEach(({ plan }, index) => {
      totals.set(totalKey(plan.key, point), {
        numerator: sums.of(`num${index}`),
        denominator: sums.of(`den${index}`),
        n: sums.of(`n${index}`),
        leftOut: sums.of(`out${index}`),
      })
    })
  }
  return totals
}

function needsOf(asked: readonly AskedMetric[]): readonly string[] {
  return asked.flatMap(({ plan }) => plan.needs)
}

function totalsOf(relation: Sql, asked: readonly AskedMetric[]): Sql {
  const columns = asked.flatMap(({ plan: { form, numerator, denominator, leftOut } }, index) => {
    const part = (name: string, value: Sql) => sql`${value} as ${ident(`${name}${index}`)}`
    const total = (value: Sql) => sql`sum(cast(${value} as decimal(38, 8)))`
    const counted = form === 'sum' ? numerator : denominator
    return [
      part('num', total(numerator)),
      part('den', total(denominator)),
      part('n', sql`count(${counted})`),
      ...(leftOut === null ? [] : [part('out', sql`count(${leftOut})`)]),
    ]
  })
  return sql`select ${join(columns)} from ${relation} as features`
}

/** Sums of the chunks' rows, without rounding. */
class ExactSums {
  readonly #sums = new Map<string, bigint>()

  add(row: Readonly<Record<string, Cell>>): void {
    for (const [name, cell] of Object.entries(row))
      this.#sums.set(name, (this.#sums.get(name) ?? 0n) + toScaled(cell))
  }

  of(name: string): number {
    return fromScaled(this.#sums.get(name) ?? 0n)
  }
}

const scaleDigits = 8

/** Exact text of a DECIMAL(38,8) or a whole number as a whole number of the smallest unit. */
function toScaled(cell: Cell): bigint {
  const [whole = '0', fraction = ''] = String(cell ?? '0').split('.')
  return BigInt(`${whole}${fraction.padEnd(scaleDigits, '0')}`)
}

function fromScaled(value: bigint): number {
  const digits = (value < 0n ? -value : value).toString().padStart(scaleDigits + 1, '0')
  return Number(`${value < 0n ? '-' : ''}${digits.slice(0, -scaleDigits)}.${digits.slice(-scaleDigits)}`)
}
