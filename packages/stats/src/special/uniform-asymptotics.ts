import { logErfc } from './erf.ts'
import { log1mExp } from './log-gamma.ts'
import { devianceTerm } from './saddle-point.ts'

/**
 * ln P(a, x) or ln Q(a, x) for a ≥ 10⁸, where series and fractions would need √a terms; relative error near 1/a².
 * Source: Temme (1979), "The asymptotic expansion of the incomplete gamma functions", eq. 3.5 with two terms;
 * DLMF 8.12.3 and 8.12.8 to 8.12.12, https://dlmf.nist.gov/8.12
 */
export function largeIncompleteGamma(a: number, x: number, tail: 'lower' | 'upper'): number {
  const mu = (x - a) / a
  const half = devianceTerm(a, x) / a
  const eta = Math.sign(mu) * Math.sqrt(2 * half)
  const small = Math.abs(eta) < 0.02
  const c0 = small
    ? -1 / 3 + eta * (1 / 12 + eta * (-2 / 135 + eta * (1 / 864 + eta / 2835)))
    : 1 / mu - 1 / eta
  const c1 = small
    ? -1 / 540 - eta * (1 / 288 - (eta * 25) / 12096)
    : 1 / eta ** 3 - 1 / mu ** 3 - 1 / mu ** 2 - 1 / (12 * mu)
  return combine(eta * Math.sqrt(a / 2), (c0 + c1 / a) / Math.sqrt(2 * Math.PI * a), tail === 'upper')
}

/**
 * ln I_x(a, b) for a + b ≥ 10¹⁰, given y = 1 − x; relative error near (a + b)^(−3/2) in the centre.
 * Source: Temme (1982), "The uniform asymptotic expansion of a class of integrals"; DLMF 8.18.9 and 8.18.14 with its
 * leading term, https://dlmf.nist.gov/8.18
 */
export function largeIncompleteBeta(x: number, y: number, a: number, b: number): number {
  const total = a + b
  const [x0, y0] = [a / total, b / total]
  const gap = x <= y ? x - x0 : y0 - y
  if (x === 0 || y === 0) return x === 0 ? -Infinity : 0
  const half = (devianceTerm(a, total * x) + devianceTerm(b, total * y)) / total
  const eta = Math.sign(gap) * Math.sqrt(2 * Math.max(0, half))
  const spread = Math.sqrt(x0 * y0)
  const c0 = Math.abs(gap) < 1e-9 * spread || eta === 0 ? (1 - 2 * x0) / (3 * spread) : 1 / eta - spread / gap
  return combine(-eta * Math.sqrt(total / 2), c0 / Math.sqrt(2 * Math.PI * total), true)
}

/** ln [½ erfc(±z) ± e^{−z²}·rest], the smaller tail computed and the other taken from it. */
function combine(z: number, rest: number, upper: boolean): number {
  const flip = upper ? 1 : -1
  const at = flip * z
  if (at >= 0) {
    const main = logErfc(at) - Math.LN2
    return Math.min(0, main + Math.log1p(flip * rest * Math.exp(-at * at - main)))
  }
  const main = logErfc(-at) - Math.LN2
  return log1mExp(Math.min(0, main + Math.log1p(-flip * rest * Math.exp(-at * at - main))))
}
