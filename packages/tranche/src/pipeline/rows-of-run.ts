import type { StandardTableName, Text } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import type { IntakeState } from '../intake/intake-state.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { OpenedRun } from './published-run.ts'
import { openRunOnCluster } from './published-table.ts'

type Taken = Pick<IntakeState, 'files'>

/** Standard tables that have rows in tables of the cluster. */
export function tablesThere({ files }: Taken): ReadonlySet<StandardTableName> {
  const there = files.flatMap(({ tables }) => tables.filter(({ place }) => place === 'cluster'))
  return new Set(there.map(({ table }) => table))
}

/**
 * Finds all rows of the standard tables of a run for as long as the work takes: on this machine, or on the cluster where some of
 * them lie. @throws TrancheError unsupported where tranche.yaml no longer names that cluster
 */
export async function withRowsOfRun<T>(
  catalogue: Catalogue,
  { warehouse, manifest, state }: OpenedRun,
  env: Readonly<Record<string, string | undefined>>,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  const { cluster: record } = manifest
  if (record === undefined || tablesThere(state).size === 0) return await work(warehouse)
  const cluster = await openRunOnCluster(catalogue, manifest, record, env, 'explain')
  try {
    return await work(cluster)
  } finally {
    cluster.close()
  }
}

/** @throws TrancheError unsupported where work on this machine would miss the rows that lie on the cluster */
export function requireRowsHere(
  state: Taken,
  what: Text,
  tables: readonly StandardTableName[] = [...tablesThere(state)],
): void {
  const there = tablesThere(state)
  const missing = tables.filter((name) => there.has(name))
  if (missing.length === 0) return
  throw new TrancheError(
    'unsupported',
    {
      en: `${what.en} reads rows on this machine, and those of ${missing.join(', ')} lie in tables of the cluster.`,
      zh: `${what.zh}需要读取本机的行，而 ${missing.join('、')} 的行在集群表中。`,
    },
    {
      hint: {
        en: 'For this take the tables in with cluster: {table: …, copy: true}.',
        zh: '如需使用，请设 cluster: {table: …, copy: true} 将表读入本机。',
      },
    },
  )
}
