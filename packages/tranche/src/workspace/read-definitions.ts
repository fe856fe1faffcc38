import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import type { Place } from '../errors.ts'
import type { DefinitionKind } from './catalogue.ts'
import type { EmbeddedExpression } from './needs.ts'
import { type DefinitionProblem, fromError, fromZod } from './problems.ts'
import { readYamlFile, type YamlFile } from './yaml-file.ts'

/** A definition as read, before its needs are looked up. */
export interface Draft<T> {
  readonly kind: DefinitionKind
  readonly key: string
  readonly value: T
  readonly file: YamlFile
  readonly path: readonly PropertyKey[]
  readonly needs: readonly string[]
  readonly expressions: readonly EmbeddedExpression[]
  /** Where a part of the value stands in the file, if that was written otherwise. */
  readonly written?: (path: readonly PropertyKey[]) => readonly PropertyKey[]
}

/** The place of a part of a definition. */
export function placeIn(
  { file, path, written }: Pick<Draft<unknown>, 'file' | 'path' | 'written'>,
  part: readonly PropertyKey[],
): Place {
  return file.placeOf([...path, ...(written?.(part) ?? part)])
}

/** Reads all definitions of a kind: each file holds one, or a list of them, of which only those accepted are read. */
export async function readKind<T extends { readonly key: string }>(
  root: string,
  kind: DefinitionKind,
  folder: string,
  schema: z.ZodType<T>,
  problems: DefinitionProblem[],
  read: (value: T) => Pick<Draft<T>, 'expressions' | 'needs'>,
  accepts: (item: unknown) => boolean = () => true,
): Promise<Draft<T>[]> {
  const drafts: Draft<T>[] = []
  for (const file of await definitionFiles(root, folder, problems)) {
    const items = Array.isArray(file.content) ? file.content : file.content === null ? [] : [file.content]
    for (const [index, item] of items.entries()) {
      if (!accepts(item)) continue
      const path = Array.isArray(file.content) ? [index] : []
      const outcome = schema.safeParse(item)
      if (outcome.success)
        drafts.push({ kind, key: outcome.data.key, value: outcome.data, file, path, ...read(outcome.data) })
      else problems.push(...fromZod(outcome.error, file, path))
    }
  }
  return drafts
}

async function definitionFiles(
  root: string,
  folder: string,
  problems: DefinitionProblem[],
): Promise<YamlFile[]> {
  const dir = join(root, folder)
  if (!existsSync(dir)) return []
  const names = (await readdir(dir, { recursive: true })).filter((name) => /\.ya?ml$/.test(name)).sort()
  const files: YamlFile[] = []
  for (const name of names) {
    try {
      files.push(await readYamlFile(join(dir, name), `${folder}/${name}`))
    } catch (error) {
      problems.push(fromError(error))
    }
  }
  return files
}
