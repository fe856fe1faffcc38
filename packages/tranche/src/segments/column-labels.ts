import { publishedTables, type Text } from '@tranche/contract'
import type { Catalogue } from '../workspace/catalogue.ts'

/** What features and value columns are called; a name without words stands for itself. */
export function columnLabels(features: Catalogue['features']): (name: string) => Text {
  const known = new Map<string, Text>([
    ...(publishedTables.find(({ name }) => name === 'customer_value')?.columns ?? []).map(
      (column) => [column.name, column.label] as const,
    ),
    ...features.map(({ key, value }) => [key, value.label] as const),
  ])
  return (name) => known.get(name) ?? { en: name, zh: name }
}
