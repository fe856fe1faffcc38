import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type IntakeState, intakePaths } from './intake-state.ts'
import { resolvedFiles } from './quality/resolved-files.ts'

/**
 * Deletes what intake wrote and none of the given states needs: rows of files that changed or went, and what a crash
 * left behind. Gives how many files went. Never to be called while a run writes or a reader has an older state open.
 */
export async function sweepIntake(folder: string, states: readonly IntakeState[]): Promise<number> {
  const needed = new Set(states.flatMap(filesOf).map((file) => join(folder, file)))
  let deleted = 0
  for (const part of ['standard', 'quarantine', 'identity']) {
    const root = join(folder, part)
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (!entry.isFile() || needed.has(join(entry.parentPath, entry.name))) continue
      await rm(join(entry.parentPath, entry.name), { force: true })
      deleted++
    }
    // A folder that still holds something stays.
    for (const entry of entries)
      if (entry.isDirectory()) await rmdir(join(entry.parentPath, entry.name)).catch(() => undefined)
  }
  return deleted
}

function filesOf({ files, resolution, consents }: IntakeState): readonly string[] {
  return [
    ...resolvedFiles(resolution),
    ...(consents === undefined ? [] : [intakePaths.standard('consents', consents.hash)]),
    ...files.flatMap(({ hash, tables }) => [
      intakePaths.content(hash),
      intakePaths.links(hash),
      intakePaths.quarantine(hash),
      ...tables.flatMap((taken) => [
        intakePaths.standard(taken.table, taken.hash),
        intakePaths.lines(taken.table, taken.hash),
        intakePaths.quarantine(taken.hash),
      ]),
    ]),
  ]
}
