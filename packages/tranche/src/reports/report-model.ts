import type { Audience, Figure, Finding, ReportPolicy, Section } from '@tranche/contract'
import { toldRecommendations } from './recommendation-order.ts'
import type { ReportData } from './report-data.ts'

/** What stands where: the same for every format. */
export interface ReportModel {
  readonly summary: readonly Finding[]
  readonly sections: readonly ReportSection[]
  /** Tested, and not to be told from chance; the most telling ones. */
  readonly unproven: readonly Finding[]
  readonly unprovenMore: number
  readonly limits: readonly Finding[]
}

export interface ReportSection {
  readonly section: Section
  readonly figures: readonly { readonly figure: Figure; readonly finding: Finding }[]
  /** Findings that no figure of the section carries. */
  readonly findings: readonly Finding[]
}

const order: readonly Section[] = [
  'changes',
  'makeup',
  'value_exploration',
  'gender',
  'age',
  'region',
  'profile',
  'tiers',
  'activity',
  'cohorts',
  'products',
  'outcomes',
  'recommendations',
  'quality',
]
/** What an audience reads first; the rest follows in the report's own order. */
const first: Readonly<Record<Audience, readonly Section[]>> = {
  leadership: [],
  marketing: ['cohorts', 'products', 'activity', 'tiers'],
  risk: ['age', 'outcomes', 'value_exploration', 'quality'],
  compliance: ['quality', 'gender', 'age', 'outcomes'],
}

export function arrange(
  { findings, figures }: Pick<ReportData, 'findings' | 'figures'>,
  policy: ReportPolicy,
): ReportModel {
  const { thresholds } = policy
  const byKey = new Map(findings.map((finding) => [finding.key, finding]))
  const unproven = findings.filter(
    ({ significant, message }) => significant === false && !message.startsWith('gap_'),
  )
  const sections = sectionsOf(policy).flatMap((section): ReportSection[] => {
    if (section === 'recommendations') {
      const advice = toldRecommendations(findings, thresholds)
      return advice.length === 0 ? [] : [{ section, figures: [], findings: advice }]
    }
    const drawn = figures
      .filter((figure) => figure.section === section)
      .flatMap((figure) => {
        const finding = byKey.get(figure.finding)
        return finding && finding.significant !== false ? [{ figure, finding }] : []
      })
      .sort((a, b) => b.finding.rank - a.finding.rank || a.figure.position - b.figure.position)
      .slice(0, thresholds.figuresPerSection)
    const carried = new Set(drawn.map(({ finding }) => finding.key))
    const told = findings
      .filter((finding) => finding.section === section && finding.significant !== false)
      .filter(({ key, rank }) => !carried.has(key) && rank >= thresholds.weight)
      .slice(0, thresholds.findingsPerSection)
    return drawn.length + told.length === 0 ? [] : [{ section, figures: drawn, findings: told }]
  })
  return {
    summary: chooseSummary(findings, {
      most: policy.messages,
      weight: thresholds.weight,
      sections: sections.map(({ section }) => section),
    }),
    sections,
    unproven: unproven.slice(0, thresholds.unproven),
    unprovenMore: Math.max(0, unproven.length - thresholds.unproven),
    limits: findings.filter(({ section }) => section === 'limits'),
  }
}

export function sectionsOf({ audience, sections }: ReportPolicy): readonly Section[] {
  return sections ?? [...new Set([...first[audience], ...order])]
}

/** How many times one side is the other, where it may as well be once: no message for anybody. */
function isEven(message: string, low: number | null, high: number | null): boolean {
  const isTimes = message === 'gender.totals' || message === 'gender.ratio'
  return isTimes && low !== null && high !== null && low <= 1 && high >= 1
}

interface SummaryOptions {
  readonly most: number
  /** Least weight of a message. */
  readonly weight: number
  /** Sections that stand in the report: a message leads to its own. */
  readonly sections: readonly Section[]
}

/** The most important findings: first one of each section, then a second one of another metric, then whatever is left. */
export function chooseSummary(
  findings: readonly Finding[],
  { most, weight, sections }: SummaryOptions,
): readonly Finding[] {
  const worth = findings.filter(
    ({ significant, section, rank, message, low, high }) =>
      significant !== false &&
      section !== 'limits' &&
      section !== 'quality' &&
      section !== 'recommendations' &&
      sections.includes(section) &&
      rank >= weight &&
      !isEven(message, low, high) &&
      !message.startsWith('gap_adjusted'),
  )
  const chosen: Finding[] = []
  for (const perSection of [1, 2])
    for (const finding of worth) {
      if (chosen.length === most) break
      const same = chosen.filter(({ section }) => section === finding.section)
      if (same.length < perSection && !same.some(({ metric }) => metric === finding.metric))
        chosen.push(finding)
    }
  const rest = worth.filter((finding) => !chosen.includes(finding))
  return [...chosen, ...rest.slice(0, most - chosen.length)].sort(
    (a, b) => b.rank - a.rank || (a.key < b.key ? -1 : 1),
  )
}
