import { Document, YAMLSeq } from 'yaml'
import type { PackDefinition } from './starter-catalogue.ts'

/** Definitions of a pack as files of a workspace, under the names that their files have in the pack. */
export function definitionFiles(
  definitions: readonly PackDefinition[],
): readonly { readonly path: string; readonly yaml: string }[] {
  const byPath = new Map<string, YAMLSeq>()
  for (const { kind, file, node } of definitions) {
    const path = `${kind}s/${file}`
    const list = byPath.get(path) ?? new YAMLSeq()
    list.add(node)
    byPath.set(path, list)
  }
  return [...byPath].map(([path, list]) => {
    const document = new Document()
    document.contents = list as never
    return { path, yaml: document.toString({ lineWidth: 0, flowCollectionPadding: false }) }
  })
}
