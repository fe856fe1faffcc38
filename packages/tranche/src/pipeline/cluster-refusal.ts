import type { Manifest } from '@tranche/contract'
import { TrancheError } from '../errors.ts'

/** Tables for people that a run on a cluster makes. */
export const clusterTables: readonly string[] = [
  'features',
  'metrics',
  'customer_metrics',
  'customer_value',
  'segment_membership',
  'segment_summary',
]

/** @throws TrancheError unsupported for a run whose tables are on a cluster, which makes no other tables than these */
export function requireOnThisMachine({ cluster }: Pick<Manifest, 'cluster'>): void {
  if (cluster === undefined) return
  const place = `${cluster.catalog}.${cluster.schema}`
  throw new TrancheError(
    'unsupported',
    {
      en: 'The published run was computed on a cluster, where sets of segments, stays, findings and reports are not computed yet.',
      zh: '已发布的运行在集群上计算，目前集群尚不支持客群组、进出记录、结论和报告。',
    },
    {
      hint: {
        en: `Its features, metrics, customer values and segments by rule are tables in ${place} whose names begin with ${cluster.tablePrefix}. \`export\` brings them here; for the rest, run with warehouse: {engine: duckdb}.`,
        zh: `特征、指标、客户价值和规则客群保存在 ${place} 中以 ${cluster.tablePrefix} 开头的表里，可用 \`export\` 取回；其余结果请用 warehouse: {engine: duckdb} 运行。`,
      },
    },
  )
}

/** The run in force is on a cluster that the workspace no longer names. */
export function noLongerNamed({ catalog, schema, url }: NonNullable<Manifest['cluster']>): TrancheError {
  return new TrancheError(
    'unsupported',
    {
      en: `The published run is in ${catalog}.${schema} at ${url}, which tranche.yaml no longer names.`,
      zh: `已发布的运行位于 ${url} 的 ${catalog}.${schema}，tranche.yaml 已不再指向该处。`,
    },
    { hint: { en: 'Run again: tranche run', zh: '请重新运行：tranche run' } },
  )
}
