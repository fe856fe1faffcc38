import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FrozenSet, frozenSetSchema, type SegmentSetModel } from '@tranche/contract'
import type { DefinitionProblem } from './problems.ts'

/** Where the models of sets that were frozen lie, one file each. */
export const frozenFolder = join('segments', 'frozen')

export async function readFrozenSets(
  root: string,
  problems: DefinitionProblem[],
): Promise<ReadonlyMap<string, FrozenSet>> {
  const folder = join(root, frozenFolder)
  const found = new Map<string, FrozenSet>()
  if (!existsSync(folder)) return found
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json')).sort()) {
    const frozen = parse(await readFile(join(folder, name), 'utf8'))
    if (frozen !== null) found.set(frozen.set, frozen)
    else
      problems.push({
        severity: 'error',
        place: { file: join(frozenFolder, name) },
        text: { en: 'This is not the model of a set of segments.', zh: '这不是客群组的模型文件。' },
        hint: {
          en: 'Take the file out and freeze the set again: tranche segment freeze KEY.',
          zh: '请删除该文件并重新冻结：tranche segment freeze KEY。',
        },
      })
  }
  return found
}

function parse(text: string): FrozenSet | null {
  try {
    const outcome = frozenSetSchema.safeParse(JSON.parse(text))
    return outcome.success ? outcome.data : null
  } catch {
    return null
  }
}

/** The model that was frozen for just this definition; a definition that has changed since is fitted anew, and said to be. */
export function frozenFor(
  key: string,
  definition: string,
  frozen: ReadonlyMap<string, FrozenSet>,
  problems: DefinitionProblem[],
): SegmentSetModel | null {
  const found = frozen.get(key)
  if (found === undefined) return null
  if (found.definition === definition) return found.model
  problems.push({
    severity: 'warning',
    place: { file: join(frozenFolder, `${key}.json`) },
    text: {
      en: `${key} was frozen under another definition, so each run fits it anew.`,
      zh: `${key} 冻结时的定义已变更，因此每次运行都会重新拟合。`,
    },
    hint: {
      en: `Freeze it again after the next run: tranche segment freeze ${key}.`,
      zh: `请在下次运行后重新冻结：tranche segment freeze ${key}。`,
    },
  })
  return null
}
