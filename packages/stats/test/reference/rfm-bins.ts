import * as S from '@tranche/stats'
import { type AreaAdapter, numbers, type ReferenceCase, readColumns } from './adapter.ts'

// Cases of quantile bins and RFM scores.

const qcut = (c: ReferenceCase, duplicateEdges: 'refuse' | 'drop' = 'refuse') =>
  S.quantileBins(c.input, { bins: c.params.q, convention: 'rightClosed', duplicateEdges })
const plainCut = (c: ReferenceCase) => {
  const { codes, edges } = qcut(c)
  return { codes, edges }
}
const refuses = (run: () => unknown): boolean => {
  try {
    run()
    return false
  } catch (error) {
    return error instanceof S.StatsError && error.code === 'assumptionFailed'
  }
}
const day = (text: string): number => Date.parse(text) / 86_400_000
const rfm = (c: ReferenceCase) => {
  const t = readColumns(c.input.file)
  const customers = S.summarizeRfm(
    { customer: t['customer_id']!, day: t['order_date']!.map(day), amount: numbers(t['revenue']!) },
    day(c.params.analysis_date),
  )
  const s = S.scoreRfm(customers, { convention: 'rankFirst' })
  const codes = Array.from(s.recency, (r, i) => `${r}${s.frequency[i]}${s.monetary[i]}`)
  const count = (code: string) => codes.filter((x) => x === code).length
  const means = [1, 2, 3, 4, 5].map((score) =>
    S.summarizeSample(customers.monetary.filter((_, i) => s.monetary[i] === score)),
  )
  const wanted = readColumns(c.params.expected_file)
  const all = ['R', 'Fs', 'M'].every((name, k) =>
    wanted[name]!.every((v, i) => Number(v) === [s.recency, s.frequency, s.monetary][k]![i]),
  )
  return {
    count_per_score: all ? means[0]!.n : undefined,
    n_555: count('555'),
    n_111: count('111'),
    distinct: new Set(codes).size,
    mean_monetary_by_M: means.map((m) => m.mean),
  }
}

export const binCases: AreaAdapter['cases'] = {
  'rfm_clustering.qcut.distinct10': plainCut,
  'rfm_clustering.qcut.ties': plainCut,
  'rfm_clustering.qcut.dup': (c) => {
    const dropped = qcut(c, 'drop')
    return {
      raises_by_default: refuses(() => qcut(c)),
      codes_drop: dropped.codes,
      edges_drop: dropped.edges,
    }
  },
  'rfm_clustering.qcut.rankfirst': (c) => ({
    codes: S.quantileBins(c.input, { bins: 5, convention: 'rankFirst' }).codes,
  }),
  'rfm_clustering.rfm.qcut.rankfirst': rfm,
}
