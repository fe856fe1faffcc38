import { requireSameLength, StatsError } from '../stats-error.ts'
import type { TreeColumn, TreeData } from '../supervised/tree-columns.ts'

/** Rows with their treatment, 0 or 1. */
export type TreatedData = TreeData & { readonly treatment: Float64Array }

/** Chance of treatment by row, or one for all: known by design, or from a model. */
export type Propensity = number | Float64Array

/** Rows of one arm. */
export function armRows({ treatment }: TreatedData, arm: number): Uint32Array {
  return Uint32Array.from({ length: treatment.length }, (_, i) => i).filter((i) => treatment[i] === arm)
}

/** The data of some rows. */
export function rowsOf(data: TreatedData, rows: Uint32Array): TreatedData {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]!)
  const columns = data.columns.map((c): TreeColumn => {
    if (c.kind === 'category') return { ...c, codes: Int32Array.from(rows, (i) => c.codes[i]!) }
    const { valid } = c
    return {
      ...c,
      values: pick(c.values),
      ...(valid ? { valid: Uint8Array.from(rows, (i) => valid[i]!) } : {}),
    }
  })
  return {
    columns,
    y: pick(data.y),
    treatment: pick(data.treatment),
    ...(data.weights ? { weights: pick(data.weights) } : {}),
  }
}

/** The chance of treatment of each row. @throws StatsError `outOfDomain`, `lengthMismatch` */
export function propensities(data: TreatedData, propensity: Propensity): Float64Array {
  const n = data.y.length
  const e = typeof propensity === 'number' ? new Float64Array(n).fill(propensity) : propensity
  requireSameLength({ y: data.y, propensity: e })
  e.forEach((p, i) => {
    if (!(p > 0 && p < 1))
      throw new StatsError(
        'outOfDomain',
        `The propensity of row ${i} is ${p}; a number strictly between 0 and 1 was expected.`,
        { hint: 'Leave out rows that could only be treated, or never be.' },
      )
  })
  return e
}

/** @throws StatsError `oneClass`, `outOfDomain`, `lengthMismatch`, `emptyData` */
export function requireTreated({ y, treatment, columns }: TreatedData): void {
  const n = requireSameLength({ y, treatment })
  let treated = 0
  for (let i = 0; i < n; i++) {
    if (treatment[i] !== 0 && treatment[i] !== 1)
      throw new StatsError(
        'outOfDomain',
        `The treatment of row ${i} is ${treatment[i]}; 0 or 1 was expected.`,
      )
    treated += treatment[i]!
  }
  if (columns.length === 0) throw new StatsError('emptyData', 'There are no columns to tell rows apart by.')
  if (treated === 0 || treated === n)
    throw new StatsError('oneClass', `${treated} of ${n} rows are treated; both arms were expected.`)
}
