import { StatsError } from '../stats-error.ts'
import type { EquivalenceClasses, SensitiveTable } from './equivalence-classes.ts'
import { requireTable } from './require-table.ts'

/**
 * k-anonymity: the size of the smallest class.
 * A whole number ≥ 1.
 * Cost O(classes).
 * Source: Sweeney (2002), IJUFKS 10, https://doi.org/10.1142/S0218488502001648
 * @throws nothing
 * @example
 * kAnonymity(equivalenceClasses([['20s', '20s', '30s', '30s', '30s']])) // → 2
 */
export function kAnonymity({ sizes }: EquivalenceClasses): number {
  return sizes.reduce((least, size) => Math.min(least, size), Number.POSITIVE_INFINITY)
}

/**
 * Distinct l-diversity: the fewest sensitive values in a class.
 * A whole number ≥ 1.
 * Cost O(classes × values).
 * Source: Machanavajjhala et al. (2007), TKDD 1, https://doi.org/10.1145/1217299.1217302
 * @throws StatsError `lengthMismatch`, `outOfDomain` for a table that `sensitiveTable` does not make
 * @example
 * const classes = equivalenceClasses([['20s', '20s', '30s', '30s', '30s']])
 * lDiversity(sensitiveTable(classes, ['flu', 'cold', 'flu', 'flu', 'cold'])) // → 2
 */
export function lDiversity(table: SensitiveTable): number {
  const { counts } = requireTable(table)
  return Math.min(...counts.map(distinct))
}

/**
 * Entropy l-diversity: the largest whole l with entropy ≥ ln l in every class.
 * A whole number ≥ 1.
 * Cost O(classes × values).
 * Source: Machanavajjhala et al. (2007), definition 4.1, https://doi.org/10.1145/1217299.1217302
 * @throws StatsError `lengthMismatch`, `outOfDomain` for a table that `sensitiveTable` does not make
 * @example
 * const classes = equivalenceClasses([['20s', '20s', '30s', '30s', '30s']])
 * entropyLDiversity(sensitiveTable(classes, ['flu', 'cold', 'flu', 'flu', 'cold'])) // → 1
 */
export function entropyLDiversity(table: SensitiveTable): number {
  const { counts, sizes } = requireTable(table)
  const least = Math.min(
    ...counts.map((row, c) => {
      let entropy = 0
      for (const count of row) if (count > 0) entropy -= (count / sizes[c]!) * Math.log(count / sizes[c]!)
      return entropy
    }),
  )
  return Math.floor(Math.exp(least) * (1 + 1e-12))
}

/**
 * Recursive (c, l)-diversity at l = distinct l-diversity: the smallest whole c that every class satisfies.
 * - `machanavajjhala`: the most frequent value is below c times the sum of the l-th and rarer ones.
 * - `pycanon`: the same with values from the rarest up, as the package computes it.
 * Cost O(classes × values).
 * Source: Machanavajjhala et al. (2007), definition 4.2, https://doi.org/10.1145/1217299.1217302
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `assumptionFailed` if l is 1, where no c exists.
 * @example
 * const classes = equivalenceClasses([['20s', '20s', '30s', '30s', '30s']])
 * recursiveDiversity(sensitiveTable(classes, ['flu', 'cold', 'flu', 'flu', 'cold'])) // → { c: 3, l: 2 }
 */
export function recursiveDiversity(
  table: SensitiveTable,
  convention: 'machanavajjhala' | 'pycanon' = 'machanavajjhala',
): { readonly c: number; readonly l: number } {
  const l = lDiversity(table)
  if (l < 2)
    throw new StatsError(
      'assumptionFailed',
      'Some class holds one sensitive value only, so no (c, l)-diversity holds.',
    )
  const c = Math.max(
    ...table.counts.map((row) => {
      const sorted = Array.from(row)
        .filter((count) => count > 0)
        .sort((a, b) => (convention === 'pycanon' ? a - b : b - a))
      const rest = sorted.slice(l - 1).reduce((s, x) => s + x, 0)
      return Math.floor(sorted[0]! / rest) + 1
    }),
  )
  return { c, l }
}

/**
 * (α, k)-anonymity: the largest share that one sensitive value has of a class.
 * Range: (0, 1].
 * Cost O(classes × values).
 * Source: Wong et al. (2006), KDD, https://doi.org/10.1145/1150402.1150499
 * @throws StatsError `lengthMismatch`, `outOfDomain` for a table that `sensitiveTable` does not make
 * @example
 * const classes = equivalenceClasses([['20s', '20s', '30s', '30s', '30s']])
 * alphaAnonymity(sensitiveTable(classes, ['flu', 'cold', 'flu', 'flu', 'cold'])) // → 0.6666667
 */
export function alphaAnonymity(table: SensitiveTable): number {
  const { counts, sizes } = requireTable(table)
  return Math.max(...counts.map((row, c) => Math.max(...row) / sizes[c]!))
}

/**
 * t-closeness: the largest earth mover's distance between a class and all rows. `ordered` for numbers (steps between
 * neighbouring values cost 1/(m − 1)), `equal` for categories (half the sum of absolute differences).
 * Range: [0, 1].
 * Cost O(classes × values).
 * Source: Li, Li & Venkatasubramanian (2007), ICDE, sections 4.1 and 4.2, https://doi.org/10.1109/ICDE.2007.367856
 * @throws StatsError `lengthMismatch`, `outOfDomain` for a table that `sensitiveTable` does not make
 * @example
 * const classes = equivalenceClasses([['20s', '20s', '30s', '30s', '30s']])
 * tCloseness(sensitiveTable(classes, ['flu', 'cold', 'flu', 'flu', 'cold']), 'equal') // → 0.1
 */
export function tCloseness(table: SensitiveTable, distance: 'ordered' | 'equal'): number {
  const { counts, sizes, overall } = requireTable(table)
  const m = overall.length
  if (m < 2) return 0
  return Math.max(
    ...counts.map((row, c) => {
      let moved = 0
      let carried = 0
      for (let v = 0; v < m; v++) {
        const difference = row[v]! / sizes[c]! - overall[v]!
        carried += difference
        moved += Math.abs(distance === 'ordered' ? carried : difference)
      }
      return distance === 'ordered' ? moved / (m - 1) : moved / 2
    }),
  )
}

/**
 * β-likeness: the largest relative gain of a sensitive value's share in a class. `enhanced` cuts it at −ln of the rarest
 * value's share.
 * Range: [0, Infinity).
 * Cost O(classes × values).
 * Source: Cao & Karras (2012), VLDB 5, definitions 2 and 3, https://doi.org/10.14778/2350229.2350255
 * Parity: pycanon.
 * @throws StatsError `lengthMismatch`, `outOfDomain` for a table that `sensitiveTable` does not make
 * @example
 * const classes = equivalenceClasses([['20s', '20s', '30s', '30s', '30s']])
 * betaLikeness(sensitiveTable(classes, ['flu', 'cold', 'flu', 'flu', 'cold']), 'basic') // → 0.25
 */
export function betaLikeness(table: SensitiveTable, kind: 'basic' | 'enhanced'): number {
  const { counts, sizes, overall } = requireTable(table)
  const beta = Math.max(
    ...counts.map((row, c) =>
      Math.max(...Array.from(row, (count, v) => (count / sizes[c]! - overall[v]!) / overall[v]!)),
    ),
  )
  if (kind === 'basic') return beta
  return Math.max(...Array.from(overall, (share) => Math.min(beta, -Math.log(share))))
}

/**
 * δ-disclosure privacy: the largest |ln| of a share in a class over the share in all rows, over values present.
 * Range: [0, Infinity).
 * Cost O(classes × values).
 * Source: Brickell & Shmatikov (2008), KDD, https://doi.org/10.1145/1401890.1401904
 * Parity: pycanon.
 * @throws StatsError `lengthMismatch`, `outOfDomain` for a table that `sensitiveTable` does not make
 * @example
 * const classes = equivalenceClasses([['20s', '20s', '30s', '30s', '30s']])
 * deltaDisclosure(sensitiveTable(classes, ['flu', 'cold', 'flu', 'flu', 'cold'])) // → 0.2231436
 */
export function deltaDisclosure(table: SensitiveTable): number {
  const { counts, sizes, overall } = requireTable(table)
  let largest = 0
  counts.forEach((row, c) => {
    row.forEach((count, v) => {
      if (count > 0) largest = Math.max(largest, Math.abs(Math.log(count / sizes[c]! / overall[v]!)))
    })
  })
  return largest
}

function distinct(row: Int32Array): number {
  return row.reduce((found, count) => found + (count > 0 ? 1 : 0), 0)
}
