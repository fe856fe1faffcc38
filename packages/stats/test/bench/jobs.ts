import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeBinning, writeBoosting, writeClouds, writePurchases, writeSurvival } from './data.ts'

type Result = Readonly<Record<string, number>>

export interface Job {
  readonly name: string
  readonly title: (rows: number) => string
  readonly peer: string
  /** Rows at full size. */
  readonly rows: number
  /** Jobs of one name here share a file, written once. */
  readonly data: string
  readonly write?: (file: string, rows: number) => void
  /** Where a file of other people's is; undefined if it isn't. */
  readonly find?: () => string | undefined
  readonly equal: (own: Result, peer: Result) => readonly { readonly kept: boolean; readonly text: string }[]
  /** Least ratio of the peer's time to ours. */
  readonly timesFaster?: number
  readonly secondsAtMost?: number
}

const count = (rows: number): string => rows.toLocaleString('en')

export const jobs: readonly Job[] = [
  {
    name: 'kMeans',
    title: (rows) => `k-means, ${count(rows)} × 8, k 8, from the same start`,
    peer: 'scikit-learn',
    rows: 2_000_000,
    data: 'clouds',
    write: writeClouds,
    equal: (own, peer) => [
      notMore('inertia', own['inertia']!, peer['inertia']!, 1e-6),
      { kept: true, text: `iterations: ${own['iterations']} and ${peer['iterations']}` },
    ],
    timesFaster: 0.5,
  },
  {
    name: 'bgNbd',
    title: (rows) => `BG/NBD, ${count(rows)} customers`,
    peer: 'lifetimes',
    rows: 1_000_000,
    data: 'purchases',
    write: writePurchases,
    equal: purchaseFits,
    timesFaster: 25,
  },
  {
    name: 'bgNbdGrouped',
    title: (rows) => `BG/NBD, ${count(rows)} customers, equal ones counted once on both sides`,
    peer: 'lifetimes',
    rows: 1_000_000,
    data: 'purchases',
    write: writePurchases,
    equal: purchaseFits,
    timesFaster: 1,
  },
  {
    name: 'boosting',
    title: (rows) => `gradient boosting, ${count(rows)} × 20, 200 trees of 31 leaves`,
    peer: 'LightGBM',
    rows: 1_000_000,
    data: 'boosting',
    write: writeBoosting,
    equal: (own, peer) => [
      same('trees', own['trees']!, peer['trees']!, 0),
      within('AUC on rows not trained on', own['auc']!, peer['auc']!, 0.002),
    ],
    timesFaster: 0.5,
  },
  {
    name: 'forest',
    title: (rows) => `random forest, ${count(rows)} × 20, 10 trees of at least 20 rows a leaf`,
    peer: 'scikit-learn',
    rows: 1_000_000,
    data: 'boosting',
    write: writeBoosting,
    equal: (own, peer) => [
      same('trees', own['trees']!, peer['trees']!, 0),
      // Ours is drawn with other random numbers and cuts between 254 values a column.
      within('AUC on rows not trained on', own['auc']!, peer['auc']!, 0.005),
    ],
    timesFaster: 0.5,
  },
  {
    name: 'binning',
    title: (rows) => `optimal binning, 20 variables × ${count(rows)}`,
    peer: 'optbinning',
    rows: 300_000,
    data: 'binning',
    write: writeBinning,
    equal: (own, peer) =>
      Object.entries(peer).map(([name, value]) =>
        likeInteger(`information value of ${name}`, own[name]!, value),
      ),
    timesFaster: 4,
  },
  {
    name: 'fpGrowth',
    title: () => 'FP-growth, the Groceries baskets at support 0.001',
    peer: 'mlxtend',
    rows: 9835,
    data: 'groceries',
    find: () => {
      const file = join(process.env['TRANCHE_DATA'] ?? '', 'groceries', 'groceries_baskets.csv')
      return existsSync(file) ? file : undefined
    },
    equal: (own, peer) => [
      same('itemsets', own['itemsets']!, peer['itemsets']!, 0),
      same('sum of their supports', own['support']!, peer['support']!, 1e-9),
    ],
    secondsAtMost: 0.3,
  },
  {
    name: 'cox',
    title: (rows) => `Cox regression, ${count(rows)} × 5`,
    peer: 'lifelines',
    rows: 50_000,
    data: 'survival',
    write: writeSurvival,
    equal: (own, peer) =>
      Object.entries(peer).map(([name, value]) => within(`coefficient of ${name}`, own[name]!, value, 1e-6)),
    timesFaster: 1,
  },
]

/** lifetimes stops early, so parameters agree less closely than the likelihoods, of which ours may be the larger one. */
function purchaseFits(own: Result, peer: Result) {
  const { logLikelihood: _, ...parameters } = peer
  return [
    notMore('negative log-likelihood', -own['logLikelihood']!, -peer['logLikelihood']!, 1e-9),
    ...Object.entries(parameters).map(([name, value]) => same(name, own[name]!, value, 1e-3)),
  ]
}

function same(label: string, own: number, peer: number, relative: number) {
  const kept = Math.abs(own - peer) <= relative * Math.max(Math.abs(own), Math.abs(peer))
  return { kept, text: `${label}: ${own} and ${peer}${relative === 0 ? '' : `, within ${relative} of it`}` }
}

/** optbinning's program counts information value in millionths of whole numbers a bin, and may so miss the best by some. */
function likeInteger(label: string, own: number, peer: number) {
  const kept = own >= peer * (1 - 1e-9) && own - peer <= 1e-5
  return { kept, text: `${label}: ${own} and ${peer}, no less and at most 0.00001 more` }
}

function within(label: string, own: number, peer: number, allowed: number) {
  return { kept: Math.abs(own - peer) <= allowed, text: `${label}: ${own} and ${peer}, within ${allowed}` }
}

function notMore(label: string, own: number, peer: number, relative: number) {
  const kept = own <= peer + relative * Math.abs(peer)
  return { kept, text: `${label}: ${own} and ${peer}, no more but for ${relative} of it` }
}
