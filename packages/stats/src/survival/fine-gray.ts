import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import type { CompetingRisksData } from './aalen-johansen.ts'
import { type CoxModel, fitCox } from './cox.ts'
import { predictCoxSurvival } from './cox-baseline.ts'
import type { CoxData, CoxTies } from './cox-risk-sets.ts'
import { fineGrayCovariance } from './fine-gray-variance.ts'
import { fitKaplanMeier, survivalAt } from './kaplan-meier.ts'

export interface CompetingRisksRegressionData extends CompetingRisksData {
  /** Row-major n×p covariates, without a constant. */
  readonly x: Float64Array
  readonly p: number
}

/**
 * Who is at risk of censoring at a time of both: only those left after the events there (R's `finegray`), or all
 * (`cmprsk::crr`).
 */
export type CensoringTies = 'eventsFirst' | 'together'

/** Rows of a weighted proportional hazards model, and the row of the data that each stands for. */
export interface FineGrayRows {
  readonly rows: CoxData
  readonly subject: Int32Array
}

/**
 * Rows whose weighted Cox regression is Fine and Gray's model: who had another event stays at risk with the chance that
 * it would not have been censored since, G(t−)/G(T−), cut where that chance falls.
 * Cost O(n + subjects with another event × steps of the censoring curve) rows.
 * Source: Fine and Gray (1999), section 3.2, https://doi.org/10.1080/01621459.1999.10474144; Geskus (2011), https://doi.org/10.1111/j.1541-0420.2010.01420.x
 * Parity: R's `survival::finegray`.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData` when the cause never
 * happens
 * @example
 * const data = { time: [1, 2, 3, 4], cause: [2, 0, 1, 1], x: new Float64Array([1, 0, 1, 0]), p: 1 }
 * fineGrayRows(data, 1).rows.weights // → [1, 0.6666667, 1, 1, 1]
 */
export function fineGrayRows(
  data: CompetingRisksRegressionData,
  cause: number,
  censoring: CensoringTies = 'eventsFirst',
): FineGrayRows {
  const { p, x } = data
  const n = requireSameLength({ time: data.time, cause: data.cause, weights: data.weights })
  requireFiniteColumn('time', data.time)
  requireFiniteColumn('cause', data.cause)
  requireFiniteColumn('x', x)
  if (x.length !== n * p)
    throw new StatsError(
      'lengthMismatch',
      `x has ${x.length} values; ${n} rows of ${p} covariates were expected.`,
    )
  const eventTimes = [...new Set(Array.from(data.time).filter((_, i) => data.cause[i] === cause))].sort(
    (a, b) => a - b,
  )
  if (eventTimes.length === 0)
    throw new StatsError('insufficientData', `No row has an event of cause ${cause}.`)
  const uncensored = censoringBefore(data, n, censoring)
  const before = eventTimes.map(uncensored)
  const first = Array.from(data.time).reduce((a, b) => Math.min(a, b), Infinity) - 1
  const found: { subject: number; entry: number; time: number; event: number; weight: number }[] = []
  for (let i = 0; i < n; i++) {
    const time = data.time[i]!
    const own = data.weights ? data.weights[i]! : 1
    const other = data.cause[i] !== 0 && data.cause[i] !== cause
    found.push({ subject: i, entry: first, time, event: data.cause[i] === cause ? 1 : 0, weight: own })
    if (!other) continue
    const start = uncensored(time)
    let entry = time
    for (let k = eventTimes.findIndex((t) => t > time); k >= 0 && k < eventTimes.length; k++) {
      // Rows end at the last event time of one weight.
      if (k + 1 < eventTimes.length && before[k + 1] === before[k]) continue
      const weight = (own * before[k]!) / start
      if (!(weight > 0)) break
      found.push({ subject: i, entry, time: eventTimes[k]!, event: 0, weight })
      entry = eventTimes[k]!
    }
  }
  const rows: CoxData = {
    time: Float64Array.from(found, (row) => row.time),
    entry: Float64Array.from(found, (row) => row.entry),
    event: Uint8Array.from(found, (row) => row.event),
    weights: Float64Array.from(found, (row) => row.weight),
    x: Float64Array.from(
      found.flatMap(({ subject }) => Array.from(x.subarray(subject * p, subject * p + p))),
    ),
    p,
  }
  return { rows, subject: Int32Array.from(found, (row) => row.subject) }
}

/** Chance not to be censored before a time. */
function censoringBefore(data: CompetingRisksData, n: number, ties: CensoringTies): (time: number) => number {
  // A hair later, so that events have left by then.
  const shift = ties === 'eventsFirst' ? 1e-12 : 0
  const curve = fitKaplanMeier(
    {
      time: Float64Array.from(data.time, (t, i) => (data.cause[i] === 0 ? t + Math.abs(t) * shift : t)),
      event: Uint8Array.from({ length: n }, (_, i) => (data.cause[i] === 0 ? 1 : 0)),
      ...(data.weights ? { weights: data.weights } : {}),
    },
    { interval: 'log' },
  )
  const back = ties === 'eventsFirst' ? 0 : 1e-12
  return (time) => survivalAt(curve, [time - Math.abs(time) * back])[0]!
}

export interface FineGrayOptions {
  readonly ties?: CoxTies
  readonly censoring?: CensoringTies
  /**
   * What the standard errors take the censoring curve for: `known` (R's `coxph` on `finegray` rows; default) or `estimated`
   * from the same subjects, whose uncertainty is then added (`cmprsk::crr`; wants `censoring: 'together'`, Breslow's ties and
   * no weights).
   */
  readonly censoringCurve?: 'known' | 'estimated'
}

/**
 * Fine and Gray's regression of one cause's cumulative incidence: hazards of the subdistribution, in which who had another
 * event stays at risk. Standard errors are robust over subjects.
 * Cost that of a Cox regression on the rows of `fineGrayRows`.
 * Source: Fine and Gray (1999), https://doi.org/10.1080/01621459.1999.10474144
 * Parity: R's `coxph` on `finegray` rows; `cmprsk::crr` with `censoring: 'together'` and `censoringCurve: 'estimated'`.
 * @throws StatsError as `fineGrayRows` and `fitCox`; `invalidOption` where `estimated` is asked for with other ties or weights
 * @example
 * const x = new Float64Array([1, 0, 1, 0, 0, 1, 0, 1])
 * const data = { time: [1, 2, 3, 4, 5, 6, 7, 8], cause: [2, 0, 1, 1, 2, 1, 0, 1], x, p: 1 }
 * fitFineGray(data, 1).coefficients // → [0.7370906]
 */
export function fitFineGray(
  data: CompetingRisksRegressionData,
  cause: number,
  options: FineGrayOptions = {},
): CoxModel {
  const { ties = 'breslow', censoring, censoringCurve = 'known' } = options
  const estimated = censoringCurve === 'estimated'
  if (estimated && (censoring !== 'together' || ties !== 'breslow' || data.weights))
    throw new StatsError(
      'invalidOption',
      "censoringCurve: 'estimated' is defined for censoring: 'together', Breslow's ties and no weights only.",
    )
  const { rows, subject } = fineGrayRows(data, cause, censoring)
  const model = fitCox(rows, { ties, robust: true, cluster: subject })
  if (!estimated) return model
  const covariance = fineGrayCovariance(data, cause, model.coefficients)
  const standardErrors = model.coefficients.map((_, j) => Math.sqrt(covariance[j * data.p + j]!))
  return Object.freeze({
    ...model,
    standardErrors: Object.freeze(standardErrors),
    covariance: Object.freeze([...covariance]),
  })
}

/**
 * Predicted cumulative incidence, 1 − exp(−Λ(t)·exp(β·x)): one row per time, one column per row of `x` (row-major m×p), as a
 * row-major times×m matrix.
 * Range: [0, 1).
 * Cost O(times × m + m·p).
 * Source: Fine and Gray (1999), section 4, https://doi.org/10.1080/01621459.1999.10474144
 * Parity: `cmprsk::predict.crr`.
 * @throws StatsError `lengthMismatch`, `notFinite`
 * @example
 * const x = new Float64Array([1, 0, 1, 0, 0, 1, 0, 1])
 * const data = { time: [1, 2, 3, 4, 5, 6, 7, 8], cause: [2, 0, 1, 1, 2, 1, 0, 1], x, p: 1 }
 * predictIncidence(fitFineGray(data, 1), Float64Array.of(0, 1), [4]) // → [0.1828066, 0.3441985]
 */
export function predictIncidence(model: CoxModel, x: Float64Array, times: ArrayLike<number>): Float64Array {
  return predictCoxSurvival(model, x, times).map((survival) => 1 - survival)
}
