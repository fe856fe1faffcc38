import type { CategoryBinningModel } from '../binning/category-binning.ts'
import type { BinningModel } from '../binning/optimal-binning.ts'
import type { ScorecardModel } from '../binning/scorecard.ts'
import { StatsError } from '../stats-error.ts'
import { type CaseBranch, type Condition, column, compare, constant, type Expression } from './expression.ts'

/**
 * The score of a column's bin as an expression that is never missing.
 * Cost O(bins).
 * Source: Siddiqi (2006), chapter 6, https://doi.org/10.1002/9781119201731
 * @param scores one a row of the model's table: bins in order, special values, then missing. Default: weights of evidence.
 * @throws StatsError `notFinite`, `lengthMismatch`.
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6)
 * const model = fitOptimalBinning({ values }, Float64Array.of(0, 0, 1, 0, 1, 1), { splits: [3.5] })
 * const data = { n: 2, columns: { age: { kind: 'number', values: Float64Array.of(2, 5) } } }
 * evaluateExpression(binningExpression('age', model, [1, 2, 0]), data).values // → [1, 2]
 */
export function binningExpression(
  name: string,
  model: BinningModel | CategoryBinningModel,
  scores: readonly number[] = model.table.rows.map((row) => row.woe),
): Expression {
  if (scores.length !== model.table.rows.length) {
    throw new StatsError(
      'lengthMismatch',
      `There are ${scores.length} scores for ${model.table.rows.length} bins of "${name}"; one each was expected.`,
    )
  }
  const missing = constant(scores[scores.length - 1]!)
  if (model.kind === 'categoryBinning') {
    return {
      op: 'lookup',
      column: name,
      table: model.groups.flatMap((levels, b) => levels.map((level) => [level, scores[b]!] as const)),
      otherwise: missing,
      missing,
    }
  }
  const bins = model.splits.length + 1
  const branch = (when: Condition, score: number): CaseBranch => ({ when, result: constant(score) })
  return {
    op: 'case',
    branches: [
      { when: { op: 'isMissing', arg: column(name) }, result: missing },
      ...model.special.flatMap((codes, i) =>
        (typeof codes === 'number' ? [codes] : codes).map((value) =>
          branch(compare(column(name), '=', constant(value)), scores[bins + i]!),
        ),
      ),
      ...model.splits.map((split, b) => branch(compare(column(name), '<', constant(split)), scores[b]!)),
    ],
    otherwise: constant(scores[bins - 1]!),
  }
}

/**
 * The total of a scorecard as an expression over the columns that its variables are named after.
 * Cost O(bins).
 * Source: Siddiqi (2006), chapter 6, https://doi.org/10.1002/9781119201731
 * @param binnings the model behind each variable, in the card's order; its table and the variable's bins have the same rows.
 * @throws StatsError `lengthMismatch`.
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6)
 * const model = fitOptimalBinning({ values }, Float64Array.of(0, 0, 1, 0, 1, 1), { splits: [3.5] })
 * const bins = model.table.rows.map((row, i) => ({ label: `${i}`, woe: row.woe }))
 * const scaling = { kind: 'basePoints', scale: oddsScale(600, 1 / 19, 50), round: true }
 * columnsOf(scorecardExpression(buildScorecard([{ name: 'age', coefficient: 1, bins }], -2.5, scaling), [model])) // → ['age']
 */
export function scorecardExpression(
  card: ScorecardModel,
  binnings: readonly (BinningModel | CategoryBinningModel)[],
): Expression {
  if (binnings.length !== card.variables.length) {
    throw new StatsError(
      'lengthMismatch',
      `There are ${binnings.length} binnings for ${card.variables.length} variables; one each was expected.`,
    )
  }
  const points = card.variables.map((variable, k) =>
    binningExpression(
      variable.name,
      binnings[k]!,
      variable.bins.map((bin) => bin.points),
    ),
  )
  return { op: 'add', args: [constant(card.basePoints), ...points] }
}
