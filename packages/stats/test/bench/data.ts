import { closeSync, openSync, writeSync } from 'node:fs'
import * as S from '@tranche/stats'
import {
  binningVariables,
  boostingColumns,
  boostingTestShare,
  coxCovariates,
  kMeansColumns,
} from './shapes.ts'

// Seeded data of the benchmark, written as doubles. Only the first lines of a generator may change what is drawn.

/** Twelve overlapping clouds of different size, so that eight centres take a good while to settle; row after row. */
export function writeClouds(file: string, n: number): void {
  const random = S.createRandom(3)
  const clouds = 12
  const centers = Float64Array.from({ length: clouds * kMeansColumns }, () => 1.5 * S.sampleNormal(random))
  const rows = new Float64Array(n * kMeansColumns)
  for (let i = 0; i < n; i++) {
    const cloud = Math.floor(clouds * random.uniform() ** 2)
    for (let j = 0; j < kMeansColumns; j++)
      rows[i * kMeansColumns + j] = centers[cloud * kMeansColumns + j]! + S.sampleNormal(random)
  }
  write(file, [rows])
}

/** Customers of a BG/NBD world in whole days. */
export function writePurchases(file: string, n: number): void {
  const random = S.createRandom(1)
  const [frequency, recency, T] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  for (let i = 0; i < n; i++) {
    T[i] = 30 + Math.floor(335 * random.uniform())
    const rate = S.sampleGamma(random, 0.5, 20)
    const dropout = S.sampleBeta(random, 0.8, 2.4)
    for (
      let time = S.sampleExponential(random, rate);
      time < T[i]!;
      time += S.sampleExponential(random, rate)
    ) {
      frequency[i]!++
      recency[i] = Math.ceil(time)
      if (random.uniform() < dropout) break
    }
  }
  write(file, [frequency, recency, T])
}

/** A yes or no that hangs on waves, steps and products of eight of the columns; every fourth column is in whole numbers. */
export function writeBoosting(file: string, trainingRows: number): void {
  const random = S.createRandom(4)
  const n = Math.round(trainingRows * (1 + boostingTestShare))
  const columns = Array.from({ length: boostingColumns }, (_, j) =>
    Float64Array.from({ length: n }, () =>
      j % 4 === 3 ? Math.floor(40 * random.uniform() ** 2) : S.sampleNormal(random),
    ),
  )
  const y = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const [a, b, c, d, e, f, g, h] = columns.map((column) => column[i]!) as [
      ...[number, number, number, number],
      ...[number, number, number, number],
    ]
    const logit =
      Math.sin(2 * a) +
      b * c +
      (d > 12 ? 0.8 : -0.3) +
      0.5 * Math.abs(e) -
      (f > 0.5 && g > 0 ? 1.2 : 0) +
      h / 40 -
      0.6
    y[i] = random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0
  }
  write(file, [y, ...columns])
}

/** Variables of many shapes beside a bad debt: rising, falling, humped and useless ones, smooth ones and whole numbers. */
export function writeBinning(file: string, n: number): void {
  const random = S.createRandom(5)
  const y = Float64Array.from({ length: n }, () => (random.uniform() < 0.15 ? 1 : 0))
  const columns = Array.from({ length: binningVariables }, (_, j) => {
    const strength = (j % 5) * 0.25
    return Float64Array.from(y, (bad) => {
      const z = S.sampleNormal(random)
      const moved =
        j % 3 === 0 ? z + strength * bad : j % 3 === 1 ? z - strength * bad : z * (1 + strength * bad)
      return j % 4 === 0 ? Math.round(12 * moved) : j % 4 === 1 ? Math.exp(moved) : moved
    })
  })
  write(file, [y, ...columns])
}

/** Proportional hazards, cut off at time 1. */
export function writeSurvival(file: string, n: number): void {
  const random = S.createRandom(2)
  const beta = [0.5, -0.3, 0.2, 0, 0.1].slice(0, coxCovariates)
  const columns = beta.map(() => Float64Array.from({ length: n }, () => S.sampleNormal(random)))
  const [time, event] = [new Float64Array(n), new Float64Array(n)]
  for (let i = 0; i < n; i++) {
    const eta = beta.reduce((sum, b, j) => sum + b * columns[j]![i]!, 0)
    const death = S.sampleExponential(random, Math.exp(eta))
    time[i] = Math.min(death, 1)
    event[i] = death < 1 ? 1 : 0
  }
  write(file, [time, event, ...columns])
}

function write(file: string, columns: readonly Float64Array[]): void {
  const handle = openSync(file, 'w')
  try {
    for (const column of columns)
      for (let from = 0; from < column.length; from += 1 << 24)
        writeSync(handle, column.subarray(from, from + (1 << 24)))
  } finally {
    closeSync(handle)
  }
}
