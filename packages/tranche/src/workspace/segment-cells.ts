import type { SegmentSet, Text } from '@tranche/contract'

/** A segment that a set makes: the value its column has for members. */
export interface SegmentCell {
  /** Key of the segment. */
  readonly key: string
  /** Key of the set, which is the name of its column. */
  readonly column: string
  readonly value: string
  readonly label: Text
}

/** Names of the features and value columns that a set reads, with their places in the definition. */
export function inputsOf({
  bands,
  grid,
  cluster,
  lookalike,
}: SegmentSet): readonly { readonly name: string; readonly path: readonly PropertyKey[] }[] {
  if (bands !== undefined) return [{ name: bands.of, path: ['bands', 'of'] }]
  if (grid !== undefined)
    return [
      { name: grid.rows.of, path: ['grid', 'rows', 'of'] },
      { name: grid.columns.of, path: ['grid', 'columns', 'of'] },
    ]
  if (lookalike !== undefined)
    return lookalike.features.map((name, index) => ({ name, path: ['lookalike', 'features', index] }))
  if (cluster === undefined) return []
  const { features, weight } = cluster
  return [
    ...features.map((name, index) => ({ name, path: ['cluster', 'features', index] })),
    ...(weight === undefined ? [] : [{ name: weight, path: ['cluster', 'weight'] }]),
  ]
}

/** What no named area of a grid covers, who is on no list, who is least alike. */
export const otherCell = 'other'

/** Every segment that a set may make; of clusters whose number the data chooses, as many as there can be. */
export function cellsOf({
  key,
  label,
  bands,
  grid,
  cluster,
  list,
  lookalike,
}: SegmentSet): readonly SegmentCell[] {
  const cell = (value: string, words: Text): SegmentCell => ({
    key: `${key}_${value}`,
    column: key,
    value,
    label: words,
  })
  if (grid !== undefined)
    return [
      ...grid.cells.map((named) => cell(named.key, named.label)),
      cell(otherCell, { en: `${label.en}: others`, zh: `${label.zh}：其他` }),
    ]
  if (list !== undefined)
    return [
      cell(listed, label),
      cell(otherCell, { en: `${label.en}: not on the list`, zh: `${label.zh}：不在名单中` }),
    ]
  if (lookalike !== undefined)
    return [
      cell(seedCell, { en: `${label.en}: the group itself`, zh: `${label.zh}：种子客群` }),
      ...lookalike.sizes.map((size, index) =>
        cell(String(index + 1), alikeLabel(label, lookalike.sizes[index - 1] ?? 0, size)),
      ),
      cell(otherCell, { en: `${label.en}: less alike`, zh: `${label.zh}：相似度较低` }),
    ]
  const names = bands?.names ?? cluster?.names
  const count = bands === undefined ? mostClusters(cluster!.k) : bandCount(bands)
  return Array.from({ length: count }, (_, index) => {
    const named = names?.[index]
    if (named !== undefined) return cell(named.key, named.label)
    const number = String(index + 1)
    if (bands?.cuts !== undefined) return cell(number, bandLabel(label, bands.cuts, index))
    return cell(number, {
      en: `${label.en}, ${bands === undefined ? 'cluster' : 'band'} ${number}`,
      zh: `${label.zh}第${number}${bands === undefined ? '类' : '档'}`,
    })
  })
}

/** Whom a list names, and whom others are to be like. */
export const listed = 'listed'
export const seedCell = 'seed'

function alikeLabel({ en, zh }: Text, from: number, to: number): Text {
  const percent = (share: number) => `${Number((100 * share).toFixed(1))}%`
  return from === 0
    ? { en: `${en}: most alike ${percent(to)}`, zh: `${zh}：最相似的${percent(to)}` }
    : {
        en: `${en}: most alike ${percent(from)} to ${percent(to)}`,
        zh: `${zh}：相似度前${percent(from)}至${percent(to)}`,
      }
}

function mostClusters(k: number | { readonly to: number }): number {
  return typeof k === 'number' ? k : k.to
}

function bandCount({
  cuts,
  quantiles,
  optimal,
}: {
  readonly cuts?: readonly number[] | undefined
  readonly quantiles?: number | undefined
  readonly optimal?: { readonly most: number } | undefined
}) {
  return optimal?.most ?? quantiles ?? cuts!.length + 1
}

/** What a band of a number is called that bears no name of its own. */
export function bandLabel({ en, zh }: Text, cuts: readonly number[], index: number): Text {
  const [low, high] = [cuts[index - 1], cuts[index]]
  // A number that follows a name in Latin letters needs a gap to be told from it.
  const gap = /[\x21-\x7e]$/.test(zh) ? ' ' : ''
  if (low === undefined && high === undefined) return { en, zh }
  if (low === undefined) return { en: `${en} below ${high}`, zh: `${zh}低于${high}` }
  if (high === undefined) return { en: `${en} of ${low} and more`, zh: `${zh}不低于${low}` }
  return { en: `${en} from ${low} to below ${high}`, zh: `${zh}${gap}${low}至${high}（不含）` }
}
