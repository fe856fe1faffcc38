import type { KMeansModel } from '../clustering/k-means.ts'
import type { QuantileBins } from '../clustering/quantile-bins.ts'
import { StatsError } from '../stats-error.ts'
import type { GlmModel } from '../supervised/glm.ts'
import type { OlsModel } from '../supervised/ols.ts'
import { type CaseBranch, type Condition, column, compare, constant, type Expression } from './expression.ts'

/**
 * A fitted linear or generalised linear model as an expression of its columns.
 * Cost O(p).
 * Source: McCullagh & Nelder (1989), https://doi.org/10.1007/978-1-4899-3242-6
 * @param scale `mean` (default) or the `linear` predictor.
 * @throws StatsError `unsupported` for the mean of a probit model, which needs the normal distribution.
 * @example
 * const data = { x: { data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 }, y: Float64Array.of(2, 4, 5, 8), columns: ['age'] }
 * columnsOf(linearModelExpression(fitOls(data))) // → ['age']
 */
export function linearModelExpression(
  model: GlmModel | OlsModel,
  scale: 'mean' | 'linear' = 'mean',
): Expression {
  const terms = model.coefficients.map(
    (value, j): Expression => ({ op: 'multiply', args: [constant(value), column(model.columns[j]!)] }),
  )
  const eta: Expression = { op: 'add', args: [constant(model.intercept), ...terms] }
  if (model.kind === 'ols' || scale === 'linear') return eta
  return meanExpression(model, eta)
}

function meanExpression(model: GlmModel, eta: Expression): Expression {
  const one = constant(1)
  const exp = (arg: Expression): Expression => ({ op: 'exp', arg })
  switch (model.link) {
    case 'identity':
      return eta
    case 'log':
      return exp(eta)
    case 'inverse':
      return { op: 'divide', left: one, right: eta }
    case 'sqrt':
      return { op: 'multiply', args: [eta, eta] }
    case 'logit': {
      // exp overflows, and so turns missing, beyond 709; at ±700 the probability has long reached 0 or 1.
      const bounded: Expression = {
        op: 'least',
        args: [{ op: 'greatest', args: [eta, constant(-700)] }, constant(700)],
      }
      const minus: Expression = { op: 'subtract', left: constant(0), right: bounded }
      return { op: 'divide', left: one, right: { op: 'add', args: [one, exp(minus)] } }
    }
    case 'cloglog': {
      const bounded: Expression = { op: 'least', args: [eta, constant(700)] }
      return {
        op: 'subtract',
        left: one,
        right: exp({ op: 'subtract', left: constant(0), right: exp(bounded) }),
      }
    }
    case 'probit':
      throw new StatsError(
        'unsupported',
        'A probit mean needs the normal distribution, which the portable tree does not have.',
        { hint: "Use scale: 'linear', or fit with the logit link." },
      )
  }
}

/**
 * The cluster of a row, 0…k−1, as an expression: cases over squared distances, ties to the lower number.
 * Cost O(k·p).
 * Source: Lloyd (1982), https://doi.org/10.1109/TIT.1982.1056489
 * @param columns names of the p columns; the values must be scaled as they were when the model was fitted,
 * or give `standardisation` and the raw columns are scaled inside: (x − mean) / sd.
 * @throws StatsError `lengthMismatch`.
 * @example
 * const { model } = fitKMeans({ data: Float64Array.of(0, 1, 20, 21), n: 4, p: 1 }, { k: 2, starts: Float64Array.of(0, 20) })
 * const data = { n: 2, columns: { spend: { kind: 'number', values: Float64Array.of(3, 18) } } }
 * evaluateExpression(kMeansExpression(model, ['spend']), data).values // → [0, 1]
 */
export function kMeansExpression(
  model: KMeansModel,
  columns: readonly string[],
  standardisation?: { readonly means: ArrayLike<number>; readonly sds: ArrayLike<number> },
): Expression {
  if (columns.length !== model.p) {
    throw new StatsError(
      'lengthMismatch',
      `There are ${columns.length} column names for ${model.p} columns; one each was expected.`,
    )
  }
  const inputs = columns.map((name, j): Expression => {
    if (!standardisation) return column(name)
    const centred: Expression = {
      op: 'subtract',
      left: column(name),
      right: constant(standardisation.means[j]!),
    }
    return { op: 'divide', left: centred, right: constant(standardisation.sds[j]!) }
  })
  const distances = Array.from({ length: model.k }, (_, c): Expression => {
    const squares = inputs.map((input, j): Expression => {
      const gap: Expression = {
        op: 'subtract',
        left: input,
        right: constant(model.centers[c * model.p + j]!),
      }
      return { op: 'multiply', args: [gap, gap] }
    })
    return { op: 'add', args: squares }
  })
  const branches = distances.slice(0, -1).map((distance, c): CaseBranch => {
    const rest = distances.slice(c + 1)
    const nearest: Expression = rest.length === 1 ? rest[0]! : { op: 'least', args: rest }
    return { when: compare(distance, '<=', nearest), result: constant(c) }
  })
  const missing: Condition = {
    op: 'or',
    args: columns.map((name) => ({ op: 'isMissing', arg: column(name) })),
  }
  return {
    op: 'case',
    branches: [{ when: missing, result: constant(null) }, ...branches],
    otherwise: constant(model.k - 1),
  }
}

/**
 * The bin of a column's value as an expression: `scores[0]` for the lowest bin, and so on. Missing stays missing.
 * With scores 5…1 and days since the last purchase this is the R of an RFM score; with 1…5, F and M.
 * Cost O(bins).
 * Source: pandas `qcut`, https://pandas.pydata.org/docs/reference/api/pandas.qcut.html
 * @throws StatsError `notFinite`, `unsupported` for bins cut by rank, which have no edges; `lengthMismatch` unless
 * there is one score a bin.
 * @example
 * const bins = quantileBins([5, 1, 9, 3], { bins: 2, convention: 'rightClosed' })
 * const data = { n: 2, columns: { days: { kind: 'number', values: Float64Array.of(2, 8) } } }
 * evaluateExpression(binScoreExpression('days', bins, 'right', [2, 1]), data).values // → [2, 1]
 */
export function binScoreExpression(
  name: string,
  bins: QuantileBins,
  closed: 'left' | 'right',
  scores: readonly number[],
): Expression {
  if (!bins.edges)
    throw new StatsError(
      'unsupported',
      'Bins that split ties by rank have no edges, so no new value can be scored by them.',
    )
  if (scores.length !== bins.bins)
    throw new StatsError(
      'lengthMismatch',
      `There are ${scores.length} scores for ${bins.bins} bins; one each was expected.`,
    )
  const inner = bins.edges.slice(1, -1)
  const branches = inner.map(
    (edge, i): CaseBranch => ({
      when: compare(column(name), closed === 'right' ? '<=' : '<', constant(edge)),
      result: constant(scores[i]!),
    }),
  )
  const missing: CaseBranch = { when: { op: 'isMissing', arg: column(name) }, result: constant(null) }
  return { op: 'case', branches: [missing, ...branches], otherwise: constant(scores[scores.length - 1]!) }
}
