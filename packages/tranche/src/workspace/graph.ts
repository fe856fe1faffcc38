import { type Place, TrancheError } from '../errors.ts'

export interface GraphNode {
  /** `kind:key` */
  readonly id: string
  readonly needs: readonly string[]
  readonly place: Place
}

/**
 * Orders nodes so that each comes after all it needs; ties in the order given.
 * Needs that are no node of the graph (tables) are leaves. Linear in nodes and needs.
 * @throws TrancheError invalid_definition with the path, for a cycle
 */
export function orderByNeeds<T extends GraphNode>(nodes: readonly T[]): readonly T[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const state = new Map<string, 'open' | 'done'>()
  const ordered: T[] = []
  for (const root of nodes) {
    if (state.has(root.id)) continue
    state.set(root.id, 'open')
    const path: { readonly node: T; next: number }[] = [{ node: root, next: 0 }]
    while (path.length > 0) {
      const top = path.at(-1)!
      const need = top.node.needs[top.next++]
      if (need === undefined) {
        state.set(top.node.id, 'done')
        ordered.push(top.node)
        path.pop()
        continue
      }
      const target = byId.get(need)
      if (target === undefined || state.get(need) === 'done') continue
      if (state.get(need) === 'open')
        throw cycle(
          path.map((step) => step.node),
          need,
        )
      state.set(need, 'open')
      path.push({ node: target, next: 0 })
    }
  }
  return ordered
}

function cycle(path: readonly GraphNode[], back: string): TrancheError {
  const start = path.findIndex((node) => node.id === back)
  const names = [...path.slice(start).map((node) => node.id), back].join(' → ')
  return new TrancheError(
    'invalid_definition',
    { en: `Definitions need each other in a circle: ${names}.`, zh: `定义循环引用：${names}。` },
    {
      place: path.at(-1)!.place,
      hint: { en: 'Take one of these needs away.', zh: '请去掉其中一个引用。' },
    },
  )
}
