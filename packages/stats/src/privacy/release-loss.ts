import { StatsError } from '../stats-error.ts'
import type { EquivalenceClasses, SensitiveTable } from './equivalence-classes.ts'

/** What making rows alike costs, and how far it protects. */
export type ReleaseLoss = {
  /** Mean size of the classes over k: 1 where none is larger than it must be. */
  readonly averageClassSize: number
  /** Σ size², each row left out counted as alike with all. */
  readonly discernibility: number
  /** Share of all rows that are left out or do not have their class's most usual sensitive value. */
  readonly misclassified: number
  /** Mean over classes, and largest, of 1 / size: the chance to pick a row's owner out of its class. */
  readonly meanRisk: number
  readonly largestRisk: number
}

/**
 * Measures of what is lost when rows are made alike, and of the risk that is left.
 * Cost O(classes × values).
 * Source: Bayardo & Agrawal (2005), https://doi.org/10.1109/ICDE.2005.42, for discernibility; LeFevre, DeWitt &
 * Ramakrishnan (2006), https://doi.org/10.1109/ICDE.2006.101, for the class size; Iyengar (2002),
 * https://doi.org/10.1145/775047.775089, for misclassification.
 * Parity: pycanon's `metrics`, save that it counts every value as usual that is as frequent as the most usual one.
 * @param leftOut rows of the source that were not released
 * @throws StatsError `emptyData`, `outOfDomain`
 * @example
 * const classes = equivalenceClasses([['20s', '20s', '30s', '30s']])
 * releaseLoss(classes, sensitiveTable(classes, ['flu', 'cold', 'flu', 'flu'])).misclassified // → 0.25
 */
export function releaseLoss(classes: EquivalenceClasses, table: SensitiveTable, leftOut = 0): ReleaseLoss {
  if (!(Number.isInteger(leftOut) && leftOut >= 0))
    throw new StatsError('outOfDomain', `leftOut is ${leftOut}; a whole number of at least 0 was expected.`)
  const sizes = Array.from(classes.sizes)
  if (sizes.length === 0) throw new StatsError('emptyData', 'There are no classes.')
  if (!sizes.every((size) => size > 0))
    throw new StatsError('outOfDomain', 'A class has no rows; at least one was expected.')
  const released = sizes.reduce((sum, size) => sum + size, 0)
  const all = released + leftOut
  const unusual = table.counts.reduce(
    (sum, counts) => sum + counts.reduce((s, c) => s + c, 0) - counts.reduce((m, c) => Math.max(m, c), 0),
    0,
  )
  const risks = sizes.map((size) => 1 / size)
  return {
    averageClassSize: released / (sizes.length * sizes.reduce((a, b) => Math.min(a, b))),
    discernibility: sizes.reduce((sum, size) => sum + size * size, leftOut * all),
    misclassified: (unusual + leftOut) / all,
    meanRisk: risks.reduce((sum, r) => sum + r, 0) / risks.length,
    largestRisk: risks.reduce((a, b) => Math.max(a, b)),
  }
}
