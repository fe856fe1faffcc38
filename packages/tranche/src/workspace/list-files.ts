import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { SegmentSet } from '@tranche/contract'
import type { DefinitionProblem } from './problems.ts'
import type { Draft } from './read-definitions.ts'

/** sha256 of the file of each set that is a list, so that a list is another one when its file is. */
export async function hashLists(
  root: string,
  sets: readonly Draft<SegmentSet>[],
  problems: DefinitionProblem[],
): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>()
  for (const { key, value, file, path } of sets) {
    if (value.list === undefined) continue
    try {
      const hash = createHash('sha256')
      for await (const part of createReadStream(join(root, value.list.file))) hash.update(part as Buffer)
      hashes.set(key, hash.digest('hex'))
    } catch {
      problems.push({
        severity: 'error',
        place: file.placeOf([...path, 'list', 'file']),
        text: {
          en: `The list ${value.list.file} can't be read.`,
          zh: `无法读取名单文件 ${value.list.file}。`,
        },
        hint: {
          en: 'Put it into the folder of the workspace: tranche segment import KEY FILE does.',
          zh: '请将其放入工作区目录，可使用 tranche segment import 键 文件。',
        },
      })
    }
  }
  return hashes
}
