import { publishedTables } from '@tranche/contract'
import { Document, YAMLMap, YAMLSeq } from 'yaml'
import type { SourceDraft, Subject } from './draft.ts'

/** A text of more values than this names single customers, and no group of them. */
const mostLevels = 200

/** A feature of the workspace that is an attribute as it stands. */
export interface AttributeFeature {
  readonly key: string
  readonly label: { readonly en: string; readonly zh: string }
  readonly attribute: string
  readonly unit: 'money' | 'number' | 'none'
}

/**
 * Attributes of customers beyond the standard ones, as features, so that rules and sets can name them. Left out are those
 * whose names are taken, identifiers, and texts that tell nearly everybody apart.
 */
export function attributeFeatures(
  { profile }: Pick<Subject, 'profile'>,
  draft: Pick<SourceDraft, 'tables'>,
  taken: ReadonlySet<string>,
): readonly AttributeFeature[] {
  const table = draft.tables.find((candidate) => candidate.table === 'customer_versions')
  return [...(table?.extras ?? [])].flatMap(([key, { mapping }]) => {
    const column = profile.columns.find(({ name }) => name === mapping.from)
    const isName = mapping.type === 'string' && (column?.distinct ?? 0) > mostLevels
    if (taken.has(key) || valueColumns.has(key) || isName || ['id', 'json'].includes(mapping.type)) return []
    const unit = mapping.type === 'money' || mapping.type === 'number' ? mapping.type : 'none'
    return [{ key, label: mapping.label, attribute: key, unit }]
  })
}

/** What the table of customer value calls its own, which a feature of that name could not be told from. */
const valueColumns = new Set(
  publishedTables.find(({ name }) => name === 'customer_value')?.columns.map(({ name }) => name),
)

export function attributesYaml(features: readonly AttributeFeature[], comment: string): string {
  const list = new YAMLSeq()
  const document = new Document()
  const flow = (value: Readonly<Record<string, string>>) => {
    const node = document.createNode(value) as YAMLMap
    node.flow = true
    return node
  }
  for (const { key, label, attribute, unit } of features) {
    const map = new YAMLMap()
    map.set('key', key)
    map.set('label', flow(label))
    map.set('from', 'customer_versions')
    map.set('measure', flow({ attribute }))
    map.set('unit', unit)
    list.add(map)
  }
  document.contents = list as never
  document.commentBefore = ` ${comment}`
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}
