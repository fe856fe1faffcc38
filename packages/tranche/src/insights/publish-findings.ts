import { createHash } from 'node:crypto'
import type { Figure, FigurePoint, Finding } from '@tranche/contract'
import { adjustPValues } from '@tranche/stats'
import type { RunContext } from '../engine/run-context.ts'
import type { AppendColumn, Warehouse } from '../engine/warehouse.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { canonicalJson } from '../workspace/hash.ts'
import type { FinishedDraft, Notebook } from './draft.ts'

/** Share of false discoveries that the report as a whole is held to. */
export const falseDiscoveryRate = 0.05
/** Effect (Cohen's h or d, Cramér's V) from which a finding counts in full. */
const fullEffect = 0.3

/** Weighs all tests of the report together and ranks the findings, most important first. */
export function finishFindings(
  drafts: readonly FinishedDraft[],
  catalogue: Catalogue,
  { asOf }: Pick<RunContext, 'asOf'>,
): readonly Finding[] {
  const tested = drafts.filter(({ p }) => p !== undefined)
  const adjusted = adjustPValues(
    tested.map(({ p }) => p!),
    'benjaminiHochberg',
  )
  const adjustedOf = new Map(tested.map(({ key }, index) => [key, adjusted[index]!]))
  const logic = new Map(
    [...catalogue.features, ...catalogue.metrics].map(({ key, logicHash }) => [key, logicHash] as const),
  )
  const windows = new Map(catalogue.features.map(({ key, value }) => [key, value.window]))
  const findings = drafts.map((draft): Finding => {
    const pAdjusted = adjustedOf.get(draft.key) ?? null
    const significant = pAdjusted === null ? null : pAdjusted < falseDiscoveryRate
    return {
      key: draft.key,
      section: draft.section,
      message: draft.message,
      subject: draft.subject,
      metric: draft.metric,
      unit: draft.unit,
      estimate: draft.estimate,
      low: draft.low ?? null,
      high: draft.high ?? null,
      n: draft.n,
      missing_share: draft.missingShare ?? 0,
      p: draft.p ?? null,
      p_adjusted: pAdjusted,
      significant,
      effect_size: draft.effectSize ?? null,
      needed_n: significant === false ? (draft.neededN ?? null) : null,
      values: { ...draft.values },
      assumption: draft.assumption ?? null,
      period_start: periodStart(windows.get(draft.metric), asOf),
      period_end: asOf,
      as_of: asOf,
      logic_hash: createHash('sha256')
        .update(
          canonicalJson({
            query: draft.query,
            message: draft.message,
            metric: logic.get(draft.metric.replace(/^outcome_/, '')) ?? null,
          }),
        )
        .digest('hex'),
      query: draft.query,
      members: draft.members,
      members_n: draft.membersN,
      rank: rankOf(draft, significant),
    }
  })
  return byRank(findings)
}

/** The most important first. */
export function byRank(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => b.rank - a.rank || (a.key < b.key ? -1 : 1))
}

function rankOf({ weight, effectSize }: FinishedDraft, significant: boolean | null): number {
  if (significant === false) return weight / 100
  if (significant === null) return weight * 0.9
  return weight * (0.6 + 0.4 * Math.min(1, Math.abs(effectSize ?? fullEffect) / fullEffect))
}

function periodStart(
  window: { readonly last: number; readonly unit: 'day' | 'month' } | undefined,
  asOf: string,
): string | null {
  if (window === undefined) return null
  const end = new Date(asOf)
  if (window.unit === 'day') end.setUTCDate(end.getUTCDate() - window.last)
  else end.setUTCMonth(end.getUTCMonth() - window.last)
  return end.toISOString()
}

/** Leaves the published tables `findings`, `figures` and `figure_points`. */
export async function publishFindings(
  warehouse: Warehouse,
  findings: readonly Finding[],
  { figures, points }: Pick<Notebook, 'figures' | 'points'>,
): Promise<void> {
  await warehouse.createFrom('findings', [
    ...texts(findings, ['key', 'section', 'message', 'subject', 'metric', 'unit']),
    ...doubles(findings, ['estimate', 'low', 'high']),
    bigint(findings, 'n'),
    ...doubles(findings, ['missing_share', 'p', 'p_adjusted']),
    { name: 'significant', type: 'boolean', values: findings.map(({ significant }) => significant) },
    ...doubles(findings, ['effect_size']),
    bigint(findings, 'needed_n'),
    { name: 'values', type: 'varchar', values: findings.map(({ values }) => canonicalJson(values)) },
    ...texts(findings, [
      'assumption',
      'period_start',
      'period_end',
      'as_of',
      'logic_hash',
      'query',
      'members',
    ]),
    bigint(findings, 'members_n'),
    ...doubles(findings, ['rank']),
  ])
  await warehouse.createFrom('figures', [
    ...texts<Figure>(figures, ['figure', 'section', 'kind', 'finding', 'metric', 'attribute', 'unit']),
    bigint(figures, 'n'),
    bigint(figures, 'position'),
  ])
  await warehouse.createFrom('figure_points', [
    ...texts<FigurePoint>(points, ['figure']),
    bigint(points, 'position'),
    ...texts<FigurePoint>(points, ['series', 'label']),
    ...doubles<FigurePoint>(points, ['x', 'y', 'low', 'high']),
    bigint(points, 'n'),
    { name: 'suppressed', type: 'boolean', values: points.map(({ suppressed }) => suppressed) },
  ])
}

function texts<T>(rows: readonly T[], names: readonly (keyof T & string)[]): AppendColumn[] {
  return names.map((name) => ({
    name,
    type: 'varchar',
    values: rows.map((row) => (row[name] ?? null) as string | null),
  }))
}

function doubles<T>(rows: readonly T[], names: readonly (keyof T & string)[]): AppendColumn[] {
  return names.map((name) => ({
    name,
    type: 'double',
    values: rows.map((row) => (row[name] ?? Number.NaN) as number),
  }))
}

function bigint<T>(rows: readonly T[], name: keyof T & string): AppendColumn {
  return { name, type: 'bigint', values: rows.map((row) => (row[name] ?? null) as number | null) }
}
