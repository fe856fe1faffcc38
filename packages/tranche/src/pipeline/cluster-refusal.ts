import type { Manifest } from '@tranche/contract'
import { TrancheError } from '../errors.ts'

/** Tables for people that a run makes on a cluster. */
export const clusterTables: readonly string[] = [
  'features',
  'metrics',
  'customer_metrics',
  'customer_value',
  'segment_membership',
  'segment_summary',
]

type Where = Pick<Manifest, 'cluster'>

/** Whether a run's tables for people are in its own database: computed there, or brought from a cluster. */
export const isOnThisMachine = ({ cluster }: Where): boolean => cluster === undefined || cluster.brought

/** @throws TrancheError unsupported for a run whose tables stayed on a cluster, which makes no others than these */
export function requireOnThisMachine({ cluster }: Where): void {
  if (cluster === undefined || cluster.brought) return
  const place = `${cluster.catalog}.${cluster.schema}`
  throw new TrancheError(
    'unsupported',
    {
      en: 'The published run stayed on its cluster: for more customers than warehouse.bring allows, sets of segments, stays, findings and reports are not computed.',
      zh: '已发布的运行留在集群上：客户数超过 warehouse.bring 允许的数量时，不计算客群组、进出记录、结论和报告。',
    },
    {
      hint: {
        en: `Its features, metrics, customer values and segments by rule are tables in ${place} whose names begin with ${cluster.tablePrefix}; \`export\` brings one of them here. For the rest, raise warehouse.bring.customers in tranche.yaml and run again: tranche run --force`,
        zh: `特征、指标、客户价值和规则客群保存在 ${place} 中以 ${cluster.tablePrefix} 开头的表里，可用 \`export\` 取回。其余结果请在 tranche.yaml 中提高 warehouse.bring.customers 后重新运行：tranche run --force`,
      },
    },
  )
}

/** Whether a run has segments at all: the first versions made none on a cluster. */
export const hasSegments = ({ steps }: Pick<Manifest, 'steps'>): boolean =>
  steps.some(({ key }) => key === 'segments')

/** @throws TrancheError refused for a run without segments */
export function requireSegments(manifest: Pick<Manifest, 'steps' | 'version'>): void {
  if (hasSegments(manifest)) return
  const { version } = manifest
  throw new TrancheError(
    'refused',
    {
      en: `The published run was computed on a cluster by version ${version}, which made no segments there.`,
      zh: `已发布的运行由 ${version} 版本在集群上计算，该版本不在集群上生成客群。`,
    },
    { hint: { en: 'Run again: tranche run --force', zh: '请重新运行：tranche run --force' } },
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
