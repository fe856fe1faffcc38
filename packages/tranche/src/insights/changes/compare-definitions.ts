import type { Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'

export interface DefinitionChange {
  /** `kind:key` */
  readonly definition: string
  readonly change: 'changed' | 'added' | 'removed'
  readonly label: Text
}

/** Which definitions of numbers mean something else than in the run before, by their logic hashes; leaves `definition_changes`. */
export async function compareDefinitions(
  warehouse: Warehouse,
  { sources, features, metrics, segments }: Catalogue,
  before: Readonly<Record<string, string>>,
): Promise<readonly DefinitionChange[]> {
  const now = new Map<string, { readonly hash: string; readonly label: Text }>()
  for (const { kind, key, logicHash, value } of [...sources, ...features, ...metrics, ...segments])
    now.set(`${kind}:${key}`, {
      hash: logicHash,
      label: 'label' in value && value.label !== undefined ? value.label : { en: key, zh: key },
    })
  const changes: DefinitionChange[] = []
  for (const [definition, { hash, label }] of now) {
    const old = before[definition]
    if (old === undefined) changes.push({ definition, change: 'added', label })
    else if (old !== hash) changes.push({ definition, change: 'changed', label })
  }
  for (const definition of Object.keys(before)) {
    const key = definition.split(':')[1] ?? definition
    if (!now.has(definition) && !definition.startsWith('recommendation:'))
      changes.push({ definition, change: 'removed', label: { en: key, zh: key } })
  }
  changes.sort((a, b) => (a.definition < b.definition ? -1 : 1))
  await warehouse.createFrom('definition_changes', [
    { name: 'definition', type: 'varchar', values: changes.map(({ definition }) => definition) },
    { name: 'change', type: 'varchar', values: changes.map(({ change }) => change) },
  ])
  return changes
}
