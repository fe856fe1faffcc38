import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { TrancheError } from '../errors.ts'

/** A workspace is never written over. */
export async function requireEmpty(dir: string): Promise<void> {
  if (!existsSync(dir)) return
  const found = await readdir(dir)
  if (!found.some((name) => name === 'tranche.yaml' || name === 'sources')) return
  throw new TrancheError(
    'invalid_input',
    { en: `${dir} holds a workspace already.`, zh: `${dir} 已经是一个工作区。` },
    { hint: { en: 'Name another folder.', zh: '请换一个文件夹。' } },
  )
}
