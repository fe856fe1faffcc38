import type { Figure, Finding, Section } from '@tranche/contract'
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
  'quality',
]
const summaryLength = 5
const mostPerSection = 7
const mostFigures = 6
const mostUnproven = 10
/** Findings of less weight stand in the table of all findings only. */
const leastRank = 10

export function arrange({ findings, figures }: ReportData): ReportModel {
  const byKey = new Map(findings.map((finding) => [finding.key, finding]))
  const unproven = findings.filter(
    ({ significant, message }) => significant === false && !message.startsWith('gap_'),
  )
  const sections = order.flatMap((section): ReportSection[] => {
    const drawn = figures
      .filter((figure) => figure.section === section)
      .flatMap((figure) => {
        const finding = byKey.get(figure.finding)
        return finding && finding.significant !== false ? [{ figure, finding }] : []
      })
      .sort((a, b) => b.finding.rank - a.finding.rank || a.figure.position - b.figure.position)
      .slice(0, mostFigures)
    const carried = new Set(drawn.map(({ finding }) => finding.key))
    const told = findings
      .filter((finding) => finding.section === section && finding.significant !== false)
      .filter(({ key, rank }) => !carried.has(key) && rank >= leastRank)
      .slice(0, mostPerSection)
    return drawn.length + told.length === 0 ? [] : [{ section, figures: drawn, findings: told }]
  })
  return {
    summary: chooseSummary(findings),
    sections,
    unproven: unproven.slice(0, mostUnproven),
    unprovenMore: Math.max(0, unproven.length - mostUnproven),
    limits: findings.filter(({ section }) => section === 'limits'),
  }
}

/** The most important findings: first at most two of a section and one of a metric in it, then whatever is left. */
export function chooseSummary(
  findings: readonly Finding[],
  most: number = summaryLength,
): readonly Finding[] {
  const worth = findings.filter(
    ({ significant, section, rank, message }) =>
      significant !== false &&
      section !== 'limits' &&
      section !== 'quality' &&
      rank >= leastRank &&
      !message.startsWith('gap_adjusted'),
  )
  const chosen: Finding[] = []
  for (const finding of worth) {
    if (chosen.length === most) break
    const same = chosen.filter(({ section }) => section === finding.section)
    if (same.length < 2 && !same.some(({ metric }) => metric === finding.metric)) chosen.push(finding)
  }
  const rest = worth.filter((finding) => !chosen.includes(finding))
  return [...chosen, ...rest.slice(0, most - chosen.length)].sort(
    (a, b) => b.rank - a.rank || (a.key < b.key ? -1 : 1),
  )
}
