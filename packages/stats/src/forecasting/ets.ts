import { minimizeLbfgs } from '../optimize/lbfgs.ts'
import type { OptimizeResult, OptimizeStatus } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import { searchEtsSimplex } from './ets-simplex.ts'
import { checkSeries, requirePeriod } from './series.ts'
import { freeParameters, heuristicStates } from './smoothing-parameters.ts'
import {
  ALPHA,
  BETA,
  type Component,
  differentiateSmoothing,
  GAMMA,
  LEVEL,
  PHI,
  runSmoothing,
  SEASON,
  type SmoothingShape,
  TREND,
} from './smoothing-recursion.ts'

export interface EtsForm {
  readonly error: 'additive' | 'multiplicative'
  readonly trend: Component
  readonly damped: boolean
  readonly season: Component
  readonly period: number
}

export interface EtsOptions {
  /**
   * `best` (default): the largest likelihood that three starts find. `simplex`: R's `forecast::ets`, its starting values and
   * its one run of Nelder and Mead's simplex, which may stop at a smaller likelihood.
   */
  readonly search?: 'best' | 'simplex'
}

export interface EtsModel {
  readonly kind: 'ets'
  readonly version: 1
  /** Such as ETS(M,Ad,M). */
  readonly name: string
  readonly form: EtsForm
  readonly alpha: number
  /** α·β*, in the notation of ETS. */
  readonly beta: number
  readonly gamma: number
  readonly phi: number
  readonly initialLevel: number
  readonly initialTrend: number
  readonly initialSeason: readonly number[]
  readonly level: number
  readonly trend: number
  /** Seasons of the next observations in order. */
  readonly season: readonly number[]
  /** Without constants, as in R's `forecast`: compare differences. */
  readonly logLikelihood: number
  /** The same with the normal density's constants, as statsmodels' `ETSModel` counts it. */
  readonly fullLogLikelihood: number
  readonly aic: number
  readonly aicc: number
  readonly bic: number
  /** Residual variance with degrees of freedom taken off; relative errors when they multiply. */
  readonly sigma2: number
  readonly parameters: number
  readonly fitted: readonly number[]
  readonly residuals: readonly number[]
  readonly diagnostics: {
    readonly status: OptimizeStatus
    readonly iterations: number
    readonly gradientNorm: number
    readonly observations: number
  }
}

/**
 * Fits one exponential smoothing state-space model by maximum likelihood over smoothing parameters and initial states,
 * from three starts, with analytic derivatives; 0 < β < α < 1, 0 < γ < 1 − α, 0.8 ≤ φ ≤ 0.98.
 * Cost about 100 evaluations of O(n × parameters).
 * Source: Hyndman, Koehler, Snyder and Grose (2002), eq. 6, https://doi.org/10.1016/S0169-2070(01)00110-8; Hyndman et al. (2008), chapter 5.
 * @throws StatsError `notFinite`, `insufficientData`, `outOfDomain` for values ≤ 0 where something multiplies,
 * `invalidOption`
 * @example
 * const form = { error: 'additive', trend: 'none', damped: false, season: 'none', period: 1 }
 * fitEts([3, 4, 6, 5, 7, 6, 8, 7, 9, 8], form).name // → 'ETS(A,N,N)'
 */
export function fitEts(y: ArrayLike<number>, form: EtsForm, options: EtsOptions = {}): EtsModel {
  const seasonal = form.season !== 'none'
  if (seasonal) requirePeriod(form.period)
  const damped = form.damped && form.trend !== 'none'
  const shape: SmoothingShape = {
    trend: form.trend,
    damped,
    season: form.season,
    period: seasonal ? form.period : 1,
    seasonBase: 'prediction',
  }
  const parameters = 3 + (form.trend === 'none' ? 0 : 2) + (damped ? 1 : 0) + (seasonal ? form.period : 0)
  const values = checkSeries(y, Math.max(parameters + 2, seasonal ? 2 * form.period : 4), 'This ETS model')
  const multiplies =
    form.error === 'multiplicative' || form.trend === 'multiplicative' || form.season === 'multiplicative'
  if (multiplies && values.some((v) => v <= 0))
    throw new StatsError('outOfDomain', 'A multiplicative component needs values greater than zero.', {
      hint: 'Use additive components.',
    })
  const whole = { ...form, damped, period: shape.period }
  if (options.search === 'simplex') {
    const { p, fit } = searchEtsSimplex(values, shape, form.error)
    return assemble(values, whole, shape, p, parameters, fit)
  }
  const free = freeParameters(
    shape,
    { alpha: undefined, betaStar: undefined, gamma: undefined, phi: undefined },
    true,
    heuristicStates(values, shape),
    {
      gammaBelowRest: true,
      phi: [0.8, 0.98],
    },
  )
  const objective = etsObjective(values, shape, form.error, free)
  let best: ReturnType<typeof minimizeLbfgs> | undefined
  for (const start of free.starts) {
    if (!Number.isFinite(objective(start, new Float64Array(start.length)))) continue
    const found = minimizeLbfgs(objective, start, {
      gradientTolerance: 1e-7,
      valueTolerance: 1e-12,
      maxIterations: 1000,
      memory: 20,
    })
    if (!best || found.value < best.value) best = found
  }
  if (!best)
    throw new StatsError('outOfDomain', `${etsName(form)} leaves its domain from every starting point.`, {
      hint: 'Use additive components.',
    })
  return assemble(values, whole, shape, free.expand(best.x), parameters, best)
}

/**
 * The usual name, such as ETS(A,Ad,N).
 * Cost O(1).
 * Source: Hyndman et al. (2008), table 2.1, https://doi.org/10.1007/978-3-540-71918-2
 * @throws nothing
 * @example
 * etsName({ error: 'additive', trend: 'additive', damped: true, season: 'none', period: 1 }) // → 'ETS(A,Ad,N)'
 */
export function etsName(form: EtsForm): string {
  const letter = (component: Component): string =>
    component === 'none' ? 'N' : component === 'additive' ? 'A' : 'M'
  return `ETS(${form.error === 'additive' ? 'A' : 'M'},${letter(form.trend)}${form.damped && form.trend !== 'none' ? 'd' : ''},${letter(form.season)})`
}

export interface EtsSelection {
  readonly best: EtsModel
  /** Every model tried, best first. */
  readonly tried: readonly { readonly name: string; readonly aicc: number }[]
}

/**
 * Picks the ETS model of the smallest AICc. As in R's `ets`, multiplicative trends are left out unless asked for, and so
 * are forms with infinite forecast variance (additive error with a multiplicative part, ETS(M,M,A)).
 * Cost up to 15 fits of `fitEts`, 24 with multiplicative trends.
 * Source: Hyndman et al. (2008), section 7.2, https://doi.org/10.1007/978-3-540-71918-2
 * @throws StatsError `notFinite`, `insufficientData` when no form can be fitted
 * @example
 * selectEts([3, 4, 6, 5, 7, 6, 8, 7, 9, 8], { period: 1 }).tried.length // → 6
 */
export function selectEts(
  y: ArrayLike<number>,
  options: EtsOptions & { readonly period: number; readonly multiplicativeTrend?: boolean },
): EtsSelection {
  const positive = Array.from(y).every((v) => v > 0)
  const seasonal = options.period >= 2 && options.period <= 24 && y.length > 2 * options.period
  const trends: readonly [Component, boolean][] = [
    ['none', false],
    ['additive', false],
    ['additive', true],
    ...(options.multiplicativeTrend
      ? ([
          ['multiplicative', false],
          ['multiplicative', true],
        ] as [Component, boolean][])
      : []),
  ]
  const seasons: readonly Component[] = seasonal ? ['none', 'additive', 'multiplicative'] : ['none']
  const models: EtsModel[] = []
  for (const error of ['additive', 'multiplicative'] as const)
    for (const [trend, damped] of trends)
      for (const season of seasons) {
        const multiplies = trend === 'multiplicative' || season === 'multiplicative'
        if (error === 'additive' && multiplies) continue
        if (trend === 'multiplicative' && season === 'additive') continue
        if ((error === 'multiplicative' || multiplies) && !positive) continue
        const model = tryFit(y, { error, trend, damped, season, period: options.period }, options)
        if (model && Number.isFinite(model.aicc)) models.push(model)
      }
  models.sort((a, b) => a.aicc - b.aicc)
  if (!models[0])
    throw new StatsError(
      'insufficientData',
      `A series of ${y.length} observations is too short for any ETS model.`,
    )
  return { best: models[0], tried: models.map(({ name, aicc }) => ({ name, aicc })) }
}

function tryFit(y: ArrayLike<number>, form: EtsForm, options: EtsOptions): EtsModel | undefined {
  try {
    return fitEts(y, form, options)
  } catch (error) {
    if (error instanceof StatsError && (error.code === 'insufficientData' || error.code === 'outOfDomain'))
      return undefined
    throw error
  }
}

/** −2 ln L / n up to constants: ln Σe² + 2/n Σ ln|forecast| when errors multiply. */
function etsObjective(
  values: Float64Array,
  shape: SmoothingShape,
  error: EtsForm['error'],
  free: ReturnType<typeof freeParameters>,
) {
  const n = values.length
  return (u: Float64Array, gradient: Float64Array): number => {
    const p = free.expand(u)
    const slopes = new Float64Array(p.length)
    const logSlopes = new Float64Array(p.length)
    let square = 0
    let logs = 0
    const valid = differentiateSmoothing(values, shape, p, 0, (t, fitted, derivative) => {
      const y = values[t]!
      if (error === 'additive') {
        const e = y - fitted
        square += e * e
        for (let i = 0; i < p.length; i++) slopes[i]! -= 2 * e * derivative[i]!
      } else {
        const e = (y - fitted) / fitted
        square += e * e
        logs += Math.log(Math.abs(fitted))
        const pull = (-2 * e * y) / (fitted * fitted)
        for (let i = 0; i < p.length; i++) {
          slopes[i]! += pull * derivative[i]!
          logSlopes[i]! += derivative[i]! / fitted
        }
      }
    })
    if (!valid || !(square > 0)) return Infinity
    for (let i = 0; i < p.length; i++) slopes[i] = slopes[i]! / square + (2 / n) * logSlopes[i]!
    free.pullBack(u, slopes, gradient)
    return Math.log(square) + (2 / n) * logs
  }
}

function assemble(
  values: Float64Array,
  form: EtsForm,
  shape: SmoothingShape,
  p: Float64Array,
  parameters: number,
  fit: OptimizeResult,
): EtsModel {
  const run = runSmoothing(values, shape, p)
  const n = values.length
  const residuals = values.map((y, t) =>
    form.error === 'additive' ? y - run.fitted[t]! : (y - run.fitted[t]!) / run.fitted[t]!,
  )
  const logLikelihood = (-n / 2) * fit.value
  const aic = 2 * parameters - 2 * logLikelihood
  const seasonal = form.season !== 'none'
  return Object.freeze({
    kind: 'ets',
    version: 1,
    name: etsName(form),
    form,
    alpha: p[ALPHA]!,
    beta: form.trend === 'none' ? 0 : p[ALPHA]! * p[BETA]!,
    gamma: seasonal ? p[GAMMA]! : 0,
    phi: shape.damped ? p[PHI]! : 1,
    initialLevel: p[LEVEL]!,
    initialTrend: p[TREND]!,
    initialSeason: seasonal ? Array.from(p.subarray(SEASON)) : [],
    level: run.level[n - 1]!,
    trend: run.trend[n - 1]!,
    season: seasonal ? Array.from(run.season) : [],
    logLikelihood,
    fullLogLikelihood: logLikelihood - (n / 2) * (1 + Math.log((2 * Math.PI) / n)),
    aic,
    aicc: n > parameters + 1 ? aic + (2 * parameters * (parameters + 1)) / (n - parameters - 1) : Infinity,
    bic: aic + (Math.log(n) - 2) * parameters,
    sigma2: residuals.reduce((sum, e) => sum + e * e, 0) / (n - parameters + 1),
    parameters,
    fitted: Array.from(run.fitted),
    residuals: Array.from(residuals),
    diagnostics: {
      status: fit.status,
      iterations: fit.iterations,
      gradientNorm: fit.gradientNorm,
      observations: n,
    },
  })
}
