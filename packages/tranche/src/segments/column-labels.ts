import { publishedTables, type Text } from '@tranche/contract'

interface Labelled {
  readonly key: string
  readonly value: { readonly label: Text }
}

/** What features (or metrics) and value columns are called; a name without words stands for itself. */
export function columnLabels(features: readonly Labelled[]): (name: string) => Text {
  const known = new Map<string, Text>([
    ...(publishedTables.find(({ name }) => name === 'customer_value')?.columns ?? []).map(
      (column) => [column.name, column.label] as const,
    ),
    ...features.map(({ key, value }) => [key, value.label] as const),
  ])
  return (name) => known.get(name) ?? { en: name, zh: name }
}
