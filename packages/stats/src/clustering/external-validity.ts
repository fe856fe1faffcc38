import { StatsError } from '../stats-error.ts'

/** How well labels recover known classes; each 0 … 1. */
export type LabelAgreement = {
  /** Share of pairs of rows that both labellings put together or both apart. */
  readonly rand: number
  /** Geometric mean of pairwise precision and recall. */
  readonly fowlkesMallows: number
  /** Whether each cluster holds one class only, each class sits in one cluster, and their weighted harmonic mean. */
  readonly homogeneity: number
  readonly completeness: number
  readonly vMeasure: number
  /** Share of rows in their cluster's largest class. */
  readonly purity: number
}

/**
 * Compares a clustering with known classes, one label a row. `beta` above 1 weighs completeness more.
 * Cost O(n + classes × clusters).
 * Source: Rand (1971); Fowlkes and Mallows (1983); Rosenberg and Hirschberg (2007), eq. 1 to 3, https://aclanthology.org/D07-1043/; as scikit-learn's metrics of these names
 * @throws StatsError `lengthMismatch`, `emptyData`
 * @example
 * labelAgreement([0, 0, 1, 1], [0, 0, 1, 2]).vMeasure // → 0.8
 */
export function labelAgreement(
  classes: ArrayLike<number>,
  clusters: ArrayLike<number>,
  beta = 1,
): LabelAgreement {
  const n = classes.length
  if (clusters.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${n} classes and ${clusters.length} labels; equal numbers were expected.`,
    )
  if (n === 0) throw new StatsError('emptyData', 'There are no labels to compare.')
  const cells = new Map<string, number>()
  const [rows, columns, largest] = [
    new Map<number, number>(),
    new Map<number, number>(),
    new Map<number, number>(),
  ]
  for (let i = 0; i < n; i++) {
    const key = `${classes[i]} ${clusters[i]}`
    cells.set(key, (cells.get(key) ?? 0) + 1)
    rows.set(classes[i]!, (rows.get(classes[i]!) ?? 0) + 1)
    columns.set(clusters[i]!, (columns.get(clusters[i]!) ?? 0) + 1)
  }
  let [joint, together] = [0, 0]
  for (const [key, count] of cells) {
    const cluster = Number(key.slice(key.indexOf(' ') + 1))
    joint -= (count / n) * Math.log(count / n)
    together += count * (count - 1)
    largest.set(cluster, Math.max(largest.get(cluster) ?? 0, count))
  }
  const entropy = (counts: Map<number, number>): number =>
    [...counts.values()].reduce((sum, c) => sum - (c / n) * Math.log(c / n), 0)
  const pairs = (counts: Map<number, number>): number =>
    [...counts.values()].reduce((sum, c) => sum + c * (c - 1), 0)
  const [ofClasses, ofClusters] = [entropy(rows), entropy(columns)]
  const shared = Math.max(0, ofClasses + ofClusters - joint)
  const homogeneity = ofClasses > 0 ? shared / ofClasses : 1
  const completeness = ofClusters > 0 ? shared / ofClusters : 1
  const [inClasses, inClusters, all] = [pairs(rows), pairs(columns), n * (n - 1)]
  return {
    rand: all > 0 ? (all + 2 * together - inClasses - inClusters) / all : 1,
    fowlkesMallows: together > 0 ? together / Math.sqrt(inClasses * inClusters) : 0,
    homogeneity,
    completeness,
    vMeasure:
      homogeneity + completeness > 0
        ? ((1 + beta) * homogeneity * completeness) / (beta * homogeneity + completeness)
        : 0,
    purity: [...largest.values()].reduce((a, b) => a + b, 0) / n,
  }
}
