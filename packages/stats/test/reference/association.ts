import * as S from '@tranche/stats'
import { type AreaAdapter, type ReferenceCase, readInput } from './adapter.ts'

let read: S.Baskets | undefined
const groceries = (): S.Baskets => {
  read ??= S.encodeBaskets(
    readInput('data/groceries.csv')
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split(',')),
  )
  return read
}

const itemsets = (c: ReferenceCase, baskets = groceries()) =>
  S.frequentItemsets(baskets, { minimumSupport: c.params.min_support ?? c.params.support })
const frequent = (c: ReferenceCase) => {
  const sets = itemsets(c).itemsets
  const bySize = Object.entries(Object.groupBy(sets, (s) => s.items.length)).map(([size, of]) => [
    size,
    of!.length,
  ])
  return { n: sets.length, by_size: Object.fromEntries(bySize) }
}
const rules = (c: ReferenceCase) =>
  S.associationRules(itemsets(c), { minimum: { confidence: c.params.min_confidence } })
const count = (c: ReferenceCase) => ({ n: rules(c).length })

/** arules lists the items of a side in the order of their columns, which is that of the expected line itself. */
const byLabels = (c: ReferenceCase) => {
  const { labels } = groceries()
  const text = (items: readonly number[]) =>
    items
      .map((i) => labels[i])
      .sort()
      .join()
  const found = new Map(rules(c).map((r) => [`${text(r.antecedent)}=>${text(r.consequent)}`, r]))
  const key = (side: string) => side.slice(1, -1).split(',').sort().join()
  return {
    rules: c.expected.rules.map((e: ReferenceCase['expected']) => ({
      ...found.get(`${key(e.lhs)}=>${key(e.rhs)}`),
      lhs: e.lhs,
      rhs: e.rhs,
    })),
  }
}

const measures = {
  confidence: 'confidence',
  lift: 'lift',
  leverage: 'leverage',
  conviction: 'conviction',
  zhangs_metric: 'zhang',
} as const
const toyRules = (c: ReferenceCase, baskets = S.encodeBaskets(c.input)) => {
  const metric = measures[c.params.metric as keyof typeof measures]
  return S.associationRules(itemsets(c, baskets), {
    minimum: { [metric]: c.params.min_threshold },
    consequents: 'many',
  })
}
const toyCount = (c: ReferenceCase) => ({ n_rules: toyRules(c).length })

const toy = (c: ReferenceCase) => {
  const baskets = S.encodeBaskets(c.input)
  const names = (items: readonly number[]) => items.map((i) => baskets.labels[i]!).sort()
  const sets = itemsets(c, baskets).itemsets
  const all = toyRules(c, baskets)
  const found = new Map(all.map((r) => [`${names(r.antecedent)}=>${names(r.consequent)}`, r]))
  const supports = new Map(sets.map((s) => [`${names(s.items)}`, s.support]))
  return {
    n_itemsets: sets.length,
    itemsets: c.expected.itemsets.map((e: { items: string[] }) => ({
      items: e.items,
      support: supports.get(`${[...e.items].sort()}`),
    })),
    n_rules: all.length,
    rules: c.expected.rules.map((e: { antecedents: string[]; consequents: string[] }) => {
      const r = found.get(`${[...e.antecedents].sort()}=>${[...e.consequents].sort()}`)
      return {
        ...e,
        ...r,
        'antecedent support': r?.coverage,
        'consequent support': r?.consequentSupport,
        zhangs_metric: r?.zhang,
      }
    }),
  }
}

const ids = (names: string, run: (c: ReferenceCase) => unknown) =>
  Object.fromEntries(names.split(' ').map((name) => [`association.${name}`, run]))

export const adapter: AreaAdapter = {
  cases: {
    ...ids('groceries.freq.0.05 groceries.freq.0.02 groceries.freq.0.01 groceries.freq.0.005', frequent),
    ...ids('groceries.rules.0.01.0.5 groceries.rules.0.005.0.5', count),
    ...ids('groceries.rules15 groceries.top.001', byLabels),
    ...ids(
      'mlxtend.toy.lift.1.1 mlxtend.toy.lift.0.9 mlxtend.toy.leverage.0.1 mlxtend.toy.conviction.1.5 mlxtend.toy.zhangs_metric.0.5',
      toyCount,
    ),
    'association.mlxtend.toy': toy,
    'association.groceries.shape': () => {
      const s = S.summarizeBaskets(groceries())
      const top = Array.from(s.counts, (n, i) => [groceries().labels[i], n] as const).sort(
        (a, b) => b[1] - a[1],
      )
      return {
        transactions: s.baskets,
        items: s.items,
        density: s.density,
        mean_size: s.meanSize,
        max_size: s.largestSize,
        single_item_transactions: s.singleItemBaskets,
        top5: Object.fromEntries(top.slice(0, 5)),
      }
    },
    'association.arules.toy': (c) => {
      const baskets = S.encodeBaskets(c.input)
      const id = (label: string) => baskets.labels.indexOf(label)
      const [a, b] = [id('a'), id('b')]
      const others = baskets.labels.map(id).filter((i) => i !== a && i !== b)
      const count = (only: S.RuleOptions) =>
        S.associationRules(itemsets(c, baskets), { emptyAntecedents: true, ...only }).length
      return {
        n_rules: count({}),
        rhs_a_or_b: count({ antecedentItems: others, consequentItems: [a, b] }),
        lhs_ab_rhs_c: count({ antecedentItems: [a, b], consequentItems: [id('c')] }),
      }
    },
  },
}
