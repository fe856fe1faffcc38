import { digamma } from '../special/digamma.ts'
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
  return (p, gradient) => {
    const [r, alpha, a, b] = [p[0]!, p[1]!, p[2]!, p[3]!]
    for (let k = 0; k < logRecency.length; k++) logRecency[k] = Math.log(alpha + recency.values[k]!)
    for (let k = 0; k < logAge.length; k++) logAge[k] = Math.log(alpha + age.values[k]!)
    const sums = frequencyTerms(r, alpha, a, b, x.values, perFrequency, extra, logGone)
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

function frequencyTerms(
  r: number,
  alpha: number,
  a: number,
  b: number,
  frequencies: Float64Array,
  weights: Float64Array,
  extra: number,
  logGone: Float64Array,
): { value: number; dr: number; dAlpha: number; da: number; db: number } {
  let [value, dr, dAlpha, da, db] = [0, 0, 0, 0, 0]
  const logAlpha = Math.log(alpha)
  const constant = r * logAlpha - logGamma(r) + logGamma(a + b) - logGamma(b)
  const [psiR, psiB, psiSum] = [digamma(r), digamma(b), digamma(a + b)]
  for (let k = 0; k < frequencies.length; k++) {
    const x = frequencies[k]!
    const weight = weights[k]!
    const chances = x + extra
    value += weight * (constant + logGamma(r + x) + logGamma(b + chances) - logGamma(a + b + chances))
    dr += weight * (digamma(r + x) - psiR + logAlpha)
    dAlpha += (weight * r) / alpha
    const psiAll = digamma(a + b + chances)
    da += weight * (psiSum - psiAll)
    db += weight * (psiSum + digamma(b + chances) - psiB - psiAll)
    logGone[k] = chances === 0 ? -Infinity : Math.log(a) - Math.log(b + chances - 1)
  }
  return { value, dr, dAlpha, da, db }
}
