import { standardTables } from '@tranche/contract'
import { nearest } from '@tranche/language'
import type { AnyDraft } from './load.ts'
import type { DefinitionProblem } from './problems.ts'
import { placeIn } from './read-definitions.ts'

/** Checks what can be checked without types: keys are unique, expressions parse, and every need exists. */
export function checkReferences(drafts: readonly AnyDraft[]): DefinitionProblem[] {
  return [...duplicates(drafts), ...drafts.flatMap(syntax), ...unknownNeeds(drafts), ...extrasAgree(drafts)]
}

function duplicates(drafts: readonly AnyDraft[]): DefinitionProblem[] {
  const seen = new Map<string, AnyDraft>()
  const problems: DefinitionProblem[] = []
  for (const draft of drafts) {
    const id = `${draft.kind}:${draft.key}`
    const first = seen.get(id)
    if (first === undefined) {
      seen.set(id, draft)
      continue
    }
    const place = first.file.placeOf(first.path)
    problems.push({
      severity: 'error',
      place: draft.file.placeOf([...draft.path, 'key']),
      text: {
        en: `${draft.kind} ${draft.key} is defined twice; first at ${place.file}:${place.line}.`,
        zh: `${draft.key} 重复定义，首次出现在 ${place.file}:${place.line}。`,
      },
      hint: { en: 'Rename one of them or take it out.', zh: '请改名或删除其中一个。' },
    })
  }
  return problems
}

function syntax(draft: AnyDraft): DefinitionProblem[] {
  return draft.expressions.flatMap(({ path, text, outcome }) =>
    outcome.ok
      ? []
      : outcome.problems.map((found) => ({
          severity: found.severity,
          place: placeIn(draft, path),
          text: {
            en: `${wordsOf(draft, path)}: ${found.message.en} (column ${found.column} of ${JSON.stringify(shorten(text))})`,
            zh: `${wordsOf(draft, path)}：${found.message.zh}（位于 ${JSON.stringify(shorten(text))} 第 ${found.column} 列）`,
          },
          ...(found.hint === undefined ? {} : { hint: found.hint }),
        })),
  )
}

const wordsOf = ({ written }: AnyDraft, path: readonly PropertyKey[]) =>
  (written?.(path) ?? path).map(String).join('.')

const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 77)}…` : text)

/** Where a definition names a table. */
function tablePath({ value }: AnyDraft, table: string): readonly PropertyKey[] {
  if ('from' in value && value.from === table) return ['from']
  const measure = 'measure' in value ? value.measure : undefined
  return measure !== undefined && 'in' in measure && measure.in === table ? ['measure', 'in'] : []
}

function unknownNeeds(drafts: readonly AnyDraft[]): DefinitionProblem[] {
  const known = new Set([
    ...drafts.map((draft) => `${draft.kind}:${draft.key}`),
    ...standardTables.map((table) => `table:${table.name}`),
  ])
  const names = [...known]
  return drafts.flatMap((draft) =>
    draft.needs
      // Names in a rule are looked up where their types are, with the column of the mistake.
      .filter((need) => !known.has(need) && draft.kind !== 'segment' && draft.kind !== 'segment_set')
      .map((need) => {
        const [kind, key] = need.split(':') as [string, string]
        const ofKind = names
          .filter((name) => name.startsWith(`${kind}:`))
          .map((name) => name.slice(kind.length + 1))
        const near = nearest(key, ofKind)
        return {
          severity: 'error' as const,
          place: placeIn(draft, kind === 'table' ? tablePath(draft, key) : []),
          text: {
            en: `${draft.kind} ${draft.key} needs the ${kind} ${JSON.stringify(key)}, which is not defined.`,
            zh: `${draft.key} 引用了未定义的 ${kind} ${JSON.stringify(key)}。`,
          },
          ...(near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } }),
        }
      }),
  )
}

/** Two sources may give the same extra column only with the same type. */
function extrasAgree(drafts: readonly AnyDraft[]): DefinitionProblem[] {
  const types = new Map<string, { readonly type: string; readonly source: string }>()
  const problems: DefinitionProblem[] = []
  for (const draft of drafts) {
    if (draft.kind !== 'source' || !('tables' in draft.value)) continue
    for (const [index, mapping] of draft.value.tables.entries()) {
      const standard = standardTables.find((table) => table.name === mapping.table)
      for (const [key, extra] of Object.entries(mapping.extras)) {
        const place = draft.file.placeOf([...draft.path, 'tables', index, 'extras', key])
        const id = `${mapping.table}.${key}`
        const first = types.get(id)
        if (standard?.columns.some((column) => column.name === key) || ['known_at', 'source'].includes(key))
          problems.push({
            severity: 'error',
            place,
            text: {
              en: `extras.${key}: ${mapping.table} has a column of that name already.`,
              zh: `extras.${key}：${mapping.table} 已有同名列。`,
            },
          })
        else if (first !== undefined && first.type !== extra.type)
          problems.push({
            severity: 'error',
            place,
            text: {
              en: `extras.${key}: is ${extra.type} here and ${first.type} in source ${first.source}.`,
              zh: `extras.${key}：此处类型为 ${extra.type}，而来源 ${first.source} 中为 ${first.type}。`,
            },
          })
        else types.set(id, { type: extra.type, source: draft.key })
      }
      for (const name of Object.keys(mapping.columns)) {
        if (standard?.columns.some((column) => column.name === name) || name === 'known_at') continue
        const near = nearest(name, standard?.columns.map((column) => column.name) ?? [])
        problems.push({
          severity: 'error',
          place: draft.file.placeOf([...draft.path, 'tables', index, 'columns', name]),
          text: {
            en: `${mapping.table} has no column ${JSON.stringify(name)}.`,
            zh: `标准表 ${mapping.table} 没有列 ${JSON.stringify(name)}。`,
          },
          hint:
            near === undefined
              ? { en: 'Put attributes of your own under extras.', zh: '自有属性请写在 extras 下。' }
              : {
                  en: `Did you mean ${near}? Attributes of your own go under extras.`,
                  zh: `是否想写 ${near}？自有属性请写在 extras 下。`,
                },
        })
      }
    }
  }
  return problems
}
