import { openCluster } from '../engine/open-cluster.ts'
import type { TrinoQuery, TrinoWarehouse } from '../engine/trino.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { requireWithin } from './cluster-budget.ts'
import { placeTag } from './cluster-run.ts'

/** The cluster as its tables are looked at: before there is a run, so that nothing is made there. */
export interface SourcesOnCluster {
  readonly open: () => Promise<TrinoWarehouse>
  readonly asked: () => readonly TrinoQuery[]
  readonly close: () => void
}

/** Null for a workspace that computes on this machine. Nothing is opened before it is needed. */
export function sourcesOnCluster(
  catalogue: Catalogue,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): SourcesOnCluster | null {
  const { dir, workspace } = catalogue
  const { warehouse: settings } = workspace
  if (settings.engine !== 'trino') return null
  let opened: TrinoWarehouse | undefined
  const stop = () => opened?.interrupt()
  signal.addEventListener('abort', stop)
  return {
    open: async () => {
      opened ??= await openCluster({
        ...{ settings, dir, env, tablePrefix: '', part: 'sources', tags: [placeTag(catalogue)] },
        guard: (queries) => requireWithin(queries, settings.budget),
      })
      return opened
    },
    asked: () => opened?.queries ?? [],
    close: () => {
      signal.removeEventListener('abort', stop)
      opened?.close()
    },
  }
}
