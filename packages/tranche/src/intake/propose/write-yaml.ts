import type { Language, Metric, Text, Workspace } from '@tranche/contract'
import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { Reasoned, SourceDraft, TableDraft } from './draft.ts'

export interface WorkspaceDraft {
  readonly name: Text
  readonly timeZone: Reasoned<string>
  readonly currency: Reasoned<string>
  /** Which of them no file tells. */
  readonly assumed?: Workspace['assumed']
  readonly locale: Language
  /** Which transactions are purchases, where the default does not fit. */
  readonly purchases?: Reasoned<string>
  /** Systems that number people differently, and what joins them. */
  readonly identity?: Workspace['identity']
}

const options = { lineWidth: 0, flowCollectionPadding: false } as const

/** `tranche.yaml` with the reason beside what was guessed. */
export function workspaceYaml(draft: WorkspaceDraft): string {
  const language = draft.locale
  const map = new YAMLMap()
  map.add(pair('name', flow(draft.name)))
  map.add(pair('timeZone', noted(draft.timeZone.mapping, draft.timeZone.why, language)))
  map.add(pair('currency', noted(draft.currency.mapping, draft.currency.why, language)))
  if (draft.assumed !== undefined && draft.assumed.length > 0)
    map.add(
      pair(
        'assumed',
        commented(
          flow(draft.assumed),
          say(language, {
            en: 'reports say so; take out what you have checked',
            zh: '报告中会注明；核对后请删去',
          }),
        ),
      ),
    )
  map.add(pair('locale', scalar(draft.locale)))
  if (draft.purchases !== undefined) {
    const value = new YAMLMap()
    value.add(pair('where', noted(draft.purchases.mapping, draft.purchases.why, language)))
    map.add(pair('value', value))
  }
  if (draft.identity !== undefined && draft.identity.length > 0)
    map.add(pair('identity', new Document(draft.identity).contents))
  return text(map, [
    say(language, {
      en: 'Proposed from the files named; everything here may be changed.',
      zh: '根据所给文件拟定，均可修改。',
    }),
  ])
}

/** A source's file: its mapping, each column with the reason for it, and on top what was not sure. */
export function sourceYaml(draft: SourceDraft, language: Language): string {
  const map = new YAMLMap()
  map.add(pair('key', scalar(draft.key)))
  map.add(pair('label', flow(draft.label)))
  map.add(
    pair('files', draft.files.length === 1 ? scalar(draft.files[0]) : new Document(draft.files).contents),
  )
  map.add(pair('format', flow(draft.format)))
  if (draft.system !== undefined) map.add(pair('system', scalar(draft.system)))
  if (draft.identifiers.length > 0) {
    const identifiers = new YAMLMap()
    for (const { column, kind, use, why } of draft.identifiers)
      identifiers.add(pair(column, commented(flow({ kind, use }), say(language, why))))
    map.add(pair('identifiers', identifiers))
  }
  const tables = new YAMLSeq()
  for (const table of draft.tables) tables.add(tableNode(table, language))
  if (draft.tables.length > 0) map.add(pair('tables', tables))
  return text(
    map,
    draft.notes.map((note) => say(language, note)),
  )
}

/** Outcome metrics that were guessed. */
export function metricsYaml(metrics: readonly Metric[], language: Language): string {
  const list = new YAMLSeq()
  for (const metric of metrics) {
    const map = new YAMLMap()
    for (const [name, value] of Object.entries(metric))
      map.add(pair(name, typeof value === 'object' && value !== null ? flow(value) : scalar(value)))
    list.add(map)
  }
  return text(list, [
    say(language, {
      en: 'Guessed: attributes of two values whose names sound like an outcome. Correct or delete them.',
      zh: '以下为推测：名称像结果的二值属性。请更正或删除。',
    }),
  ])
}

function tableNode(table: TableDraft, language: Language): YAMLMap {
  const map = new YAMLMap()
  map.add(pair('table', commented(scalar(table.table), say(language, table.why))))
  if (table.where !== undefined) map.add(pair('where', noted(table.where.mapping, table.where.why, language)))
  if (table.precedence !== undefined) map.add(pair('precedence', scalar(table.precedence)))
  if (table.unpivot !== undefined) map.add(pair('unpivot', new Document(table.unpivot).contents as Node))
  const columns = new YAMLMap()
  for (const [name, { mapping, why }] of table.columns)
    columns.add(pair(name, commented(flow(mapping), say(language, why))))
  map.add(pair('columns', columns))
  if (table.extras.size > 0) {
    const extras = new YAMLMap()
    for (const [name, { mapping, why }] of table.extras)
      extras.add(pair(name, commented(flow(mapping), say(language, why))))
    map.add(pair('extras', extras))
  }
  return map
}

function say(language: Language, words: Text): string {
  return words[language].replace(/\s+/g, ' ')
}

function pair(name: string, value: unknown): Pair {
  return new Pair(scalar(name), value)
}

function scalar(value: unknown): Scalar {
  return new Scalar(value)
}

function noted(value: string, why: Text, language: Language): Scalar {
  return commented(scalar(value), say(language, why))
}

function commented<T extends Node>(node: T, comment: string): T {
  if (comment !== '') node.comment = ` ${comment}`
  return node
}

function flow(value: unknown): Node {
  const node = new Document(value).contents as Node
  const mark = (item: unknown): void => {
    if (item instanceof YAMLMap || item instanceof YAMLSeq) {
      item.flow = true
      for (const child of item.items) mark(child instanceof Pair ? child.value : child)
    }
  }
  mark(node)
  return node
}

function text(contents: Node, comments: readonly string[]): string {
  const document = new Document()
  document.contents = contents as never
  if (comments.length > 0) document.commentBefore = comments.map((line) => ` ${line}`).join('\n')
  return document.toString(options)
}
