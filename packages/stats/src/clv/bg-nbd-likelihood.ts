import { logGamma } from '../special/log-gamma.ts'
import { layOutRows, type RowLayout } from './bg-nbd-rows.ts'
import type { GroupedHistory } from './purchase-history.ts'

/**
 * Whether a customer may drop out right after the first purchase: `bg` no (BG/NBD), `mbg` yes (MBG/NBD).
 * MBG/NBD is BG/NBD with one more chance to drop out, which moves b + x − 1 to b + x wherever it stands.
 */
export type DropoutStart = 'bg' | 'mbg'

/** Log-likelihood of one customer. Source: Fader, Hardie and Lee (2005), eq. 6; MBG: Batislam, Denizel and Filiztekin (2007), eq. 4. */
export function betaGeometricLogLikelihood(
  kind: DropoutStart,
  r: number,
  alpha: number,
  a: number,
  b: number,
  x: number,
  recency: number,
  age: number,
): number {
  const chances = kind === 'bg' ? x : x + 1
  const purchases = logGamma(r + x) - logGamma(r) + r * Math.log(alpha)
  const survived = logGamma(a + b) + logGamma(b + chances) - logGamma(b) - logGamma(a + b + chances)
  const alive = -(r + x) * Math.log(alpha + age)
  if (chances === 0) return purchases + survived + alive
  const gone = Math.log(a) - Math.log(b + chances - 1) - (r + x) * Math.log(alpha + recency)
  const top = Math.max(alive, gone)
  return purchases + survived + top + Math.log1p(Math.exp(Math.min(alive, gone) - top))
}

/** Writes the gradient in (r, α, a, b) and, where a matrix is given, the Hessian (row-major 4×4). */
export type BetaGeometricObjective = (
  p: Float64Array,
  gradient: Float64Array,
  hessian?: Float64Array,
) => number

/**
 * The negative log-likelihood over grouped rows with analytic first and second derivatives.
 *
 * Sums of logarithms are taken once per distinct frequency and T. What is left for a row is how likely its customer is
 * gone: one exponential, one logarithm and one division; second derivatives add products only. Rows come sorted by
 * frequency, so the loop over a frequency keeps its constants at hand and walks the tables in order.
 * Times are divided by `unit` after they have been coded, while they are still whole numbers of days.
 */
export function betaGeometricObjective(
  kind: DropoutStart,
  data: GroupedHistory,
  unit = 1,
): BetaGeometricObjective {
  const layout = layOutRows(data, unit)
  const { x, age } = layout
  const tables = {
    logRecency: new Float64Array(layout.recency.values.length),
    inverseRecency: new Float64Array(layout.recency.values.length),
    logAge: new Float64Array(age.values.length),
    inverseAge: new Float64Array(age.values.length),
  }
  const extra = kind === 'bg' ? 0 : 1
  const goneSums = new Float64Array(11)
  return (p, gradient, hessian) => {
    const [r, alpha, a, b] = [p[0]!, p[1]!, p[2]!, p[3]!]
    fillTables(layout, tables, alpha)
    const sums = frequencyTerms([r, alpha, a, b], x.values, layout.perFrequency, extra)
    let value = sums.value
    const g = sums.gradient
    const h = sums.hessian
    for (let k = 0; k < age.values.length; k++) {
      const inverse = tables.inverseAge[k]!
      const customers = layout.customersByAge[k]!
      const shape = r * customers + layout.purchasesByAge[k]!
      value -= shape * tables.logAge[k]!
      g[0]! -= customers * tables.logAge[k]!
      g[1]! -= shape * inverse
      h[RA]! -= customers * inverse
      h[AA]! += shape * inverse * inverse
    }
    for (let code = 0; code < x.values.length; code++) {
      const count = x.values[code]!
      if (count + extra === 0) continue
      const shape = r + count
      const inverseB = 1 / (b + count + extra - 1)
      sumGone(layout, tables, code, shape, Math.log(a * inverseB), goneSums, hessian !== undefined)
      const [logs, s, sg, sq, sqq, t, tg, tgg, tq, tqq, tgq] = goneSums as unknown as readonly number[]
      value += logs!
      g[0]! += sg!
      g[1]! -= shape * sq!
      g[2]! += s! / a
      g[3]! -= s! * inverseB
      if (!hessian) continue
      // u = ln odds: Σ s·∂²u + s(1 − s)·∂u·∂uᵀ.
      h[RR]! += tgg!
      h[RA]! -= sq! + shape * tgq!
      h[AA]! += shape * sqq! + shape * shape * tqq!
      h[R_A]! += tg! / a
      h[R_B]! -= tg! * inverseB
      h[A_A]! -= (shape * tq!) / a
      h[A_B]! += shape * tq! * inverseB
      h[aa]! += (t! - s!) / (a * a)
      h[ab]! -= (t! * inverseB) / a
      h[bb]! += (t! + s!) * inverseB * inverseB
    }
    for (let i = 0; i < 4; i++) gradient[i] = -g[i]!
    if (hessian) unpack(h, hessian)
    return -value
  }
}

/** Places in the packed upper triangle over (r, α, a, b); α is A, dropout's a and b are small. */
const [RR, RA, R_A, R_B, AA, A_A, A_B, aa, ab, bb] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const

function unpack(packed: Float64Array, hessian: Float64Array): void {
  let at = 0
  for (let i = 0; i < 4; i++)
    for (let j = i; j < 4; j++) {
      hessian[i * 4 + j] = -packed[at]!
      hessian[j * 4 + i] = -packed[at++]!
    }
}

interface TimeTables {
  readonly logRecency: Float64Array
  readonly inverseRecency: Float64Array
  readonly logAge: Float64Array
  readonly inverseAge: Float64Array
}

function fillTables(layout: RowLayout, tables: TimeTables, alpha: number): void {
  const { recency, age } = layout
  for (let k = 0; k < recency.values.length; k++) {
    tables.logRecency[k] = Math.log(alpha + recency.values[k]!)
    tables.inverseRecency[k] = 1 / (alpha + recency.values[k]!)
  }
  for (let k = 0; k < age.values.length; k++) {
    tables.logAge[k] = Math.log(alpha + age.values[k]!)
    tables.inverseAge[k] = 1 / (alpha + age.values[k]!)
  }
}

/**
 * Over the rows of one frequency: with odds of being gone e^u, u = base + shape·gap, share s = odds/(1 + odds), slope
 * q = 1/(α + t_x) − 1/(α + T): Σ ln(1 + odds), s, s·gap, s·q, s·(…²−…²), and with t = s(1 − s) Σ t, t·gap, t·gap², t·q, t·q², t·gap·q.
 */
function sumGone(
  layout: RowLayout,
  tables: TimeTables,
  code: number,
  shape: number,
  base: number,
  sums: Float64Array,
  second: boolean,
): void {
  const from = layout.recency.codes
  const to = layout.age.codes
  const { weights } = layout
  const { logRecency, inverseRecency, logAge, inverseAge } = tables
  const end = layout.starts[code + 1]!
  let [logs, s, sg, sq, sqq, t, tg, tgg, tq, tqq, tgq] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  for (let i = layout.starts[code]!; i < end; i++) {
    const j = from[i]!
    const k = to[i]!
    const gap = logAge[k]! - logRecency[j]!
    const u = base + shape * gap
    // Beyond e^36 the one beside the odds is lost in rounding, and far beyond the exponential overflows.
    const odds = Math.exp(u < 36 ? u : 36)
    const inverse = 1 / (1 + odds)
    const weight = weights[i]!
    const share = weight * odds * inverse
    const q = inverseRecency[j]! - inverseAge[k]!
    logs += weight * (u < 36 ? Math.log(1 + odds) : u)
    s += share
    sg += share * gap
    sq += share * q
    if (!second) continue
    const spread = share * inverse
    sqq += share * q * (inverseRecency[j]! + inverseAge[k]!)
    t += spread
    tg += spread * gap
    tgg += spread * gap * gap
    tq += spread * q
    tqq += spread * q * q
    tgq += spread * gap * q
  }
  sums[0] = logs
  sums[1] = s
  sums[2] = sg
  sums[3] = sq
  sums[4] = sqq
  sums[5] = t
  sums[6] = tg
  sums[7] = tgg
  sums[8] = tq
  sums[9] = tqq
  sums[10] = tgq
}

/**
 * The part that depends on frequency only. ln Γ(r+x) − ln Γ(r) is summed as Σ ln(r+k), and likewise for the betas, in one
 * walk from the smallest frequency to the largest: no digits cancel when a parameter is large.
 */
function frequencyTerms(
  p: readonly [number, number, number, number],
  frequencies: Float64Array,
  weights: Float64Array,
  extra: number,
): { readonly value: number; readonly gradient: Float64Array; readonly hessian: Float64Array } {
  const [r, alpha, a, b] = p
  const gradient = new Float64Array(4)
  const hessian = new Float64Array(10)
  const logAlpha = Math.log(alpha)
  let value = 0
  let [rises, slopeR, curveR, survives, slopeB, slopeSum, curveB, curveSum] = [0, 0, 0, 0, 0, 0, 0, 0]
  let x = 0
  let chances = 0
  for (let code = 0; code < frequencies.length; code++) {
    for (; x < frequencies[code]!; x++) {
      rises += Math.log(r + x)
      slopeR += 1 / (r + x)
      curveR += 1 / ((r + x) * (r + x))
    }
    for (; chances < x + extra; chances++) {
      const alone = 1 / (b + chances)
      const both = 1 / (a + b + chances)
      survives -= Math.log1p(a * alone)
      slopeB += alone
      slopeSum += both
      curveB += alone * alone
      curveSum += both * both
    }
    const weight = weights[code]!
    value += weight * (r * logAlpha + rises + survives)
    gradient[0]! += weight * (slopeR + logAlpha)
    gradient[1]! += (weight * r) / alpha
    gradient[2]! -= weight * slopeSum
    gradient[3]! += weight * (slopeB - slopeSum)
    hessian[RR]! -= weight * curveR
    hessian[RA]! += weight / alpha
    hessian[AA]! -= (weight * r) / (alpha * alpha)
    hessian[aa]! += weight * curveSum
    hessian[ab]! += weight * curveSum
    hessian[bb]! += weight * (curveSum - curveB)
  }
  return { value, gradient, hessian }
}
