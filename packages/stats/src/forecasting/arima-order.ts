import { StatsError } from '../stats-error.ts'

/** Orders of ARIMA(p, d, q)(P, D, Q) with the seasonal period (1 without a season). */
export interface ArimaOrder {
  readonly p: number
  readonly d: number
  readonly q: number
  readonly seasonal: { readonly P: number; readonly D: number; readonly Q: number; readonly period: number }
}

export function checkOrder(order: ArimaOrder): void {
  const { p, d, q, seasonal } = order
  const whole = [p, d, q, seasonal.P, seasonal.D, seasonal.Q].every((v) => Number.isInteger(v) && v >= 0)
  if (!whole || !Number.isInteger(seasonal.period) || seasonal.period < 1)
    throw new StatsError(
      'invalidOption',
      `The order ${orderName(order)} is not one of whole numbers ≥ 0 with a period ≥ 1.`,
    )
  if (seasonal.period === 1 && seasonal.P + seasonal.D + seasonal.Q > 0)
    throw new StatsError('invalidOption', 'Seasonal orders need a period of at least 2.')
}

/**
 * The usual name of an order, such as ARIMA(2,1,1)(0,1,0)[12].
 * Cost O(1).
 * Source: Hyndman and Khandakar (2008), https://doi.org/10.18637/jss.v027.i03
 * @throws nothing
 * @example
 * orderName({ p: 2, d: 1, q: 1, seasonal: { P: 0, D: 1, Q: 0, period: 12 } }) // → 'ARIMA(2,1,1)(0,1,0)[12]'
 */
export function orderName({ p, d, q, seasonal: s }: ArimaOrder): string {
  return `ARIMA(${p},${d},${q})${s.period > 1 ? `(${s.P},${s.D},${s.Q})[${s.period}]` : ''}`
}

export function coefficientCount({ p, q, seasonal }: ArimaOrder): number {
  return p + q + seasonal.P + seasonal.Q
}

export function coefficientNames({ p, q, seasonal }: ArimaOrder, constant: boolean): string[] {
  const run = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${name}${i + 1}`)
  return [
    ...run('ar', p),
    ...run('ma', q),
    ...run('sar', seasonal.P),
    ...run('sma', seasonal.Q),
    ...(constant ? ['constant'] : []),
  ]
}

/** Multiplies the ordinary and the seasonal polynomials out; differencing is not part of it. */
export function expandCoefficients(
  order: ArimaOrder,
  v: ArrayLike<number>,
): { readonly phi: Float64Array; readonly theta: Float64Array } {
  const { p, q, seasonal } = order
  const at = (from: number, count: number, sign: number): Float64Array =>
    Float64Array.from([1, ...Array.from({ length: count }, (_, i) => sign * v[from + i]!)])
  const ar = multiplyPolynomials(at(0, p, -1), spread(at(p + q, seasonal.P, -1), seasonal.period))
  const ma = multiplyPolynomials(at(p, q, 1), spread(at(p + q + seasonal.P, seasonal.Q, 1), seasonal.period))
  return { phi: ar.subarray(1).map((c) => -c), theta: ma.slice(1) }
}

/** φ of φ(B)(1 − B)^d (1 − B^m)^D: the autoregression of the series itself. */
export function integrateAutoregression(order: ArimaOrder, phi: Float64Array): Float64Array {
  let polynomial = Float64Array.from([1, ...phi.map((c) => -c)])
  for (let k = 0; k < order.d; k++)
    polynomial = Float64Array.from(multiplyPolynomials(polynomial, new Float64Array([1, -1])))
  for (let k = 0; k < order.seasonal.D; k++)
    polynomial = Float64Array.from(
      multiplyPolynomials(polynomial, spread(new Float64Array([1, -1]), order.seasonal.period)),
    )
  return polynomial.subarray(1).map((c) => -c)
}

/** Coefficients from unbounded numbers: each block is stationary (or invertible) by its partial autocorrelations tanh(u). */
export function fromPartials(order: ArimaOrder, u: ArrayLike<number>): Float64Array {
  const result = new Float64Array(coefficientCount(order))
  let from = 0
  for (const [count, sign] of blocksOf(order)) {
    const block = durbinLevinson(
      Float64Array.from({ length: count }, (_, i) => SHORT_OF_ONE * Math.tanh(u[from + i]!)),
    )
    for (let i = 0; i < count; i++) result[from + i] = sign * block[i]!
    from += count
  }
  return result
}

/** Back from coefficients, what follows them unchanged; nothing where a block is outside its region. */
export function toPartials(order: ArimaOrder, natural: Float64Array): Float64Array | undefined {
  const u = natural.slice()
  let from = 0
  for (const [count, sign] of blocksOf(order)) {
    let block = Array.from(natural.subarray(from, from + count), (v) => sign * v)
    for (let k = count - 1; k >= 0; k--) {
      const last = block[k]!
      if (!(Math.abs(last) < SHORT_OF_ONE)) return undefined
      u[from + k] = Math.atanh(last / SHORT_OF_ONE)
      const rest = block.slice(0, k)
      block = rest.map((v, j) => (v + last * rest[k - 1 - j]!) / (1 - last * last))
    }
    from += count
  }
  return u
}

/** Sizes of the blocks of coefficients, and the sign that makes each an autoregression. */
function blocksOf({ p, q, seasonal }: ArimaOrder): readonly (readonly [number, 1 | -1])[] {
  return [
    [p, 1],
    [q, -1],
    [seasonal.P, 1],
    [seasonal.Q, -1],
  ]
}

/** At a partial autocorrelation of one the process has no variance to scale by. */
const SHORT_OF_ONE = 1 - 1e-7

/** Autoregressive coefficients with the given partial autocorrelations. */
function durbinLevinson(partials: Float64Array): Float64Array {
  let phi = new Float64Array(partials.length)
  for (let k = 0; k < partials.length; k++) {
    const next = phi.slice()
    next[k] = partials[k]!
    for (let j = 0; j < k; j++) next[j] = phi[j]! - partials[k]! * phi[k - 1 - j]!
    phi = next
  }
  return phi
}

/** Whether 1 − φ₁z − … has its roots outside the unit circle, by running Durbin and Levinson's recursion backwards. */
export function isStationary(phi: Float64Array): boolean {
  let current = Array.from(phi)
  while (current.length > 0) {
    const last = current[current.length - 1]!
    if (!(Math.abs(last) < 1)) return false
    const rest = current.slice(0, -1)
    current = rest.map((v, j) => (v + last * rest[rest.length - 1 - j]!) / (1 - last * last))
  }
  return true
}

function spread(polynomial: Float64Array, period: number): Float64Array {
  const wide = new Float64Array((polynomial.length - 1) * period + 1)
  polynomial.forEach((c, k) => {
    wide[k * period] = c
  })
  return wide
}

function multiplyPolynomials(a: Float64Array, b: Float64Array): Float64Array {
  const product = new Float64Array(a.length + b.length - 1)
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) product[i + j]! += a[i]! * b[j]!
  return product
}
