import { betaQuantile } from '../distributions/beta.ts'
import { normalQuantile } from '../distributions/normal.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import type { Interval } from './sample.ts'

/** Successes out of trials. Weighted or fractional counts are allowed where the method allows them. */
export type Proportion = { readonly successes: number; readonly n: number }

/**
 * Wilson's score interval of a proportion; right even at 0 or n successes.
 * Range: within [0, 1].
 * Cost O(1).
 * Source: Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953; Newcombe (1998), Statistics in Medicine 17,
 * methods 3 and 4.
 * @param options.continuity with Yates' correction of half a success, as R's `prop.test` prints. Default false.
 * @throws StatsError `outOfDomain` unless 0 ≤ successes ≤ n and n > 0.
 * @example
 * wilsonInterval({ successes: 8, n: 10 }) // → { low: 0.4901625, high: 0.9433178, level: 0.95 }
 */
export function wilsonInterval(
  { successes, n }: Proportion,
  options: { readonly level?: number; readonly continuity?: boolean } = {},
): Interval {
  const { level = 0.95, continuity = false } = options
  requireProportion({ successes, n })
  requireLevel('level', level)
  const z = normalQuantile((1 + level) / 2)
  const p = successes / n
  const half = continuity ? Math.min(0.5, Math.abs(successes - n * 0.5)) : 0
  const side = (shift: number, sign: number): number => {
    const q = p + (shift * half) / n
    const root = Math.sqrt((q * (1 - q)) / n + (z * z) / (4 * n * n))
    return (q + (z * z) / (2 * n) + sign * z * root) / (1 + (z * z) / n)
  }
  return {
    low: successes === 0 ? 0 : Math.max(0, side(-1, -1)),
    high: successes === n ? 1 : Math.min(1, side(1, 1)),
    level,
  }
}

/**
 * Newcombe's hybrid score interval of a difference of independent proportions, first − second.
 * It never leaves [−1, 1] and works at 0 and n successes.
 * Cost O(1).
 * Source: Newcombe (1998), Statistics in Medicine 17, 873–890, method 10, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C873::AID-SIM779%3E3.0.CO;2-I
 * @throws StatsError `outOfDomain` as `wilsonInterval` does.
 * @example
 * newcombeInterval({ successes: 56, n: 70 }, { successes: 48, n: 80 }) // → { low: 0.05243147, high: 0.3338727, level: 0.95 }
 */
export function newcombeInterval(first: Proportion, second: Proportion, level = 0.95): Interval {
  const a = wilsonInterval(first, { level })
  const b = wilsonInterval(second, { level })
  const p = first.successes / first.n
  const q = second.successes / second.n
  return {
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
    level,
  }
}

/**
 * Clopper and Pearson's exact interval of a proportion (conservative: covers at least the level).
 * Range: within [0, 1].
 * Cost about twenty evaluations of an incomplete beta function.
 * Source: Clopper & Pearson (1934), Biometrika 26, https://doi.org/10.1093/biomet/26.4.404
 * @throws StatsError `outOfDomain` as `wilsonInterval` does.
 * @example
 * clopperPearsonInterval({ successes: 8, n: 10 }) // → { low: 0.4439045, high: 0.9747893, level: 0.95 }
 */
export function clopperPearsonInterval({ successes, n }: Proportion, level = 0.95): Interval {
  requireProportion({ successes, n })
  requireLevel('level', level)
  const tail = (1 - level) / 2
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, n - successes + 1),
    high: successes === n ? 1 : betaQuantile(1 - tail, successes + 1, n - successes),
    level,
  }
}

/**
 * Agresti and Coull's interval: Wald's around the shrunken proportion (x + z²/2) / (n + z²), cut to [0, 1].
 * Cost O(1).
 * Source: Agresti & Coull (1998), The American Statistician 52, https://doi.org/10.1080/00031305.1998.10480550
 * @throws StatsError `outOfDomain` as `wilsonInterval` does.
 * @example
 * agrestiCoullInterval({ successes: 8, n: 10 }) // → { low: 0.4793676, high: 0.9541127, level: 0.95 }
 */
export function agrestiCoullInterval({ successes, n }: Proportion, level = 0.95): Interval {
  requireProportion({ successes, n })
  requireLevel('level', level)
  const z = normalQuantile((1 + level) / 2)
  const p = (successes + (z * z) / 2) / (n + z * z)
  const reach = z * Math.sqrt((p * (1 - p)) / (n + z * z))
  return { low: Math.max(0, p - reach), high: Math.min(1, p + reach), level }
}

/**
 * Throws unless 0 ≤ successes ≤ n and n > 0; returns nothing.
 * Cost O(1).
 * Source: definition of a proportion as in Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953
 * @throws StatsError `outOfDomain`
 * @example
 * requireProportion({ successes: 11, n: 10 }) // throws outOfDomain
 */
export function requireProportion({ successes, n }: Proportion): void {
  if (n > 0 && Number.isFinite(n) && successes >= 0 && successes <= n) return
  throw new StatsError(
    'outOfDomain',
    `${successes} successes in ${n} trials is not a proportion; 0 ≤ successes ≤ n and n > 0 were expected.`,
  )
}

/**
 * Wald interval p ± z·√(p(1 − p)/n), cut to [0, 1]: the textbook one, which covers too little for small n or p near 0
 * or 1.
 * Cost O(1).
 * Source: Brown, Cai & DasGupta (2001), section 2, https://doi.org/10.1214/ss/1009213286
 * @throws StatsError `outOfDomain`.
 * @example
 * waldProportionInterval({ successes: 7, n: 20 }) // → { low: 0.1409627, high: 0.5590373, level: 0.95 }
 */
export function waldProportionInterval({ successes, n }: Proportion, level = 0.95): Interval {
  requireProportion({ successes, n })
  requireLevel('level', level)
  const p = successes / n
  const reach = normalQuantile((1 + level) / 2) * Math.sqrt((p * (1 - p)) / n)
  return { low: Math.max(0, p - reach), high: Math.min(1, p + reach), level }
}

/**
 * Jeffreys interval: the middle of the beta posterior under the prior Beta(½, ½).
 * Cost O(1).
 * Source: Brown, Cai & DasGupta (2001), section 4.2, https://doi.org/10.1214/ss/1009213286
 * @throws StatsError `outOfDomain`.
 * @example
 * jeffreysInterval({ successes: 7, n: 20 }) // → { low: 0.1722762, high: 0.5677661, level: 0.95 }
 */
export function jeffreysInterval({ successes, n }: Proportion, level = 0.95): Interval {
  requireProportion({ successes, n })
  requireLevel('level', level)
  const [a, b] = [successes + 0.5, n - successes + 0.5]
  const tail = (1 - level) / 2
  return { low: betaQuantile(tail, a, b), high: betaQuantile(1 - tail, a, b), level }
}
