import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'

/** Outcomes, predicted uplifts and treatment (0 or 1) of the same rows. */
export type UpliftData = {
  readonly y: ArrayLike<number>
  readonly uplift: ArrayLike<number>
  readonly treatment: ArrayLike<number>
}

/** Points of a curve over the number of rows targeted, highest predicted uplift first. */
export type UpliftCurve = { readonly rows: Float64Array; readonly values: Float64Array }

/**
 * How rows with the same prediction are taken: as one point (scikit-uplift; the only way that does not hang on the
 * order of rows), or one by one in the order given (causalml).
 */
export type UpliftTies = 'collapse' | 'inputOrder'

/**
 * Uplift curve: difference of mean outcomes among the rows targeted, times their number.
 * Both columns of a curve have the same length and begin at 0.
 * Cost O(n log n).
 * Source: Devriendt, Guns & Verbeke (2020), arXiv:2002.05897, https://arxiv.org/abs/2002.05897
 * Parity: scikit-uplift.
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `oneClass` without treated or without control rows.
 * @example
 * const data = { y: [1, 1, 0, 1], uplift: [0.9, 0.8, 0.7, 0.6], treatment: [1, 1, 0, 0] }
 * upliftCurve(data).values // → [0, 1, 2, 3, 2]
 */
export function upliftCurve(data: UpliftData, ties: UpliftTies = 'collapse'): UpliftCurve {
  return curve(
    data,
    ties,
    (s) =>
      ((s.treated > 0 ? s.yTreated / s.treated : 0) - (s.control > 0 ? s.yControl / s.control : 0)) *
      (s.treated + s.control),
  )
}

/**
 * Qini curve: responses of the treated among the rows targeted less those of as many controls.
 * Both columns of a curve have the same length and begin at 0.
 * Cost O(n log n).
 * Source: Radcliffe (2007), Direct Marketing Analytics Journal 3; Devriendt, Guns & Verbeke (2020), https://arxiv.org/abs/2002.05897
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `oneClass`
 * @example
 * const data = { y: [1, 1, 0, 1], uplift: [0.9, 0.8, 0.7, 0.6], treatment: [1, 1, 0, 0] }
 * qiniCurve(data).values // → [0, 1, 2, 2, 1]
 */
export function qiniCurve(data: UpliftData, ties: UpliftTies = 'collapse'): UpliftCurve {
  return curve(data, ties, (s) => s.yTreated - (s.control > 0 ? (s.yControl * s.treated) / s.control : 0))
}

/**
 * The uplift curve of a ranking that knew all outcomes (0 or 1): treated responders and untouched non-responders first.
 * `y` and `treatment` have length n.
 * Cost O(n log n).
 * Source: Devriendt, Guns & Verbeke (2020), https://arxiv.org/abs/2002.05897
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `oneClass`
 * @example
 * perfectUpliftCurve({ y: [1, 1, 0, 1], treatment: [1, 1, 0, 0] }).values // → [0, 2, 3, 2]
 */
export function perfectUpliftCurve({ y, treatment }: Omit<UpliftData, 'uplift'>): UpliftCurve {
  requireBinary(y)
  let controlResponders = 0
  let treatedOthers = 0
  for (let i = 0; i < y.length; i++) {
    if (y[i] === 1 && treatment[i] === 0) controlResponders++
    if (y[i] === 0 && treatment[i] === 1) treatedOthers++
  }
  const second = controlResponders > treatedOthers ? y : treatment
  return upliftCurve({
    y,
    treatment,
    uplift: Float64Array.from(y, (v, i) => 2 * Number(v === treatment[i]) + second[i]!),
  })
}

/**
 * The Qini curve of a ranking that knew all outcomes; without negative effects it never falls.
 * `y` and `treatment` have length n.
 * Cost O(n log n).
 * Source: Devriendt, Guns & Verbeke (2020), https://arxiv.org/abs/2002.05897
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `oneClass`
 * @example
 * perfectQiniCurve({ y: [1, 1, 0, 1], treatment: [1, 1, 0, 0] }).values // → [0, 2, 2, 1]
 */
export function perfectQiniCurve(
  { y, treatment }: Omit<UpliftData, 'uplift'>,
  negativeEffects = true,
): UpliftCurve {
  requireBinary(y)
  if (negativeEffects)
    return qiniCurve({ y, treatment, uplift: Float64Array.from(y, (v, i) => (treatment[i] === 1 ? v : -v)) })
  const all = qiniCurve({ y, treatment, uplift: new Float64Array(y.length) })
  const gained = all.values[all.values.length - 1]!
  return { rows: Float64Array.of(0, gained, y.length), values: Float64Array.of(0, gained, gained) }
}

/**
 * Area between a model's uplift curve and the straight line, as a share of the perfect one's.
 * At most 1; 0 is as good as chance.
 * Cost O(n log n).
 * Parity: scikit-uplift, https://www.uplift-modeling.com/en/latest/api/metrics/index.html
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `oneClass`, `zeroVariance`, and those of
 * `upliftCurve`
 * @example
 * const data = { y: [1, 1, 0, 1, 0, 0, 1, 0], uplift: [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], treatment: [1, 1, 0, 0, 1, 1, 0, 0] }
 * upliftAuc(data) // → 0.4259259
 */
export function upliftAuc(data: UpliftData): number {
  return normalisedArea(upliftCurve(data), perfectUpliftCurve(data))
}

/**
 * Qini coefficient: the same for Qini curves.
 * At most 1; 0 is as good as chance.
 * Cost O(n log n).
 * Parity: scikit-uplift, https://www.uplift-modeling.com/en/latest/api/metrics/index.html
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `oneClass`, `zeroVariance`, and those of
 * `upliftCurve`
 * @example
 * const data = { y: [1, 1, 0, 1, 0, 0, 1, 0], uplift: [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], treatment: [1, 1, 0, 0, 1, 1, 0, 0] }
 * qiniAuc(data) // → 0.4861111
 */
export function qiniAuc(data: UpliftData, options: { readonly negativeEffects?: boolean } = {}): number {
  return normalisedArea(qiniCurve(data), perfectQiniCurve(data, options.negativeEffects ?? true))
}

type Sums = {
  readonly treated: number
  readonly control: number
  readonly yTreated: number
  readonly yControl: number
}

/** Running sums after each row (or group of equal predictions), highest prediction first. */
function walk({ y, uplift, treatment }: UpliftData, ties: UpliftTies): readonly Sums[] {
  const n = requireSameLength({ y, uplift, treatment })
  requireFiniteColumn('y', y)
  requireFiniteColumn('uplift', uplift)
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => uplift[b]! - uplift[a]! || a - b)
  const sums: Sums[] = []
  let [treated, control, yTreated, yControl] = [0, 0, 0, 0]
  order.forEach((row, i) => {
    if (treatment[row] === 1) {
      treated++
      yTreated += y[row]!
    } else if (treatment[row] === 0) {
      control++
      yControl += y[row]!
    } else
      throw new StatsError(
        'outOfDomain',
        `The treatment of row ${row} is ${treatment[row]}; 0 or 1 was expected.`,
      )
    const tied = ties === 'collapse' && i + 1 < n && uplift[order[i + 1]!] === uplift[row]
    if (!tied) sums.push({ treated, control, yTreated, yControl })
  })
  if (!(treated > 0 && control > 0))
    throw new StatsError(
      'oneClass',
      `There are ${treated} treated and ${control} control rows; both were expected.`,
    )
  return sums
}

function curve(data: UpliftData, ties: UpliftTies, height: (s: Sums) => number): UpliftCurve {
  const sums = walk(data, ties)
  return {
    rows: Float64Array.of(0, ...sums.map((s) => s.treated + s.control)),
    values: Float64Array.of(0, ...sums.map(height)),
  }
}

function normalisedArea(model: UpliftCurve, perfect: UpliftCurve): number {
  const line = (perfect.rows[perfect.rows.length - 1]! * perfect.values[perfect.values.length - 1]!) / 2
  const best = area(perfect) - line
  if (Math.abs(best) < 1e-12)
    throw new StatsError(
      'zeroVariance',
      'Even a perfect ranking gains nothing over chance, so no share of it can be taken.',
    )
  return (area(model) - line) / best
}

function area({ rows, values }: UpliftCurve): number {
  let sum = 0
  for (let i = 1; i < rows.length; i++) sum += ((rows[i]! - rows[i - 1]!) * (values[i]! + values[i - 1]!)) / 2
  return sum
}

function requireBinary(y: ArrayLike<number>): void {
  for (let i = 0; i < y.length; i++)
    if (y[i] !== 0 && y[i] !== 1)
      throw new StatsError(
        'outOfDomain',
        `The outcome of row ${i} is ${y[i]}; a perfect ranking is known for 0 and 1 only.`,
      )
}
