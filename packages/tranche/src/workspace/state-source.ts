import { type Source, sourceSchema, type Workspace } from '@tranche/contract'
import type { Draft } from './read-definitions.ts'
import type { YamlFile } from './yaml-file.ts'

/** What rows of the state are said to come from. */
export const stateSourceKey = '_state'

/**
 * The decisions that the state holds, as a table of the cluster like any other that is read in place: where the workspace names the
 * catalog by which the cluster reaches the state's database. They are never changed, so that those recorded before a run began
 * are its own however long it takes; where a source gives the same decision, the source's holds.
 */
export function stateSource({ warehouse, state }: Workspace, file: YamlFile): Draft<Source> | null {
  if (warehouse.engine !== 'trino' || warehouse.stateCatalog === undefined || state.engine !== 'postgres')
    return null
  const table = `${warehouse.stateCatalog}.${state.schema}.consents`
  const value = sourceSchema.parse({
    key: 'state',
    cluster: { table, appended: 'recorded_at' },
    tables: [
      {
        table: 'consents',
        precedence: -1,
        columns: {
          customer_id: { from: 'customer_id' },
          purpose: { from: 'purpose' },
          granted: { expr: 'granted == 1' },
          notice_version: { from: 'notice_version' },
          decided_at: { from: 'decided_at' },
          evidence: { from: 'evidence' },
          known_at: { from: 'recorded_at' },
        },
      },
    ],
  })
  return {
    ...{ kind: 'source', key: stateSourceKey, value: { ...value, key: stateSourceKey }, file },
    ...{ path: [], written: () => ['warehouse', 'stateCatalog'], needs: [], expressions: [] },
  }
}
