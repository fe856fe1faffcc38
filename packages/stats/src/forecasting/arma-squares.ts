/** Conditional one-step errors of an ARMA series: those before `skip` are 0. */
export interface ConditionalErrors {
  readonly errors: Float64Array
  /** Σ of squares from `skip` on, and how many there are. */
  readonly square: number
  readonly count: number
}

/**
 * Errors of φ(B)x = θ(B)e given the first values, with the errors before them 0.
 * Source: Box and Jenkins (1970), section 7.1.2
 */
export function conditionalErrors(
  x: Float64Array,
  phi: Float64Array,
  theta: Float64Array,
  skip: number,
): ConditionalErrors {
  const errors = new Float64Array(x.length)
  let square = 0
  for (let t = skip; t < x.length; t++) {
    let error = x[t]!
    for (let j = 1; j <= Math.min(phi.length, t); j++) error -= phi[j - 1]! * x[t - j]!
    for (let j = 1; j <= Math.min(theta.length, t - skip); j++) error -= theta[j - 1]! * errors[t - j]!
    errors[t] = error
    square += error * error
  }
  return { errors, square, count: x.length - skip }
}
