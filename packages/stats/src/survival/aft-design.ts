import { StatsError } from '../stats-error.ts'
import type { AftData, AftOptions } from './aft.ts'

/** Covariates brought to mean 0 and deviation 1, of the location and of ln scale. */
export interface AftDesign {
  /** Covariates beside the constant. */
  readonly p: number
  readonly q: number
  /** Row-major n×(p+q), those of the location first. */
  readonly z: Float64Array
  readonly centres: Float64Array
  readonly spreads: Float64Array
  /** Coefficients of the location, then of ln scale: p + 1 and q + 1, or 0 where the scale is given. */
  readonly size: number
  readonly logScale: number | undefined
}

/** @throws StatsError `lengthMismatch`, `outOfDomain`, `zeroVariance`, `invalidOption` */
export function designAft(data: AftData, n: number, options: AftOptions, fixedScale: boolean): AftDesign {
  const p = data.x ? (data.p ?? 0) : 0
  const q = data.scaleX ? (data.scaleP ?? 0) : 0
  for (const [name, values, width] of [
    ['x', data.x, p],
    ['scaleX', data.scaleX, q],
  ] as const)
    if (values && values.length !== n * width)
      throw new StatsError(
        'lengthMismatch',
        `${name} has ${values.length} values; ${n} rows of ${width} covariates were expected.`,
      )
  if (fixedScale && (options.scale ?? 1) !== 1)
    throw new StatsError('invalidOption', `An exponential's scale is 1; ${options.scale} was given.`, {
      hint: "Fit distribution 'weibull' with that scale.",
    })
  const given = fixedScale ? 1 : options.scale
  if (given !== undefined && !(given > 0 && given < Infinity))
    throw new StatsError('outOfDomain', `scale is ${given}; a finite number greater than zero was expected.`)
  if (given !== undefined && q > 0)
    throw new StatsError('invalidOption', 'A scale that is given cannot depend on covariates.')
  const width = p + q
  const z = Float64Array.from({ length: n * width }, (_, k) => {
    const [i, j] = [Math.floor(k / width), k % width]
    return j < p ? data.x![i * p + j]! : data.scaleX![i * q + j - p]!
  })
  const centres = new Float64Array(width)
  const spreads = new Float64Array(width)
  for (let j = 0; j < width; j++) {
    for (let i = 0; i < n; i++) centres[j]! += z[i * width + j]! / n
    for (let i = 0; i < n; i++) spreads[j]! += (z[i * width + j]! - centres[j]!) ** 2 / n
    spreads[j] = Math.sqrt(spreads[j]!)
    if (!(spreads[j]! > 0))
      throw new StatsError(
        'zeroVariance',
        `Covariate ${j} has the same value in all rows (or one that is not finite).`,
        { context: { covariate: j } },
      )
    for (let i = 0; i < n; i++) z[i * width + j] = (z[i * width + j]! - centres[j]!) / spreads[j]!
  }
  return {
    p,
    q,
    z,
    centres,
    spreads,
    size: p + 1 + (given === undefined ? q + 1 : 0),
    logScale: given === undefined ? undefined : Math.log(given),
  }
}

/** Where the parameters of covariate j of the design stand, after the constant of their part. */
export function placeOf(design: AftDesign, j: number): number {
  return j < design.p ? j + 1 : j + 2
}

/**
 * Row-major matrix that takes parameters to those of the given covariates: β = b/spread, β₀ = b₀ − Σ b·centre/spread;
 * the location's in units of `unit`.
 */
export function backMatrix(design: AftDesign, unit: number): Float64Array {
  const { p, q, size } = design
  const back = new Float64Array(size * size)
  for (let k = 0; k < size; k++) back[k * size + k] = k <= p ? unit : 1
  for (let j = 0; j < p + (design.logScale === undefined ? q : 0); j++) {
    const at = placeOf(design, j)
    const constant = j < p ? 0 : p + 1
    const factor = (j < p ? unit : 1) / design.spreads[j]!
    back[at * size + at] = factor
    back[constant * size + at] = -factor * design.centres[j]!
  }
  return back
}
