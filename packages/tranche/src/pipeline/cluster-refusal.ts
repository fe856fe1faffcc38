import type { Manifest } from '@tranche/contract'
import { TrancheError } from '../errors.ts'

/** @throws TrancheError unsupported for a run whose tables are on a cluster, where only features and metrics are computed */
export function requireOnThisMachine({ cluster }: Pick<Manifest, 'cluster'>): void {
  if (cluster === undefined) return
  const place = `${cluster.catalog}.${cluster.schema}`
  throw new TrancheError(
    'unsupported',
    {
      en: 'The published run was computed on a cluster, where the value of customers, segments, findings and reports are not computed yet.',
      zh: '已发布的运行在集群上计算，目前集群尚不支持客户价值、分群、结论和报告。',
    },
    {
      hint: {
        en: `Its features and metrics are tables in ${place} whose names begin with ${cluster.tablePrefix}. For the rest, run with warehouse: {engine: duckdb}.`,
        zh: `特征和指标保存在 ${place} 中以 ${cluster.tablePrefix} 开头的表里；其余结果请用 warehouse: {engine: duckdb} 运行。`,
      },
    },
  )
}
