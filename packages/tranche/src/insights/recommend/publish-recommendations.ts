import type { Recommendation } from '@tranche/contract'
import { hasTable } from '../../engine/has-table.ts'
import type { Warehouse } from '../../engine/warehouse.ts'
import { sql } from '../../sql/sql.ts'
import { canonicalJson } from '../../workspace/hash.ts'

type Column = Parameters<Warehouse['createFrom']>[1][number]

/** Leaves the published table `recommendations`; lists and documents are JSON texts. */
export async function publishRecommendations(
  warehouse: Warehouse,
  rows: readonly Recommendation[],
): Promise<void> {
  const text = (name: string, of: (row: Recommendation) => string | null): Column => ({
    name,
    type: 'varchar',
    values: rows.map(of),
  })
  const number = (name: string, of: (row: Recommendation) => number | null): Column => ({
    name,
    type: 'double',
    values: rows.map((row) => of(row) ?? Number.NaN),
  })
  const count = (name: string, of: (row: Recommendation) => number | null): Column => ({
    name,
    type: 'bigint',
    values: rows.map(of),
  })
  const json = (name: string, of: (row: Recommendation) => unknown): Column =>
    text(name, (row) => (of(row) === null ? null : canonicalJson(of(row))))
  await warehouse.createFrom('recommendations', [
    text('key', (row) => row.key),
    text('rule', (row) => row.rule),
    text('verdict', (row) => row.verdict),
    text('label_en', (row) => row.label.en),
    text('label_zh', (row) => row.label.zh),
    text('action_en', (row) => row.action.en),
    text('action_zh', (row) => row.action.zh),
    text('owner_en', (row) => row.owner.en),
    text('owner_zh', (row) => row.owner.zh),
    text('due_on', (row) => row.due_on),
    text('purpose', (row) => row.purpose),
    json('findings', (row) => row.findings),
    text('group_rule', (row) => row.group),
    count('reach', (row) => row.reach),
    count('unknown', (row) => row.unknown),
    text('effect_metric_en', (row) => row.effect_metric.en),
    text('effect_metric_zh', (row) => row.effect_metric.zh),
    text('unit', (row) => row.unit),
    number('effect', (row) => row.effect),
    number('effect_low', (row) => row.effect_low),
    number('effect_high', (row) => row.effect_high),
    number('cost', (row) => row.cost),
    json('assumptions', (row) => row.assumptions),
    json('experiment', (row) => row.experiment),
    text('asked_group', (row) => row.asked_group),
    count('asked_reach', (row) => row.asked_reach),
    json('stopped_attributes', (row) => row.stopped_attributes),
    json('stopped_paths', (row) => row.stopped_paths),
    text('as_of', (row) => row.as_of),
    text('logic_hash', (row) => row.logic_hash),
  ])
}

interface Stored {
  readonly [name: string]: string | number | null
}

/** The recommendations of a run, read back from its table; none where the run is older than the table. */
export async function readRecommendations(warehouse: Warehouse): Promise<readonly Recommendation[]> {
  if (!(await hasTable(warehouse, 'recommendations'))) return []
  const rows = await warehouse.rows<Stored>(sql`select * from recommendations order by key`)
  return rows.map(read)
}

function read(row: Stored): Recommendation {
  const text = (name: string) => String(row[name])
  const maybe = (name: string) => (row[name] === null ? null : text(name))
  const number = (name: string) => (row[name] === null || row[name] === undefined ? null : Number(row[name]))
  const words = (name: string) => ({ en: text(`${name}_en`), zh: text(`${name}_zh`) })
  return {
    key: text('key'),
    rule: text('rule'),
    verdict: text('verdict') as Recommendation['verdict'],
    label: words('label'),
    action: words('action'),
    owner: words('owner'),
    due_on: text('due_on'),
    purpose: text('purpose') as Recommendation['purpose'],
    findings: JSON.parse(text('findings')) as string[],
    group: maybe('group_rule'),
    reach: number('reach'),
    unknown: number('unknown'),
    effect_metric: words('effect_metric'),
    unit: text('unit') as Recommendation['unit'],
    effect: number('effect'),
    effect_low: number('effect_low'),
    effect_high: number('effect_high'),
    cost: number('cost'),
    assumptions: JSON.parse(text('assumptions')) as Recommendation['assumptions'],
    experiment:
      row['experiment'] === null ? null : (JSON.parse(text('experiment')) as Recommendation['experiment']),
    asked_group: maybe('asked_group'),
    asked_reach: number('asked_reach'),
    stopped_attributes: JSON.parse(text('stopped_attributes')) as string[],
    stopped_paths: JSON.parse(text('stopped_paths')) as string[],
    as_of: text('as_of'),
    logic_hash: text('logic_hash'),
  }
}
