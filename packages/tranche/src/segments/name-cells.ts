import type { ClusterModel, SegmentSetModel, Text } from '@tranche/contract'
import type { Catalogue, SegmentSetDefinition } from '../workspace/catalogue.ts'
import { bandLabel, cellsOf, type SegmentCell } from '../workspace/segment-cells.ts'
import { columnLabels } from './column-labels.ts'

/** Deviations from the mean below which a cluster is like the others in a feature. */
const apart = 0.5
/** Where nothing is clear, deviations from which it is at least said which way a cluster leans. */
const rather = 0.15
/** A name says so much and no more. */
const mostTold = 2

/** The cells that the model of a set makes: of clusters and bands whose number the data chose, as many as it came to. */
export function modelCells(
  { value }: Pick<SegmentSetDefinition, 'value'>,
  model: SegmentSetModel | null,
): readonly SegmentCell[] {
  const cells = cellsOf(value)
  if (model?.kind === 'cluster') return cells.slice(0, model.centers.length)
  return model?.kind === 'bands' && model.optimal !== undefined
    ? cells.slice(0, model.cuts.length + 1)
    : cells
}

/** The cells of a set with their words; clusters and bands that nobody named are named by what sets them apart. */
export function namedCells(
  set: SegmentSetDefinition,
  model: SegmentSetModel | null,
  features: Catalogue['features'],
): readonly SegmentCell[] {
  const { bands, cluster, label: words } = set.value
  const cells = modelCells(set, model)
  const label = columnLabels(features)
  if (model?.kind === 'cluster' && cluster?.names === undefined)
    return cells.map((cell, index) => ({ ...cell, label: proposed(words, index, model, label) }))
  if (model?.kind === 'bands' && model.optimal !== undefined && bands?.names === undefined)
    return cells.map((cell, band) => ({ ...cell, label: bandLabel(label(model.of), model.cuts, band) }))
  return cells
}

function proposed(set: Text, cluster: number, model: ClusterModel, label: (name: string) => Text): Text {
  const ranked = model.features
    .map(({ name }, column) => ({ name, z: model.centers[cluster]![column]! }))
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z))
  const clear = ranked.filter(({ z }) => Math.abs(z) >= apart)
  const told = (clear.length > 0 ? clear : ranked.filter(({ z }) => Math.abs(z) >= rather))
    .slice(0, mostTold)
    .map(({ name, z }) => ({ words: wordsOf(z, clear.length > 0), label: label(name) }))
  const number = cluster + 1
  if (told.length === 0)
    return { en: `${set.en} ${number}: like the average`, zh: `${set.zh}${number}：接近平均` }
  return {
    en: `${set.en} ${number}: ${told.map((one) => `${one.words.en} ${one.label.en}`).join('; ')}`,
    zh: `${set.zh}${number}：${told.map((one) => `${one.label.zh}${one.words.zh}`).join('、')}`,
  }
}

function wordsOf(z: number, isClear: boolean): Text {
  if (z > 0) return isClear ? { en: 'high', zh: '高' } : { en: 'rather high', zh: '略高' }
  return isClear ? { en: 'low', zh: '低' } : { en: 'rather low', zh: '略低' }
}
