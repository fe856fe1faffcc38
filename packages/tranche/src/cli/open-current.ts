import { folderOf } from '../engine/folder.ts'
import { openRun, readPointer } from '../engine/published.ts'
import { TrancheError } from '../errors.ts'
import { requireOnThisMachine } from '../pipeline/cluster-refusal.ts'
import { readManifest } from '../pipeline/manifest.ts'
import type { Invocation } from './program.ts'

/** The published run, open for reading. @throws TrancheError not_found before the first run */
export async function openCurrent({ dir }: Pick<Invocation, 'dir'>) {
  const current = await readPointer(folderOf(dir))
  if (current === null)
    throw new TrancheError(
      'not_found',
      { en: `Nothing is published in ${dir} yet.`, zh: `${dir} 尚无已发布的结果。` },
      { hint: { en: 'Run `tranche run` first.', zh: '请先执行 `tranche run`。' } },
    )
  const manifest = await readManifest(current)
  if (manifest !== null) requireOnThisMachine(manifest)
  return await openRun(current)
}
