import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AttributePolicyFile,
  attributePolicySchema,
  type StandardTable,
  standardTables,
} from '@tranche/contract'
import { nearest } from '@tranche/language'
import type { Place } from '../errors.ts'
import type { ExtraColumn } from './catalogue.ts'
import { type DefinitionProblem, fromError, fromZod } from './problems.ts'
import { readYamlFile } from './yaml-file.ts'

const name = 'policies/attributes.yaml'

/** What a workspace says of its attributes, with the places of what it says. */
export interface OwnAttributePolicy {
  readonly rules: AttributePolicyFile
  readonly placeOf: (path: readonly PropertyKey[]) => Place
}

/** Reads `policies/attributes.yaml`; null where there is none, or where it is faulty, which the problems then say. */
export async function readAttributePolicy(
  root: string,
  known: Iterable<string>,
  problems: DefinitionProblem[],
): Promise<OwnAttributePolicy | null> {
  const path = join(root, name)
  if (!existsSync(path)) return null
  try {
    const file = await readYamlFile(path, name)
    const outcome = attributePolicySchema.safeParse(file.content ?? {})
    if (!outcome.success) {
      problems.push(...fromZod(outcome.error, file))
      return null
    }
    problems.push(...faultsOf(outcome.data, [...known], file.placeOf))
    return { rules: outcome.data, placeOf: file.placeOf }
  } catch (error) {
    problems.push(fromError(error))
    return null
  }
}

/** Everything of a customer that a policy may name: columns of tables about customers, extras, features. */
export function attributeNames(
  features: readonly { readonly key: string }[],
  extras: Readonly<Partial<Record<string, readonly ExtraColumn[]>>>,
): readonly string[] {
  const columns = (standardTables as readonly StandardTable[])
    .filter(({ perCustomer }) => perCustomer)
    .flatMap((table) => table.columns.map((column) => column.name))
  const own = Object.values(extras).flatMap((found) => (found ?? []).map(({ key }) => key))
  return [...new Set([...columns, ...own, ...features.map(({ key }) => key)])]
}

function faultsOf(
  rules: AttributePolicyFile,
  known: readonly string[],
  placeOf: OwnAttributePolicy['placeOf'],
): DefinitionProblem[] {
  return Object.entries(rules).flatMap(([attribute, { allow, forbid }]) => [
    ...unknownAttribute(attribute, known, placeOf),
    ...forbid.flatMap((purpose, index): DefinitionProblem[] =>
      allow.includes(purpose)
        ? [
            {
              severity: 'error',
              place: placeOf([attribute, 'forbid', index]),
              text: {
                en: `${attribute}: ${purpose} is both allowed and forbidden.`,
                zh: `${attribute}：${purpose} 同时被允许和禁止。`,
              },
              hint: { en: 'Take it out of one of the two lists.', zh: '请从其中一个列表中删除。' },
            },
          ]
        : [],
    ),
  ])
}

function unknownAttribute(
  attribute: string,
  known: readonly string[],
  placeOf: OwnAttributePolicy['placeOf'],
): DefinitionProblem[] {
  if (known.includes(attribute)) return []
  const near = nearest(attribute, known)
  return [
    {
      severity: 'error',
      place: placeOf([attribute]),
      text: {
        en: `There is no attribute or feature ${JSON.stringify(attribute)}.`,
        zh: `没有名为 ${JSON.stringify(attribute)} 的属性或特征。`,
      },
      ...(near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } }),
    },
  ]
}
