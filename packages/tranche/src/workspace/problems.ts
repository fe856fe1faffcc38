import type { Text } from '@tranche/contract'
import type { z } from 'zod'
import { type Place, TrancheError } from '../errors.ts'
import { schemaWords } from './schema-words.ts'
import type { YamlFile } from './yaml-file.ts'

/** Something wrong in the files of a workspace, at its place. */
export interface DefinitionProblem {
  readonly severity: 'error' | 'warning'
  readonly place: Place
  readonly text: Text
  readonly hint?: Text
}

/** Turns a schema's complaints into problems with the line each stands on. */
export function fromZod(
  error: z.ZodError,
  file: YamlFile,
  prefix: readonly PropertyKey[] = [],
): DefinitionProblem[] {
  return error.issues.map((issue) => {
    const path = [...prefix, ...issue.path]
    const unknown =
      issue.code === 'unrecognized_keys' ? (issue as { keys?: readonly string[] }).keys?.[0] : undefined
    const words = schemaWords(issue, partAt(file.content, path))
    const where = path.length === 0 ? '' : `${path.map(String).join('.')}: `
    return {
      severity: 'error',
      place: file.placeOf(unknown === undefined ? path : [...path, unknown]),
      text: { en: `${where}${words.en}`, zh: `${where}${words.zh}` },
    }
  })
}

function partAt(content: unknown, path: readonly PropertyKey[]): unknown {
  let part = content
  for (const step of path) {
    if (part === null || typeof part !== 'object' || !Object.hasOwn(part, step)) return undefined
    part = (part as Record<PropertyKey, unknown>)[step]
  }
  return part
}

export function fromError(error: unknown): DefinitionProblem {
  if (!(error instanceof TrancheError) || error.place === undefined) throw error
  return {
    severity: 'error',
    place: error.place,
    text: error.text,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}

/** One error for all problems: it says the first and how many more there are. */
export function toError(problems: readonly DefinitionProblem[]): TrancheError {
  const errors = problems.filter((problem) => problem.severity === 'error')
  const [first] = errors
  if (first === undefined) throw new TypeError('No error to report.')
  const more = errors.length - 1
  const rest: Text =
    more === 0
      ? { en: '', zh: '' }
      : {
          en: `${more} more; \`tranche validate\` lists them all.`,
          zh: `另有 ${more} 处，\`tranche validate\` 可列出全部。`,
        }
  const hint = {
    en: [first.hint?.en, rest.en].filter(Boolean).join(' '),
    zh: [first.hint?.zh, rest.zh].filter(Boolean).join(''),
  }
  return new TrancheError('invalid_definition', first.text, {
    place: first.place,
    ...(hint.en === '' ? {} : { hint }),
  })
}
