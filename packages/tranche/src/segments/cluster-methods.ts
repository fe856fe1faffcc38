import type { ClusterModel, SegmentSet } from '@tranche/contract'
import {
  cholesky,
  fitGaussianMixture,
  fitKMeans,
  fitKPrototypes,
  predictGaussianMixture,
  predictKMeans,
  predictKPrototypes,
  type RandomGenerator,
  type Rows,
} from '@tranche/stats'
import { type CodedText, type MixedRows, readApart, textCost } from './mixed-rows.ts'

type ClusterMethod = NonNullable<NonNullable<SegmentSet['cluster']>['method']>

export interface FitOptions {
  readonly k: number
  readonly restarts: number
  readonly random: RandomGenerator
  readonly weights?: Float64Array
}

/** What a method found: a cluster per row, where another customer falls, and what the model keeps of it. */
export interface FoundClusters {
  readonly labels: ArrayLike<number>
  place(rows: Rows): ArrayLike<number>
  /** Clusters in the order given, by their numbers in `labels`. */
  model(order: readonly number[]): Pick<ClusterModel, 'centers' | 'shapes' | 'categories'>
}

type Method = (rows: MixedRows, options: FitOptions) => FoundClusters

/**
 * The ways to find clusters of rows on the standard scale, all of which place a customer by the least of k distances.
 * Source: k-means as in `fitKMeans`; mixtures as in `fitGaussianMixture`, the distance being −2 ln of share times density but
 * for what is the same for all; k-prototypes as in `fitKPrototypes`.
 */
export const clusterMethods: Readonly<Record<ClusterMethod, Method>> = {
  k_means: ({ rows }, options) => {
    const { model, labels } = fitKMeans(rows, options)
    return {
      labels,
      place: (others) => predictKMeans(model, others),
      model: (order) => ({ centers: order.map((cluster) => rowOf(model.centers, cluster, rows.p)) }),
    }
  },
  mixture: ({ rows }, { k, random, restarts }) => {
    const model = fitGaussianMixture(rows, {
      components: k,
      random,
      restarts: Math.min(restarts, 4),
      regularisation: 1e-3,
      maxIterations: 300,
      tolerance: 1e-6,
    })
    const place = (others: Rows) => likeliest(predictGaussianMixture(model, others), k)
    return {
      labels: place(rows),
      place,
      model: (order) => ({
        centers: order.map((cluster) => [...model.means[cluster]!]),
        shapes: order.map((cluster) => shapeOf(model.covariances[cluster]!, model.weights[cluster]!, rows.p)),
      }),
    }
  },
  k_prototypes: (mixed, { k, random, restarts }) => {
    const { model, labels } = fitKPrototypes(readApart(mixed.rows, mixed), {
      k,
      random,
      restarts,
      gamma: textCost,
    })
    return {
      labels,
      place: (others) => predictKPrototypes(model, readApart(others, mixed)),
      model: (order) => ({
        centers: order.map((cluster) => rowOf(model.centers, cluster, mixed.numbers)),
        categories: {
          gamma: textCost,
          columns: mixed.texts.map(({ name, levels }: CodedText, column) => ({
            name,
            modes: order.map(
              (cluster) => levels[model.modes[cluster * mixed.texts.length + column]!] ?? null,
            ),
          })),
        },
      }),
    }
  },
}

const rowOf = (centers: readonly number[], cluster: number, p: number) =>
  centers.slice(cluster * p, (cluster + 1) * p)

function likeliest(shares: Float64Array, k: number): Int32Array {
  return Int32Array.from({ length: shares.length / k }, (_, row) => {
    let best = 0
    for (let one = 1; one < k; one++) if (shares[row * k + one]! > shares[row * k + best]!) best = one
    return best
  })
}

/** The inverse of the Cholesky factor, so that distances are sums of squares, and ln det Σ − 2 ln share. */
function shapeOf(covariance: readonly number[], share: number, p: number) {
  const lower = cholesky(Float64Array.from(covariance), p)!
  const transform = Array.from({ length: p }, () => new Array<number>(p).fill(0))
  let offset = -2 * Math.log(share)
  for (let column = 0; column < p; column++) {
    offset += 2 * Math.log(lower[column * p + column]!)
    for (let row = column; row < p; row++) {
      let sum = row === column ? 1 : 0
      for (let at = column; at < row; at++) sum -= lower[row * p + at]! * transform[at]![column]!
      transform[row]![column] = sum / lower[row * p + row]!
    }
  }
  return { offset, transform: transform.map((row, at) => row.slice(0, at + 1)) }
}
