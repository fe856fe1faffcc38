import { publishedTables, type Text, type Unit } from '@tranche/contract'
import type { Catalogue } from '../../workspace/catalogue.ts'

/** A column of an export: its name, the engine's type, what it is called and what it is measured in. */
export interface ExportColumn {
  readonly name: string
  readonly type: string
  readonly label: Text
  readonly unit: Unit
}

/** Labels columns by the program's own words, else by the definition of the feature of that name, else by their name. */
export function columnLabels(
  table: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  catalogue: Catalogue,
): readonly ExportColumn[] {
  const own = new Map(
    publishedTables.find(({ name }) => name === table)?.columns.map((column) => [column.name, column]),
  )
  const features = new Map(catalogue.features.map(({ key, value }) => [key, value]))
  return columns.map(({ name, type }) => {
    const words = own.get(name) ?? features.get(name)
    return { name, type, label: words?.label ?? { en: name, zh: name }, unit: words?.unit ?? 'none' }
  })
}
