import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a file so that readers see the old content or the new one, whole, even after a crash. */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  mode = 0o640,
): Promise<void> {
  const partial = `${path}.${process.pid}.part`
  try {
    const handle = await open(partial, 'w', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
