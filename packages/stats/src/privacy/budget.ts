import { requireFinite, StatsError } from '../stats-error.ts'

/** What one answer spends: ε ≥ 0, and 0 ≤ δ < 1 (default 0). */
export type PrivacySpend = { readonly epsilon: number; readonly delta?: number }

/**
 * ε and δ that many answers of different budgets spend together: their sum, or less where a further δ, the slack, is
 * granted; the smallest of the bounds. One spend per answer.
 * Cost O(answers).
 * Source: Dwork, Rothblum & Vadhan (2010), https://doi.org/10.1109/FOCS.2010.12; Kairouz, Oh & Viswanath (2015), theorem
 * 3.5, https://arxiv.org/abs/1311.0776
 * Parity: diffprivlib's `BudgetAccountant`.
 * @throws StatsError `outOfDomain`, `notFinite`
 * @example
 * composeBudgets(new Array(10).fill({ epsilon: 0.1 }), 0.1).epsilon // → 0.6452149
 */
export function composeBudgets(
  spends: readonly PrivacySpend[],
  slack = 0,
): { readonly epsilon: number; readonly delta: number } {
  if (!(slack >= 0 && slack < 1))
    throw new StatsError('outOfDomain', `slack is ${slack}; at least 0 and below 1 was expected.`)
  let [plain, expected, squares, kept] = [0, 0, 0, 1 - slack]
  for (const { epsilon, delta = 0 } of spends) {
    if (!(epsilon >= 0 && delta >= 0 && delta < 1))
      throw new StatsError(
        'outOfDomain',
        `An answer spends ε ${epsilon} and δ ${delta}; at least 0, and δ below 1, were expected.`,
      )
    plain += epsilon
    expected += epsilon * Math.tanh(epsilon / 2)
    squares += epsilon * epsilon
    kept *= 1 - delta
  }
  requireFinite('The sum of ε', plain)
  requireFinite('The sum of their squares', squares)
  const withSlack = (log: number): number => expected + Math.sqrt(2 * squares * log)
  const epsilon =
    slack > 0
      ? Math.min(plain, withSlack(-Math.log(slack)), withSlack(Math.log(Math.E + Math.sqrt(squares) / slack)))
      : plain
  return { epsilon, delta: 1 - kept }
}
