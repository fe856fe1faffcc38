import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { intakePaths, type Resolution } from '../intake-state.ts'

/** Whether all that a resolution wrote is still there. */
export function resolvedExists(folder: string, resolution: Resolution): boolean {
  return resolvedFiles(resolution).every((file) => existsSync(join(folder, file)))
}

/** Files a resolution wrote, from the folder. */
export function resolvedFiles(resolution: Resolution): readonly string[] {
  const { hash, dropped, merged, hasKeys, hasAliases, hasRates, derivedCustomers } = resolution
  const names = [
    ...new Set(dropped.map(({ table }) => `dropped-${table}`)),
    ...merged.map((table) => `merged-${table}`),
    ...(hasKeys ? ['keys'] : []),
    ...(hasAliases ? ['aliases'] : []),
    ...(hasRates ? ['rates'] : []),
    ...(derivedCustomers > 0 ? ['derived'] : []),
    ...(dropped.some(({ quarantined }) => quarantined > 0) ? ['quarantine'] : []),
  ]
  return names.map((name) => intakePaths.resolved(hash, name))
}
