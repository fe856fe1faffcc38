/**
 * How far apart two clusters are: their nearest rows, their furthest, the mean over pairs (`average`, UPGMA), the mean of
 * the two joined halves (`weighted`, WPGMA, McQuitty), the growth of the sum of squares (`ward`), their means
 * (`centroid`, UPGMC), or the midpoints of the halves joined (`median`, WPGMC, Gower).
 */
export type Linkage = 'single' | 'complete' | 'average' | 'weighted' | 'ward' | 'centroid' | 'median'

/**
 * What the update is applied to: `squared` distances, whose heights are then rooted (SciPy; R's `ward.D2`), or the
 * distances `asGiven` (R's `ward.D`, `centroid` and `median`).
 */
export type LinkageUpdate = 'squared' | 'asGiven'

/** Ward's, the centroid's and the median's updates are exact for squared Euclidean distances. */
export function defaultUpdate(linkage: Linkage): LinkageUpdate {
  return linkage === 'ward' || linkage === 'centroid' || linkage === 'median' ? 'squared' : 'asGiven'
}

/** Position of a pair in the packed triangle below the diagonal. */
export function pairIndex(a: number, b: number): number {
  return a > b ? (a * (a - 1)) / 2 + b : (b * (b - 1)) / 2 + a
}

/** Clusters still apart: packed distances, who is there, and how many rows each holds. */
export type Clusters = {
  readonly n: number
  readonly distance: Float64Array
  readonly active: Uint8Array
  readonly size: Float64Array
}

/** Joins a into b by Lance and Williams' update (1967), table 1. */
export function joinClusters(clusters: Clusters, a: number, b: number, linkage: Linkage): void {
  const { n, distance, active, size } = clusters
  const na = size[a]!
  const nb = size[b]!
  const between = distance[pairIndex(a, b)]!
  active[a] = 0
  for (let c = 0; c < n; c++) {
    if (!active[c] || c === b) continue
    const da = distance[pairIndex(a, c)]!
    const db = distance[pairIndex(b, c)]!
    distance[pairIndex(b, c)] = joined(linkage, da, db, between, na, nb, size[c]!)
  }
  size[b] = na + nb
}

function joined(
  linkage: Linkage,
  da: number,
  db: number,
  between: number,
  na: number,
  nb: number,
  nc: number,
): number {
  const both = na + nb
  switch (linkage) {
    case 'single':
      return Math.min(da, db)
    case 'complete':
      return Math.max(da, db)
    case 'average':
      return (na * da + nb * db) / both
    case 'weighted':
      return (da + db) / 2
    case 'ward':
      return ((na + nc) * da + (nb + nc) * db - nc * between) / (both + nc)
    case 'centroid':
      return (na * da + nb * db - (na * nb * between) / both) / both
    case 'median':
      return (da + db) / 2 - between / 4
  }
}
