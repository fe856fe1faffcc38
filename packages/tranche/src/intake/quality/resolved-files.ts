import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../../engine/atomic-file.ts'
import { intakePaths, type Resolution } from '../intake-state.ts'

/** Whether all that a resolution wrote is still there. */
function resolvedExists(folder: string, resolution: Resolution): boolean {
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
  return [intakePaths.resolution(hash), ...names.map((name) => intakePaths.resolved(hash, name))]
}

/** A resolution of these inputs that was finished before, by this run or another; null if there is none. */
export async function storedResolution(folder: string, hash: string): Promise<Resolution | null> {
  try {
    const text = await readFile(join(folder, intakePaths.resolution(hash)), 'utf8')
    const found = JSON.parse(text) as Resolution
    return resolvedExists(folder, found) ? found : null
  } catch {
    return null
  }
}

/** Says that all files of a resolution are written: the last thing to be written itself. */
export async function storeResolution(folder: string, resolution: Resolution): Promise<void> {
  await writeAtomically(
    join(folder, intakePaths.resolution(resolution.hash)),
    `${JSON.stringify(resolution)}\n`,
  )
}
