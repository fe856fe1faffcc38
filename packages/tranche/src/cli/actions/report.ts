import { copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { folderOf } from '../../engine/folder.ts'
import { readPointer } from '../../engine/published.ts'
import { TrancheError } from '../../errors.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output }: Invocation,
  flags: { format: 'html' | 'md'; out?: string },
): Promise<void> {
  const current = await readPointer(folderOf(dir))
  if (current === null)
    throw new TrancheError(
      'not_found',
      { en: `Nothing is published in ${dir} yet.`, zh: `${dir} 尚无已发布的结果。` },
      { hint: { en: 'Run `tranche run` first.', zh: '请先执行 `tranche run`。' } },
    )
  const name = `report.${output.language}.${flags.format}`
  const file = resolve(flags.out ?? name)
  await copyFile(join(current.path, name), file)
  if (output.json)
    output.document({ run: current.run, file, format: flags.format, language: output.language })
  output.say({
    en: `Report of run ${current.run} written to ${file}`,
    zh: `运行 ${current.run} 的报告已写入 ${file}`,
  })
}
