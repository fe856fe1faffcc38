import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture, rowsOf } from './fixture.ts'

/** Labels renumbered by their first row, as this library numbers clusters. */
const byFirstRow = (labels: readonly number[]): number[] => {
  const seen = [...new Set(labels)]
  return labels.map((label) => seen.indexOf(label))
}

describe('trees of every linkage agree with SciPy', () => {
  const { cases, tolerance } = readFixture<{
    readonly rows: readonly (readonly number[])[]
    readonly merges: readonly (readonly [number, number])[]
    readonly heights: readonly number[]
    readonly sizes: readonly number[]
    readonly cophenetic: readonly number[]
    readonly correlation: number
    readonly cutAt?: number
    readonly clusters?: readonly number[]
  }>('scipy-linkage')
  for (const { case: name, rows: nested, ...expected } of cases)
    it(name, () => {
      const rows = rowsOf(nested)
      const tree = S.fitAgglomerative(rows, name as S.Linkage)
      expectNear(
        tree.merges.map((merge) => merge.height),
        expected.heights,
        tolerance,
      )
      expect(tree.merges.map(({ a, b, size }) => [a, b, size])).toEqual(
        expected.merges.map(([a, b], i) => [Math.min(a, b), Math.max(a, b), expected.sizes[i]]),
      )
      const cophenetic = S.copheneticDistances(tree)
      expectNear(
        expected.cophenetic.map((_, k) => cophenetic[pairOf(k, rows.n)]),
        expected.cophenetic,
        tolerance,
      )
      expectNear(S.copheneticCorrelation(tree, S.euclideanDistances(rows)), expected.correlation, tolerance)
      if (expected.clusters)
        expect(Array.from(S.cutDendrogramAt(tree, expected.cutAt!))).toEqual(byFirstRow(expected.clusters))
      else expect(() => S.cutDendrogramAt(tree, 2.5)).toThrow(/heights of this tree fall/)
    })
})

/** Place in an n×n matrix of pair k of SciPy's condensed order. */
function pairOf(k: number, n: number): number {
  let row = 0
  let left = k
  while (left >= n - 1 - row) left -= n - 1 - row++
  return row * n + row + 1 + left
}

describe('trees of given distances agree with R', () => {
  const { cases, tolerance } = readFixture<{
    readonly linkage: S.Linkage
    readonly update: S.LinkageUpdate
    readonly n: number
    readonly distances: readonly number[]
    readonly heights: readonly number[]
    readonly clusters: readonly number[]
  }>('r-hclust')
  for (const { case: name, linkage, update, n, distances, heights, clusters } of cases)
    it(name, () => {
      const tree = S.fitAgglomerativeDistances(distances, n, linkage, update)
      expectNear(
        tree.merges.map((merge) => merge.height),
        heights,
        tolerance,
      )
      expect(Array.from(S.cutDendrogram(tree, 4))).toEqual(byFirstRow(clusters))
    })
})

describe('mixtures from given labels agree with scikit-learn', () => {
  const names: Readonly<Record<string, S.MixtureCovariance>> = {
    full: 'full',
    diag: 'diagonal',
    spherical: 'spherical',
    tied: 'tied',
  }
  const { cases, tolerance } = readFixture<{
    readonly rows: readonly (readonly number[])[]
    readonly start: readonly number[]
    readonly logLikelihood: number
    readonly bic: number
    readonly aic: number
    readonly weights: readonly number[]
    readonly means: readonly (readonly number[])[]
  }>('sklearn-mixture')
  for (const { case: name, rows, start, ...expected } of cases)
    it(name, () => {
      const own = S.fitGaussianMixture(rowsOf(rows), {
        components: 3,
        random: S.createRandom(1),
        covariance: names[name]!,
        regularisation: { absolute: 1e-6 },
        start,
        tolerance: 1e-13,
        maxIterations: 5000,
      })
      for (const part of ['logLikelihood', 'bic', 'aic', 'weights', 'means'] as const)
        expectNear(own[part], expected[part], tolerance, part)
    })

  it('one variance or one diagonal for all has as many free numbers as it should', () => {
    const rows = rowsOf(cases[0]!.rows)
    const fit = (covariance: S.MixtureCovariance) =>
      S.fitGaussianMixture(rows, {
        components: 3,
        random: S.createRandom(1),
        covariance,
        start: cases[0]!.start,
        regularisation: 0,
      })
    const free = (covariance: S.MixtureCovariance): number => {
      const { aic, logLikelihood } = fit(covariance)
      return Math.round((aic + 2 * logLikelihood) / 2)
    }
    expect([free('tiedSpherical'), free('tiedDiagonal'), free('tied')]).toEqual([12, 14, 17])
    expect(fit('tiedSpherical').covariances[0]![0]).toBe(fit('tiedSpherical').covariances[2]![8])
  })
})
