import type { Warehouse } from '../../engine/warehouse.ts'
import type { TakenFile } from '../intake-state.ts'
import { type ColumnProfile, mergeProfiles } from './profile.ts'

/** Profiles by source; several files of one source are one. */
export function profilesOf(
  files: readonly TakenFile[],
): readonly (ColumnProfile & { readonly source: string })[] {
  return [...Map.groupBy(files, ({ source }) => source)].flatMap(([source, members]) =>
    mergeProfiles(members.map(({ profile }) => profile)).map((column) => ({ source, ...column })),
  )
}

/** Writes the published table `profiles`. */
export async function writeProfiles(warehouse: Warehouse, files: readonly TakenFile[]): Promise<void> {
  const profiles = profilesOf(files)
  await warehouse.createFrom('profiles', [
    { name: 'source', type: 'varchar', values: profiles.map(({ source }) => source) },
    { name: 'column', type: 'varchar', values: profiles.map(({ column }) => column) },
    { name: 'type', type: 'varchar', values: profiles.map(({ type }) => type) },
    { name: 'rows', type: 'bigint', values: profiles.map(({ rows }) => rows) },
    { name: 'missing', type: 'bigint', values: profiles.map(({ missing }) => missing) },
    { name: 'distinct_approx', type: 'bigint', values: profiles.map(({ distinctApprox }) => distinctApprox) },
    { name: 'min', type: 'varchar', values: profiles.map(({ min }) => min) },
    { name: 'max', type: 'varchar', values: profiles.map(({ max }) => max) },
  ])
}
