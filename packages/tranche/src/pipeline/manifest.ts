import { readFile } from 'node:fs/promises'
import { type Manifest, manifestSchema } from '@tranche/contract'
import { writeAtomically } from '../engine/atomic-file.ts'
import type { RunFolder } from '../engine/folder.ts'

export async function writeManifest(folder: RunFolder, manifest: Manifest): Promise<void> {
  await writeAtomically(folder.manifest, `${JSON.stringify(manifest, null, 2)}\n`)
}

/** The manifest of a run, or null where there is none that can be read (a run that died at its very start). */
export async function readManifest(folder: RunFolder): Promise<Manifest | null> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(folder.manifest, 'utf8')))
  } catch {
    return null
  }
}
