import type { Finding, ReportPolicy } from '@tranche/contract'

/**
 * Recommendations in the order in which they are read: the findings that call for one, what to do, what became of it, how
 * to prove it, what it takes for granted. Whatever is told of one is told whole.
 */
export function toldRecommendations(
  findings: readonly Finding[],
  { weight, findingsPerSection }: ReportPolicy['thresholds'],
): readonly Finding[] {
  const byKey = new Map(findings.map((finding) => [finding.key, finding]))
  const own = findings.filter(({ section }) => section === 'recommendations')
  const told = own
    .filter(({ metric, rank }) => metric === 'effect' && rank >= weight)
    .slice(0, findingsPerSection)
    .flatMap((main) => {
      const basis = String(main.values['basis'] ?? '').split(' ')
      const parts = own.filter(({ subject, metric }) => subject === main.subject && metric !== 'effect')
      return [
        ...basis.flatMap((key) => byKey.get(key) ?? []),
        main,
        ...parts.sort((a, b) => placeOf(a) - placeOf(b) || (a.key < b.key ? -1 : 1)),
      ]
    })
  return [...new Set(told)]
}

function placeOf({ metric }: Finding): number {
  return metric === 'status' ? 0 : metric === 'sample' ? 1 : 2
}
