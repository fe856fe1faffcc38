import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runFolderOf } from '../engine/folder.ts'
import { sweepIntake } from '../intake/sweep.ts'
import { dropClusterRuns, replayName } from './cluster-run.ts'
import { readIntakeState } from './intake-phase.ts'
import { readManifest } from './manifest.ts'
import type { Running } from './run.ts'

/**
 * Keeps the newest runs; the one in force and the one that it compares itself with always stay. With the others goes what was
 * taken in for them alone: rows of files that have changed since, or went.
 */
export async function expireRuns(
  { folder, catalogue, env }: Running,
  kept: readonly (string | undefined)[],
): Promise<void> {
  const { keep } = catalogue.workspace.runs
  const runs: { run: string; finishedAt: string }[] = []
  for (const run of await readdir(folder.runs)) {
    const manifest = await readManifest(runFolderOf(folder, run))
    runs.push({ run, finishedAt: manifest?.finishedAt ?? manifest?.startedAt ?? '' })
  }
  runs.sort((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1))
  const old = runs.filter(({ run }) => !kept.includes(run)).slice(Math.max(0, keep - 1))
  await dropClusterRuns(
    catalogue,
    // One that was computed again and killed meanwhile left tables of its own.
    old.flatMap(({ run }) => [run, replayName(run)]),
    env,
  )
  if (old.length === 0) return
  for (const { run } of old) await rm(join(folder.runs, run), { recursive: true, force: true })
  const states = await Promise.all(
    (await readdir(folder.runs)).map((run) => readIntakeState(runFolderOf(folder, run))),
  )
  // Without its record nobody can tell what a run needs.
  if (states.every((state) => state !== null)) await sweepIntake(folder.root, states)
}
