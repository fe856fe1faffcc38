import type { ClusterModel } from '@tranche/contract'
import type { Cell, Row, Warehouse } from '../engine/warehouse.ts'
import { sql } from '../sql/sql.ts'
import type { SegmentSetDefinition } from '../workspace/catalogue.ts'
import { cellsOf } from '../workspace/segment-cells.ts'
import { customersSql } from './customer-blocks.ts'
import type { Change } from './explain-membership.ts'
import { type NumberColumn, numberColumns } from './number-columns.ts'
import type { RuleScope } from './rule-scope.ts'

/** How far a customer is from the centre of a cluster. */
export interface CentreDistance {
  readonly segment: string
  /** In standard deviations; of a mixture the probability that the customer is of this cluster. */
  readonly distance?: number
  readonly probability?: number
}

/** What a feature says for the nearest cluster against another. */
export interface CentreContribution {
  readonly name: string
  readonly value: Cell
  /** On the standard scale: the customer, the nearest centre, the other one; of texts that differ, the texts. */
  readonly standard: number | null
  readonly nearest: number | string | null
  readonly other: number | string | null
  /** By how much it brings the squared distance to the nearest below that to the other; negative where it speaks for the other. */
  readonly squared: number
}

/** Why a customer falls into a cluster, by the centres of the run. */
export interface ClusterPlace {
  /** Nearest first. */
  readonly centres: readonly CentreDistance[]
  /** The cluster that the nearest is held against: the one asked about, or else the next nearest. */
  readonly against: string
  /** All that the centres are made of. */
  readonly values: Readonly<Record<string, Cell>>
  /** Those that tell most first; empty for a mixture, whose distances are not sums over features. */
  readonly contributions: readonly CentreContribution[]
  /**
   * Single values that would place the customer otherwise, the shortest way on the standard scale first: none less than anybody has,
   * nor greater.
   */
  readonly changes: readonly Change[]
}

interface Asked {
  readonly set: SegmentSetDefinition
  readonly model: ClusterModel
  readonly customer: string
  readonly cell: string
  readonly scope: RuleScope
}

/**
 * Distances of a customer to the centres of a run, what sets the nearest apart, and the least changes of one value that would turn
 * round whether he is in the cell; null where too little is known of him, or where the run placed him by a hair.
 */
export async function explainCluster(
  warehouse: Warehouse,
  { set, model, customer, cell, scope }: Asked,
): Promise<ClusterPlace | null> {
  const { features } = set.value.cluster!
  const names = [...new Set([...features, set.key])]
  const [row] = await warehouse.rows(
    sql`select * from (${customersSql(names, scope)}) as customers where customer_id = ${customer}`,
  )
  const cells = cellsOf(set.value).slice(0, model.centers.length)
  const point = row === undefined ? undefined : pointOf(row, model)
  if (row === undefined || point === undefined || row[set.key] === null) return null
  const ranked = rankOf(point, model)
  const nearest = ranked[0]!
  if (cells[nearest.cluster]!.value !== row[set.key]) return null
  const asked = cells.findIndex(({ value }) => value === cell)
  const against = asked === nearest.cluster ? ranked[1] : ranked.find(({ cluster }) => cluster === asked)
  if (against === undefined) return null
  const known = await numberColumns(
    warehouse,
    model.features.map(({ name }) => name),
    scope,
  )
  const total = ranked.reduce((sum, { squared }) => sum + Math.exp((nearest.squared - squared) / 2), 0)
  return {
    centres: ranked.map(({ cluster, squared }) => ({
      segment: cells[cluster]!.key,
      ...(model.shapes === undefined
        ? { distance: Math.sqrt(squared) }
        : { probability: Math.exp((nearest.squared - squared) / 2) / total }),
    })),
    against: cells[against.cluster]!.key,
    values: Object.fromEntries(features.map((name) => [name, row[name] ?? null])),
    contributions:
      model.shapes === undefined ? contributions(row, point, model, nearest.cluster, against.cluster) : [],
    changes: changesOf(row, point, model, asked, known),
  }
}

/** A customer as the centres see him: numbers on the standard scale, missing ones at the median, and texts. */
interface Point {
  readonly numbers: readonly number[]
  readonly texts: readonly (string | null)[]
}

function pointOf(row: Row, { features, categories }: ClusterModel): Point {
  return {
    numbers: features.map((feature) => standardOf(row[feature.name] ?? null, feature)),
    texts: (categories?.columns ?? []).map(({ name }) => (row[name] ?? null) as string | null),
  }
}

type Scaled = ClusterModel['features'][number]

function standardOf(cell: Cell, { logarithm, median, mean, sd }: Scaled): number {
  const known = cell === null ? median : Number(cell)
  return ((logarithm ? Math.log(1 + Math.max(known, 0)) : known) - mean) / sd
}

/** The squared distance by which customers are placed; of a mixture −2 ln of share times density but for what all have. */
function squaredTo(
  { numbers, texts }: Point,
  { centers, shapes, categories }: ClusterModel,
  cluster: number,
): number {
  const gaps = numbers.map((value, column) => value - centers[cluster]![column]!)
  const shape = shapes?.[cluster]
  const square = (sum: number, value: number) => sum + value * value
  const own =
    shape === undefined
      ? gaps.reduce(square, 0)
      : shape.transform
          .map((factors) => factors.reduce((sum, factor, column) => sum + factor * gaps[column]!, 0))
          .reduce(square, shape.offset)
  const differ = (categories?.columns ?? []).filter(
    ({ modes }, at) => (modes[cluster] ?? null) !== texts[at],
  ).length
  return own + differ * (categories?.gamma ?? 0)
}

/** Clusters by distance, of equally near ones the first. */
function rankOf(point: Point, model: ClusterModel) {
  return model.centers
    .map((_, cluster) => ({ cluster, squared: squaredTo(point, model, cluster) }))
    .sort((a, b) => a.squared - b.squared || a.cluster - b.cluster)
}

function contributions(
  row: Row,
  { numbers, texts }: Point,
  { features, centers, categories }: ClusterModel,
  nearest: number,
  other: number,
): readonly CentreContribution[] {
  const ofNumbers = features.map(({ name }, column): CentreContribution => {
    const [standard, here, there] = [numbers[column]!, centers[nearest]![column]!, centers[other]![column]!]
    const squared = (standard - there) ** 2 - (standard - here) ** 2
    return { name, value: row[name] ?? null, standard, nearest: here, other: there, squared }
  })
  const ofTexts = (categories?.columns ?? []).map(({ name, modes }, at): CentreContribution => {
    const [here, there] = [modes[nearest] ?? null, modes[other] ?? null]
    const cost = (mode: string | null) => (mode === texts[at] ? 0 : categories!.gamma)
    const squared = cost(there) - cost(here)
    return { name, value: row[name] ?? null, standard: null, nearest: here, other: there, squared }
  })
  return [...ofNumbers, ...ofTexts]
    .filter(({ squared }) => squared !== 0)
    .sort((a, b) => Math.abs(b.squared) - Math.abs(a.squared) || a.name.localeCompare(b.name, 'en'))
}

/**
 * Along one value a distance is a square, so that two clusters are equally near at the roots of a difference of squares. Beyond
 * each root the first value that can be told is tried by the distances themselves.
 */
function changesOf(
  row: Row,
  point: Point,
  model: ClusterModel,
  asked: number,
  known: ReadonlyMap<string, NumberColumn>,
): readonly Change[] {
  const isIn = (one: Point) => rankOf(one, model)[0]!.cluster === asked
  const now = isIn(point)
  const verdict = now ? ('out' as const) : ('in' as const)
  const ofNumbers = model.features.flatMap((feature, column) => {
    const from = row[feature.name] ?? null
    if (from === null) return []
    const along = (standard: number): Point => ({ ...point, numbers: point.numbers.with(column, standard) })
    const found = crossings(along, model, asked)
      .flatMap((root) => toldBeyond(root, feature, known.get(feature.name)!))
      .map((to) => ({ to, standard: standardOf(to, feature) }))
      .filter(({ to, standard }) => to !== Number(from) && isIn(along(standard)) !== now)
      .map((one) => ({ ...one, size: Math.abs(one.standard - point.numbers[column]!) }))
      .sort((a, b) => a.size - b.size)[0]
    return found === undefined ? [] : [{ name: feature.name, from, to: found.to, verdict, size: found.size }]
  })
  const ofTexts = (model.categories?.columns ?? []).flatMap(({ name, modes }, at) => {
    const found = [...new Set(modes)].find(
      (mode) =>
        mode !== null &&
        mode !== point.texts[at] &&
        isIn({ ...point, texts: point.texts.with(at, mode) }) !== now,
    )
    return found === undefined || found === null
      ? []
      : [{ name, from: row[name] ?? null, to: found, verdict, size: Number.POSITIVE_INFINITY }]
  })
  return [...ofNumbers, ...ofTexts]
    .sort((a, b) => a.size - b.size || a.name.localeCompare(b.name, 'en'))
    .map(({ size: _, ...change }) => change)
}

/** Where the cluster asked about is as near as another, along one value. */
function crossings(
  along: (standard: number) => Point,
  model: ClusterModel,
  asked: number,
): readonly number[] {
  return model.centers.flatMap((_, other) => {
    if (other === asked) return []
    const gap = (at: number) => squaredTo(along(at), model, asked) - squaredTo(along(at), model, other)
    const [below, none, above] = [gap(-1), gap(0), gap(1)]
    const [square, slope] = [(above + below) / 2 - none, (above - below) / 2]
    // Of distances to centres alone the squares cancel, but for rounding.
    if (Math.abs(square) < 1e-9 * (Math.abs(slope) + Math.abs(none)))
      return slope === 0 ? [] : [-none / slope]
    const inside = slope * slope - 4 * square * none
    if (inside < 0) return []
    return [1, -1].map((sign) => (-slope + sign * Math.sqrt(inside)) / (2 * square))
  })
}

/** Values on either side of a place on the standard scale, no longer than they have to be, among those that somebody has. */
function toldBeyond(
  standard: number,
  { logarithm, mean, sd }: Scaled,
  { isWhole, least, greatest }: NumberColumn,
): readonly number[] {
  const scaled = standard * sd + mean
  const value = logarithm ? Math.expm1(scaled) : scaled
  // Below nothing a logarithm tells no difference.
  if (!Number.isFinite(value) || (logarithm && value < 0)) return []
  const unit = isWhole ? 1 : 10 ** Math.floor(Math.log10((sd * (logarithm ? 1 + Math.abs(value) : 1)) / 1000))
  const places = Math.max(0, -Math.floor(Math.log10(unit)))
  const [low, high] = [Math.floor(value / unit), Math.ceil(value / unit)]
  return [low - 1, low, high, high + 1]
    .map((step) => Number((step * unit).toFixed(Math.min(places, 20))))
    .filter((told) => least !== null && told >= least && told <= greatest!)
}
