/**
 * What bins are judged by: information value (Jeffreys), Jensen–Shannon, squared Hellinger distance, or triangular
 * discrimination (Le Cam).
 */
export type BinObjective = 'iv' | 'js' | 'hellinger' | 'triangular'

/**
 * Part of a bin with the shares p and q of two classes in the divergence between the classes.
 * Source: Dragomir, Gluščević & Pearce (2001), inequalities between these divergences.
 */
export function divergence(p: number, q: number, kind: BinObjective): number {
  switch (kind) {
    case 'iv':
      return p === q ? 0 : (p - q) * Math.log(p / q)
    case 'js': {
      const m = (p + q) / 2
      return (xLogRatio(p, m) + xLogRatio(q, m)) / 2
    }
    case 'hellinger':
      return (Math.sqrt(p) - Math.sqrt(q)) ** 2 / 2
    case 'triangular':
      return p + q > 0 ? (p - q) ** 2 / (p + q) : 0
  }
}

/** p·ln(p / m), 0 at p = 0. */
export function xLogRatio(p: number, m: number): number {
  return p > 0 ? p * Math.log(p / m) : 0
}
