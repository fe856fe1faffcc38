import type { Rows } from './rows.ts'

/**
 * What the components' covariances may look like: any (`full`, mclust's VVV), without correlations (`diagonal`, VVI), one
 * variance each (`spherical`, VII), or one matrix of that shape for all (`tied` EEE, `tiedDiagonal` EEI, `tiedSpherical`
 * EII).
 */
export type MixtureCovariance = 'full' | 'diagonal' | 'spherical' | 'tied' | 'tiedDiagonal' | 'tiedSpherical'

/** Free numbers in the covariances of k components of p columns. */
export function freeCovariances(kind: MixtureCovariance, k: number, p: number): number {
  const one =
    kind === 'full' || kind === 'tied'
      ? (p * (p + 1)) / 2
      : kind === 'diagonal' || kind === 'tiedDiagonal'
        ? p
        : 1
  return kind.startsWith('tied') ? one : k * one
}

/** M step: weights, means and covariances (row-major p×p each) from the rows' shares in each component. */
export function maximise(
  rows: Rows,
  shares: Float64Array,
  k: number,
  ridge: readonly number[],
  kind: MixtureCovariance,
) {
  const { n, p } = rows
  const weights: number[] = []
  const means: Float64Array[] = []
  const covariances: Float64Array[] = []
  const pooled = new Float64Array(p * p)
  const crossed = kind === 'full' || kind === 'tied'
  for (let c = 0; c < k; c++) {
    const { total, mean, scatter } = component(rows, shares, k, c, crossed)
    weights.push(total / n)
    means.push(mean)
    if (kind.startsWith('tied')) for (let at = 0; at < pooled.length; at++) pooled[at]! += scatter[at]! / n
    else
      covariances.push(
        shaped(
          scatter.map((v) => v / total),
          kind,
          ridge,
        ),
      )
  }
  if (kind.startsWith('tied')) {
    const common = shaped(pooled, kind, ridge)
    for (let c = 0; c < k; c++) covariances.push(common)
  }
  return { weights, means, covariances }
}

function component(
  { data, n, p }: Rows,
  shares: Float64Array,
  k: number,
  c: number,
  crossed: boolean,
): { readonly total: number; readonly mean: Float64Array; readonly scatter: Float64Array } {
  let total = 0
  const mean = new Float64Array(p)
  const scatter = new Float64Array(p * p)
  for (let i = 0; i < n; i++) {
    const w = shares[i * k + c]!
    total += w
    for (let j = 0; j < p; j++) mean[j]! += w * data[i * p + j]!
  }
  for (let j = 0; j < p; j++) mean[j]! /= total
  for (let i = 0; i < n; i++) {
    const w = shares[i * k + c]!
    if (w === 0) continue
    for (let a = 0; a < p; a++) {
      const d = w * (data[i * p + a]! - mean[a]!)
      for (let b = crossed ? 0 : a; b <= a; b++) scatter[a * p + b]! += d * (data[i * p + b]! - mean[b]!)
    }
  }
  return { total, mean, scatter }
}

/** Mirrors the lower triangle, evens out the variances of a sphere, and adds the ridge. */
function shaped(lower: Float64Array, kind: MixtureCovariance, ridge: readonly number[]): Float64Array {
  const p = ridge.length
  const covariance = lower.slice()
  let mean = 0
  for (let a = 0; a < p; a++) {
    mean += lower[a * p + a]! / p
    for (let b = 0; b < a; b++) covariance[b * p + a] = covariance[a * p + b]!
  }
  const sphere = kind === 'spherical' || kind === 'tiedSpherical'
  for (let a = 0; a < p; a++) covariance[a * p + a] = (sphere ? mean : lower[a * p + a]!) + ridge[a]!
  return covariance
}
