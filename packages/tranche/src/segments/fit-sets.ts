import type { SegmentAxis, SegmentSet, SegmentSetModel } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, list, sql, typed } from '../sql/sql.ts'
import type { SegmentSetDefinition } from '../workspace/catalogue.ts'
import { customersSql } from './customer-blocks.ts'
import { fitOptimalBands } from './fit-bands.ts'
import { fitClusters } from './fit-clusters.ts'
import type { Outcome } from './outcome.ts'
import type { RuleScope } from './rule-scope.ts'

/** The model of each set that places customers; null where there are too few to tell clusters. */
export type SetModels = ReadonlyMap<string, SegmentSetModel | null>

/**
 * Fits what sets leave to the data: quantiles of all axes in one scan, each set's clusters on a sample; lists and likeness come after. A set that was frozen
 * stays as it is, so that tomorrow's customer falls where today's did.
 */
export async function fitSets(
  warehouse: Warehouse,
  sets: readonly SegmentSetDefinition[],
  scope: RuleScope,
  outcomes: ReadonlyMap<string, Outcome>,
): Promise<Map<string, SegmentSetModel | null>> {
  const open = sets.filter(({ frozen }) => frozen === null)
  const axes = open.flatMap(({ value }) => axesOf(value)).filter(({ quantiles }) => quantiles !== undefined)
  const cuts = await quantileCuts(warehouse, axes, scope)
  const cutsOf = (axis: SegmentAxis) => axis.cuts ?? cuts.get(nameOf(axis))!
  const models = new Map<string, SegmentSetModel | null>()
  for (const { key, value, frozen } of sets) {
    const { bands, grid, cluster } = value
    if (frozen !== null) models.set(key, frozen)
    else if (bands?.optimal !== undefined)
      models.set(key, await fitOptimalBands(warehouse, bands, outcomes.get(bands.optimal.against)!, scope))
    else if (bands !== undefined) models.set(key, { kind: 'bands', of: bands.of, cuts: [...cutsOf(bands)] })
    else if (grid !== undefined) {
      const side = (axis: SegmentAxis) => ({ of: axis.of, cuts: [...cutsOf(axis)] })
      models.set(key, { kind: 'grid', rows: side(grid.rows), columns: side(grid.columns) })
    } else if (cluster !== undefined) models.set(key, await fitClusters(warehouse, cluster, scope))
  }
  return models
}

function axesOf({ bands, grid }: SegmentSet): readonly SegmentAxis[] {
  return [...(bands === undefined ? [] : [bands]), ...(grid === undefined ? [] : [grid.rows, grid.columns])]
}

const nameOf = ({ of, quantiles }: SegmentAxis) => `${of}/${quantiles}`

/**
 * Cuts so that each band holds about as many customers; bands that ties leave empty fall away.
 * Source: the smallest value with at least the share at or below it, type 1 of Hyndman & Fan (1996),
 * https://doi.org/10.1080/00031305.1996.10473566; a cut belongs to the band above.
 */
async function quantileCuts(
  warehouse: Warehouse,
  axes: readonly SegmentAxis[],
  scope: RuleScope,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const asked = new Map(axes.map((axis) => [nameOf(axis), axis]))
  if (asked.size === 0) return new Map()
  const names = [...new Set(axes.map(({ of }) => of))].sort()
  const columns = [...asked].flatMap(([name, { of, quantiles }]) => {
    const shares = Array.from({ length: quantiles! - 1 }, (_, index) =>
      typed('double', (index + 1) / quantiles!),
    )
    return [
      sql`quantile_disc(cast(${ident(of)} as double), [${list(shares)}]) as ${ident(name)}`,
      sql`min(cast(${ident(of)} as double)) as ${ident(`${name}/least`)}`,
    ]
  })
  const row = await warehouse.row<Record<string, readonly number[] | number | null>>(
    sql`select ${join(columns)} from (${customersSql(names, scope)}) as customers`,
  )
  return new Map(
    [...asked.keys()].map((name) => {
      const found = (row[name] ?? []) as readonly number[]
      const least = row[`${name}/least`] as number
      const rising = found.filter((cut, index) => cut > least && cut !== found[index - 1])
      return [name, rising]
    }),
  )
}
