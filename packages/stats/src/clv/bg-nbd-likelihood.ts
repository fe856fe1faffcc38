import { logGamma } from '../special/log-gamma.ts'
import { codeColumn, type GroupedHistory } from './purchase-history.ts'

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

/**
 * The negative log-likelihood over grouped rows with its gradient in (r, α, a, b).
 * Gamma functions are taken once per distinct frequency, logarithms once per distinct recency and T; a row costs two
 * exponentials and a logarithm.
 */
export function betaGeometricObjective(
  kind: DropoutStart,
  data: GroupedHistory,
): (p: Float64Array, gradient: Float64Array) => number {
  const n = data.frequency.length
  const x = codeColumn(data.frequency, n)
  const recency = codeColumn(data.recency, n)
  const age = codeColumn(data.T, n)
  const perFrequency = new Float64Array(x.values.length)
  for (let i = 0; i < n; i++) perFrequency[x.codes[i]!]! += data.weights[i]!
  const logRecency = new Float64Array(recency.values.length)
  const logAge = new Float64Array(age.values.length)
  const logGone = new Float64Array(x.values.length)
  const extra = kind === 'bg' ? 0 : 1
  const ascending = Int32Array.from(x.values.keys()).sort((i, j) => x.values[i]! - x.values[j]!)
  return (p, gradient) => {
    const [r, alpha, a, b] = [p[0]!, p[1]!, p[2]!, p[3]!]
    for (let k = 0; k < logRecency.length; k++) logRecency[k] = Math.log(alpha + recency.values[k]!)
    for (let k = 0; k < logAge.length; k++) logAge[k] = Math.log(alpha + age.values[k]!)
    const sums = frequencyTerms([r, alpha, a, b], x.values, ascending, perFrequency, extra, logGone)
    let { value, dr, dAlpha, da, db } = sums
    for (let i = 0; i < n; i++) {
      const code = x.codes[i]!
      const shape = r + x.values[code]!
      const weight = data.weights[i]!
      const lAge = logAge[age.codes[i]!]!
      const lRecency = logRecency[recency.codes[i]!]!
      const alive = -shape * lAge
      const gone = logGone[code]! - shape * lRecency
      let shareGone = 0
      if (gone === -Infinity) value += weight * alive
      else {
        const odds = Math.exp(-Math.abs(gone - alive))
        value += weight * (Math.max(alive, gone) + Math.log1p(odds))
        shareGone = gone > alive ? 1 / (1 + odds) : odds / (1 + odds)
      }
      const shareAlive = 1 - shareGone
      dr -= weight * (shareAlive * lAge + shareGone * lRecency)
      dAlpha -=
        weight *
        shape *
        (shareAlive / (alpha + age.values[age.codes[i]!]!) +
          shareGone / (alpha + recency.values[recency.codes[i]!]!))
      if (shareGone > 0) {
        da += (weight * shareGone) / a
        db -= (weight * shareGone) / (b + x.values[code]! + extra - 1)
      }
    }
    gradient[0] = -dr
    gradient[1] = -dAlpha
    gradient[2] = -da
    gradient[3] = -db
    return -value
  }
}

/**
 * The part that depends on frequency only. ln Γ(r+x) − ln Γ(r) is summed as Σ ln(r+k), and likewise for the betas, in one
 * walk from the smallest frequency to the largest: no digits cancel when a parameter is large.
 */
function frequencyTerms(
  p: readonly [number, number, number, number],
  frequencies: Float64Array,
  ascending: Int32Array,
  weights: Float64Array,
  extra: number,
  logGone: Float64Array,
): { value: number; dr: number; dAlpha: number; da: number; db: number } {
  const [r, alpha, a, b] = p
  let [value, dr, dAlpha, da, db] = [0, 0, 0, 0, 0]
  const logAlpha = Math.log(alpha)
  let [rises, risesSlope, survives, slopeB, slopeSum] = [0, 0, 0, 0, 0]
  let x = 0
  let chances = 0
  for (const code of ascending) {
    for (; x < frequencies[code]!; x++) {
      rises += Math.log(r + x)
      risesSlope += 1 / (r + x)
    }
    for (; chances < x + extra; chances++) {
      survives -= Math.log1p(a / (b + chances))
      slopeB += 1 / (b + chances)
      slopeSum += 1 / (a + b + chances)
    }
    const weight = weights[code]!
    value += weight * (r * logAlpha + rises + survives)
    dr += weight * (risesSlope + logAlpha)
    dAlpha += (weight * r) / alpha
    da -= weight * slopeSum
    db += weight * (slopeB - slopeSum)
    logGone[code] = chances === 0 ? -Infinity : Math.log(a) - Math.log(b + chances - 1)
  }
  return { value, dr, dAlpha, da, db }
}
