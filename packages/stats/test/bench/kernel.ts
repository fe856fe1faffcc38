import { readFileSync, writeFileSync } from 'node:fs'
import * as S from '@tranche/stats'
import {
  binningVariables,
  boostingColumns,
  boostingTestShare,
  coxCovariates,
  kMeansColumns,
} from './shapes.ts'

// The kernel's side of the benchmark: reads the file the peer reads, prints time, peak memory and results as JSON.
// Usage: node --conditions=tranche-source test/bench/kernel.ts JOB FILE

type Result = Readonly<Record<string, number>>

/** Reads the file and gives back the work that is timed, which gives back how its result is told. */
const jobs: Readonly<Record<string, (file: string) => () => () => Result>> = {
  kMeans(file) {
    const { data, n } = readMatrix(file, kMeansColumns)
    const starts = data.slice(0, 8 * kMeansColumns)
    return () => {
      const { model } = S.fitKMeans({ data, n, p: kMeansColumns }, { k: 8, starts, tolerance: 1e-4 })
      return () => ({ inertia: model.inertia, iterations: model.diagnostics.iterations })
    }
  },
  bgNbd(file) {
    const [frequency, recency, T] = readColumns(file, 3) as [Float64Array, Float64Array, Float64Array]
    return () => purchaseFit({ frequency, recency, T })
  },
  bgNbdGrouped(file) {
    const [frequency, recency, T] = readColumns(file, 3) as [Float64Array, Float64Array, Float64Array]
    const grouped = S.groupHistory({ frequency, recency, T })
    return () => purchaseFit(grouped)
  },
  boosting(file) {
    const { all, n, part } = readTrees(file)
    return () => {
      const model = S.fitBoosting(
        { columns: part(0, n), y: all[0]!.subarray(0, n) },
        { objective: { kind: 'binary' }, trees: 200, leaves: 31 },
      )
      return () => {
        const test = all[0]!.subarray(n)
        const { auc } = S.rankingMetrics(test, S.predictBoosting(model, part(n, all[0]!.length)))
        return { trees: model.trees.length, auc }
      }
    }
  },
  forest(file) {
    const { all, n, part } = readTrees(file)
    return () => {
      const model = S.fitForest(
        { columns: part(0, n), y: all[0]!.subarray(0, n) },
        { task: 'classification', trees: 10, minimumLeafRows: 20, random: S.createRandom(1) },
      )
      return () => {
        const test = all[0]!.subarray(n)
        const { auc } = S.rankingMetrics(test, S.predictForest(model, part(n, all[0]!.length)))
        return { trees: model.trees.length, auc }
      }
    }
  },
  binning(file) {
    const [y, ...columns] = readColumns(file, binningVariables + 1)
    return () => {
      const fits = columns.map((values) => S.fitOptimalBinning({ values }, y!, { precision: 'float32' }))
      return () => Object.fromEntries(fits.map(({ table }, j) => [`x${j}`, table.iv]))
    }
  },
  fpGrowth(file) {
    const lines = readFileSync(file, 'utf8').trim().split(/\r?\n/)
    const baskets = S.encodeBaskets(lines.map((line) => line.split(',')))
    return () => {
      const { itemsets } = S.frequentItemsets(baskets, { minimumSupport: 0.001 })
      return () => ({
        itemsets: itemsets.length,
        support: itemsets.reduce((sum, { support }) => sum + support, 0),
      })
    }
  },
  cox(file) {
    const [time, event, ...columns] = readColumns(file, coxCovariates + 2)
    const n = time!.length
    const p = coxCovariates
    const x = Float64Array.from({ length: n * p }, (_, k) => columns[k % p]![Math.floor(k / p)]!)
    return () => {
      const fit = S.fitCox({ time: time!, event: event!, x, p }, { ties: 'efron' })
      return () => Object.fromEntries(fit.coefficients.map((value, j) => [`x${j}`, value]))
    }
  },
}

const [name = '', file = ''] = process.argv.slice(2)
const work = jobs[name]!(file)
const standing = forgetPeak()
const [begin, used] = [performance.now(), process.cpuUsage()]
const tell = work()
const wallSeconds = (performance.now() - begin) / 1000
const { user, system } = process.cpuUsage(used)
const processorSeconds = (user + system) / 1e6
const peakMemoryMb = process.resourceUsage().maxRSS / 1024
const grownMemoryMb = peakMemoryMb - standing
console.log(JSON.stringify({ wallSeconds, processorSeconds, peakMemoryMb, grownMemoryMb, result: tell() }))

/**
 * Memory that stands before the work (the input, Node, the program), in MB, with the peak counted from here on. Where the
 * system cannot forget a peak, that of the reading counts as standing.
 */
function forgetPeak(): number {
  globalThis.gc?.()
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
  return process.memoryUsage.rss() / 2 ** 20
}

function purchaseFit(data: S.PurchaseHistory): () => Result {
  const { parameters, diagnostics } = S.fitBgNbd(data)
  return () => ({ ...parameters, logLikelihood: diagnostics!.logLikelihood })
}

/** Outcome and columns of the trees' file, and its columns from one row to another; the first n rows are for training. */
function readTrees(file: string) {
  const all = readColumns(file, boostingColumns + 1)
  const n = Math.round(all[0]!.length / (1 + boostingTestShare))
  const part = (from: number, to: number) =>
    all.slice(1).map((c, j) => ({ name: `x${j}`, kind: 'number', values: c.subarray(from, to) }) as const)
  return { all, n, part }
}

function readDoubles(path: string): Float64Array {
  const { buffer, byteOffset, byteLength } = readFileSync(path)
  return new Float64Array(buffer, byteOffset, byteLength / 8)
}

function readMatrix(path: string, p: number): { data: Float64Array; n: number } {
  const data = readDoubles(path)
  return { data, n: data.length / p }
}

/** Column after column, all of one length. */
function readColumns(path: string, count: number): Float64Array[] {
  const data = readDoubles(path)
  const n = data.length / count
  return Array.from({ length: count }, (_, j) => data.subarray(j * n, j * n + n))
}
