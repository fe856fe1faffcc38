import { fitLeastSquares } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { type Sql, sql } from '../../sql/sql.ts'
import { type Found, ofMean } from './interval.ts'
import { regionNumber } from './people.ts'

type Cell = {
  readonly gender: string
  readonly age: string
  readonly creative: string
  readonly channel: string
  readonly region: string
  readonly n: number
  readonly converted: number
}

const held = ['age', 'creative', 'channel', 'region'] as const

/**
 * Women minus men in conversion at equal age, creative, channel and region: a linear model of the 0/1 outcome, fitted
 * on counts of like customers. Its errors are not alike (a rate of 0.4 varies more than one of 0.1), so that the
 * variance is the sandwich of White (1980), Econometrica 48.
 */
export async function foundAdjustedGap(
  warehouse: Warehouse,
  people: Sql,
): Promise<readonly (readonly [string, Found])[]> {
  const cells = await warehouse.rows<Cell>(sql`
    select gender, cast(age_years as varchar) as age, creative, channel, cast(${regionNumber} as varchar) as region,
      count(*) as n, count(*) filter (where conversion_30d) as converted
    from ${people}
    where conversion_30d is not null and age_years is not null and creative is not null and channel is not null
      and province is not null
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`)
  const { design, p } = designOf(cells)
  if (cells.length <= p || new Set(cells.map(({ gender }) => gender)).size < 2) return []
  const weights = Float64Array.from(cells, ({ n }) => n)
  const rates = Float64Array.from(cells, ({ n, converted }) => converted / n)
  const fit = fitLeastSquares(design, rates, cells.length, p, weights)
  // Row of the inverse that belongs to gender, which is the second column.
  const row = fit.inverseGram.subarray(p, 2 * p)
  let variance = 0
  cells.forEach(({ n, converted }, index) => {
    const x = design.subarray(index * p, (index + 1) * p)
    const leverage = row.reduce((sum, value, column) => sum + value * x[column]!, 0)
    const fitted = rates[index]! - fit.residuals[index]!
    variance += leverage ** 2 * (converted * (1 - fitted) ** 2 + (n - converted) * fitted ** 2)
  })
  return [['gender.conversion_30d.gap_adjusted', ofMean(fit.coefficients[1]!, Math.sqrt(variance))]]
}

/** One, woman, and a dummy for each level of what is held fixed but the first. */
function designOf(cells: readonly Cell[]): { readonly design: Float64Array; readonly p: number } {
  const places = new Map<string, number>()
  for (const name of held)
    for (const level of [...new Set(cells.map((cell) => cell[name]))].sort().slice(1))
      places.set(`${name}=${level}`, 2 + places.size)
  const p = 2 + places.size
  const design = new Float64Array(cells.length * p)
  cells.forEach((cell, index) => {
    design[index * p] = 1
    design[index * p + 1] = cell.gender === 'female' ? 1 : 0
    for (const name of held) {
      const place = places.get(`${name}=${cell[name]}`)
      if (place !== undefined) design[index * p + place] = 1
    }
  })
  return { design, p }
}
