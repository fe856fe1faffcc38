import type { Warehouse } from '../../engine/warehouse.ts'
import { type Sql, sql } from '../../sql/sql.ts'
import { type Found, ofPositive } from './interval.ts'

/**
 * Ratios of men to women. The variance of the logarithm of a ratio of sums is the sum of squared influences of the
 * customers (the delta method): y/Σy − x/Σx in either group for Σy ÷ Σx.
 */
export async function foundRatios(
  warehouse: Warehouse,
  people: Sql,
): Promise<readonly (readonly [string, Found])[]> {
  const one = sql`1`
  const asked: readonly {
    readonly key: string
    readonly y: Sql
    readonly x: Sql | null
    readonly where: Sql
  }[] = [
    { key: 'gender.revenue_ratio', y: sql`revenue_total`, x: null, where: sql`revenue_total is not null` },
    {
      key: 'gender.ticket_ratio',
      y: sql`spend_total`,
      x: sql`purchases_total`,
      where: sql`purchases_total > 0`,
    },
    {
      key: 'gender.first_investment_ratio',
      y: sql`first_investment_amount`,
      x: one,
      where: sql`first_investment_amount is not null`,
    },
  ]
  const found: (readonly [string, Found])[] = []
  for (const { key, y, x, where } of asked) {
    const rows = await warehouse.rows<{ gender: string } & Sums>(sql`
      with amounts as ( -- one row per customer
        select gender, cast(${y} as double) as y, cast(${x ?? one} as double) as x from ${people} where ${where}
      )
      select gender, sum(y) as y, sum(x) as x, sum(y * y) as yy, sum(x * y) as xy, sum(x * x) as xx
      from amounts group by 1`)
    const [men, women] = ['male', 'female'].map((gender) => rows.find((row) => row.gender === gender))
    if (men === undefined || women === undefined || !(men.y > 0 && women.y > 0)) continue
    const level = ({ y: total, x: of }: Sums): number => (x === null ? total : total / of)
    const variance = [men, women].reduce((sum, sums) => sum + squaredInfluence(sums, x !== null), 0)
    found.push([key, ofPositive(level(men) / level(women), Math.sqrt(variance))])
  }
  return found
}

type Sums = {
  readonly y: number
  readonly x: number
  readonly yy: number
  readonly xy: number
  readonly xx: number
}

function squaredInfluence({ y, x, yy, xy, xx }: Sums, isMean: boolean): number {
  return isMean ? yy / (y * y) - (2 * xy) / (x * y) + xx / (x * x) : yy / (y * y)
}
