import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { TrancheError } from '../errors.ts'

/** A stream or the engine would say so too late, and in their own words. @throws TrancheError invalid_input */
export async function requireFolder(file: string): Promise<void> {
  const folder = dirname(file)
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory()) return
  throw new TrancheError(
    'invalid_input',
    { en: `There is no folder ${folder}.`, zh: `文件夹 ${folder} 不存在。` },
    { hint: { en: 'Create it, or name another with --out.', zh: '请先创建，或用 --out 指定其他位置。' } },
  )
}
