import type { Finding } from '@tranche/contract'
import type { DefinitionRow, PageOptions } from './report-document.ts'

type Source = Pick<PageOptions, 'catalogue' | 'manifest' | 'words'>

/** Definitions that the report's numbers rest on, each with the hash that the run computed it by. */
export function definitionRows({ data, model, ...source }: PageOptions): readonly DefinitionRow[] {
  const told = [
    ...model.summary,
    ...model.sections.flatMap(({ figures, findings }) => [
      ...figures.map(({ finding }) => finding),
      ...findings,
    ]),
    ...model.unproven,
  ]
  const rows = new Map<string, DefinitionRow>()
  const add = (row: DefinitionRow | undefined) => {
    if (row !== undefined) rows.set(row.key, row)
  }
  for (const { key } of data.metrics) add(definitionOf(key, source))
  for (const { metric } of told) add(definitionOf(metric, source))
  return [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

/** The definition of what a finding measures, where a file of the workspace defines it. */
export function definitionOf(
  column: Finding['metric'],
  { catalogue, manifest, words }: Source,
): DefinitionRow | undefined {
  const key = column.replace(/^outcome_/, '')
  const metric = catalogue.metrics.find((item) => item.key === key)
  const found = metric ?? catalogue.features.find((item) => item.key === key)
  if (found === undefined) return undefined
  const { file, line } = found.place
  return {
    label: found.value.label[words.labels.lang],
    key,
    place: line === undefined ? file : `${file}:${line}`,
    hash: (manifest.definitions?.[`${found.kind}:${key}`] ?? found.logicHash).slice(0, 12),
  }
}
