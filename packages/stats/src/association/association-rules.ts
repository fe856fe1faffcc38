import { StatsError } from '../stats-error.ts'
import type { FrequentItemsets } from './fp-growth.ts'
import { type RuleMeasures, ruleMeasures } from './rule-measures.ts'

export type AssociationRule = RuleMeasures & {
  readonly antecedent: readonly number[]
  readonly consequent: readonly number[]
}

export type RuleOptions = {
  /** Least value of a measure, e.g. `{ confidence: 0.5, lift: 1.1 }`; a measure that does not exist fails. */
  readonly minimum?: Partial<Record<keyof RuleMeasures, number>>
  /** `one` item (default, as arules) or `many` (as mlxtend). */
  readonly consequents?: 'one' | 'many'
  /** Also count rules "⇒ item" with nothing before them, as arules does at minlen 1. Default false. */
  readonly emptyAntecedents?: boolean
  /** Items that may stand before the arrow, and after it; any when absent (arules' `appearance`). */
  readonly antecedentItems?: readonly number[]
  readonly consequentItems?: readonly number[]
}

/**
 * Rules A ⇒ B among frequent itemsets, sorted by lift, then confidence, then count, all descending.
 * Cost O(itemsets · size), with `many` O(itemsets · 2^size).
 * Source: Agrawal & Srikant (1994), "Fast algorithms for mining association rules", VLDB, https://www.vldb.org/conf/1994/P487.PDF
 * @throws StatsError `outOfDomain`, `invalidOption` if the itemsets miss a subset, as when they have been filtered.
 * @example
 * const baskets = encodeBaskets([['tea', 'milk'], ['tea', 'milk'], ['tea'], ['bread']])
 * associationRules(frequentItemsets(baskets, { minimumSupport: 0.5 })).map((rule) => rule.confidence) // → [1, 0.6666667]
 */
export function associationRules(
  frequent: FrequentItemsets,
  options: RuleOptions = {},
): readonly AssociationRule[] {
  const { minimum = {}, consequents = 'one', emptyAntecedents = false } = options
  const counts = new Map(frequent.itemsets.map((s) => [s.items.join(), s.count]))
  const countOf = (items: readonly number[]): number => {
    if (items.length === 0) return frequent.baskets
    const count = counts.get(items.join())
    if (count !== undefined) return count
    throw new StatsError(
      'invalidOption',
      'A part of a frequent itemset is not among the itemsets; pass them as frequentItemsets gave them.',
    )
  }
  const bounds = Object.entries(minimum) as [keyof RuleMeasures, number][]
  const before = options.antecedentItems && new Set(options.antecedentItems)
  const after = options.consequentItems && new Set(options.consequentItems)
  const rules: AssociationRule[] = []
  const consider = (antecedent: readonly number[], consequent: readonly number[], count: number): void => {
    if (before && !antecedent.every((item) => before.has(item))) return
    if (after && !consequent.every((item) => after.has(item))) return
    const measures = ruleMeasures(count, countOf(antecedent), countOf(consequent), frequent.baskets)
    if (bounds.every(([name, least]) => (measures[name] ?? Number.NEGATIVE_INFINITY) >= least))
      rules.push({ antecedent, consequent, ...measures })
  }
  for (const { items, count } of frequent.itemsets) {
    if (items.length === 1) {
      if (emptyAntecedents) consider([], items, count)
      continue
    }
    if (consequents === 'one')
      for (const item of items)
        consider(
          items.filter((i) => i !== item),
          [item],
          count,
        )
    else forEachSplit(items, (antecedent, consequent) => consider(antecedent, consequent, count))
  }
  return rules.sort((a, b) => b.lift - a.lift || b.confidence - a.confidence || b.count - a.count)
}

function forEachSplit(
  items: readonly number[],
  visit: (antecedent: readonly number[], consequent: readonly number[]) => void,
): void {
  const all = 2 ** items.length - 1
  for (let mask = 1; mask < all; mask++) {
    visit(
      items.filter((_, i) => mask & (1 << i)),
      items.filter((_, i) => !(mask & (1 << i))),
    )
  }
}
