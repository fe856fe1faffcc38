import type { ClusterModel, SegmentSetModel, Text } from '@tranche/contract'
import type { Catalogue, SegmentSetDefinition } from '../workspace/catalogue.ts'
import { cellsOf, type SegmentCell } from '../workspace/segment-cells.ts'
import { columnLabels } from './column-labels.ts'

/** Deviations from the mean below which a cluster is like the others in a feature. */
const apart = 0.5
/** A name says so much and no more. */
const mostTold = 2

/** The cells of a set with their words; clusters that nobody named are named by what sets them apart. */
export function namedCells(
  { value }: SegmentSetDefinition,
  model: SegmentSetModel | null,
  features: Catalogue['features'],
): readonly SegmentCell[] {
  const cells = cellsOf(value)
  if (model?.kind !== 'cluster') return cells
  const label = columnLabels(features)
  return cells
    .slice(0, model.centers.length)
    .map((cell, cluster) =>
      value.cluster?.names === undefined
        ? { ...cell, label: proposed(value.label, cluster, model, label) }
        : cell,
    )
}

function proposed(set: Text, cluster: number, model: ClusterModel, label: (name: string) => Text): Text {
  const told = model.features
    .map(({ name }, column) => ({ name, z: model.centers[cluster]![column]! }))
    .filter(({ z }) => Math.abs(z) >= apart)
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z))
    .slice(0, mostTold)
    .map(({ name, z }) => ({ high: z > 0, label: label(name) }))
  const number = cluster + 1
  if (told.length === 0)
    return { en: `${set.en} ${number}: like the average`, zh: `${set.zh}${number}：接近平均` }
  return {
    en: `${set.en} ${number}: ${told.map((one) => `${one.high ? 'high' : 'low'} ${one.label.en}`).join('; ')}`,
    zh: `${set.zh}${number}：${told.map((one) => `${one.label.zh}${one.high ? '高' : '低'}`).join('、')}`,
  }
}
