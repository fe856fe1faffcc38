import type { ClusterModel, SegmentSet, SegmentSetModel } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, list, type Sql, sql, typed } from '../sql/sql.ts'
import type { SegmentSetDefinition } from '../workspace/catalogue.ts'
import { cellsOf, otherCell } from '../workspace/segment-cells.ts'
import { customersSql } from './customer-blocks.ts'
import { mostKnown } from './fit-clusters.ts'
import type { SetModels } from './fit-sets.ts'
import type { RuleScope } from './rule-scope.ts'

/** Leaves the table `customer_sets`: one row per customer, one column per set, NULL where an input is missing. */
export async function placeCustomers(
  warehouse: Warehouse,
  sets: readonly SegmentSetDefinition[],
  models: SetModels,
  scope: RuleScope,
): Promise<void> {
  const placed = [...sets].map(({ key, value }) => ({ key, value, model: models.get(key) ?? null }))
  const names = [
    ...new Set(placed.flatMap(({ value, model }) => (model === null ? [] : inputsOf(model, value)))),
  ].sort()
  const distances = placed.flatMap(({ key, model }) =>
    model?.kind === 'cluster'
      ? model.centers.map(
          (_, cluster) => sql`${distanceSql(model, cluster)} as ${ident(distanceName(key, cluster))}`,
        )
      : [],
  )
  const cells = placed.map(({ key, value, model }) => sql`${cellSql(value, model)} as ${ident(key)}`)
  await warehouse.run(sql`
    create or replace table customer_sets as
    select ${join([sql`customer_id`, ...cells])}
    from (select ${join([sql`*`, ...distances])} from (${customersSql(names, scope)}) as customers) as measured
    order by customer_id`)
}

function inputsOf(model: SegmentSetModel, { cluster }: SegmentSet): readonly string[] {
  if (model.kind === 'bands') return [model.of]
  if (model.kind === 'grid') return [model.rows.of, model.columns.of]
  return cluster!.features
}

function cellSql(set: SegmentSet, model: SegmentSetModel | null): Sql {
  const cells = cellsOf(set).map(({ value }) => value)
  if (model === null) return sql`cast(null as varchar)`
  if (model.kind === 'bands') return bandSql(model, (band) => sql`${typed('varchar', cells[band]!)}`)
  if (model.kind === 'cluster')
    return sql`case when ${mostKnown(set.cluster!.features)} then ${nearestSql(set.key, model, cells)} end`
  const number = (band: number) => sql`${typed('bigint', band + 1)}`
  const [row, column] = [bandSql(model.rows, number), bandSql(model.columns, number)]
  const areas = set.grid!.cells.map((area) => {
    const bands = (all: readonly number[]) => list(all.map((band) => typed('bigint', band)))
    return sql`when ${row} in (${bands(area.rows)}) and ${column} in (${bands(area.columns)}) then ${typed('varchar', area.key)}`
  })
  return sql`case when ${row} is null or ${column} is null then null ${join(areas, ' ')} else ${typed('varchar', otherCell)} end`
}

function bandSql(
  { of, cuts }: { readonly of: string; readonly cuts: readonly number[] },
  name: (band: number) => Sql,
): Sql {
  const value = sql`cast(${ident(of)} as double)`
  const below = cuts.map((cut, band) => sql`when ${value} < ${typed('double', cut)} then ${name(band)}`)
  return sql`case when ${ident(of)} is null then null ${join(below, ' ')} else ${name(cuts.length)} end`
}

const distanceName = (key: string, cluster: number) => `~${key}:${cluster}`

/** Squared distance to a centre on the standard scale. */
function distanceSql({ features, centers }: ClusterModel, cluster: number): Sql {
  const squares = features.map(({ name, logarithm, median, mean, sd }, column) => {
    const known = sql`coalesce(cast(${ident(name)} as double), ${typed('double', median)})`
    const value = logarithm ? sql`ln(1 + greatest(${known}, 0))` : known
    const gap = sql`((${value} - ${typed('double', mean)}) / ${typed('double', sd)} - ${typed('double', centers[cluster]![column]!)})`
    return sql`${gap} * ${gap}`
  })
  return join(squares, ' + ')
}

/** The nearest centre, of equally near ones the first. */
function nearestSql(key: string, { centers }: ClusterModel, cells: readonly string[]): Sql {
  const distance = (cluster: number) => ident(distanceName(key, cluster))
  const least = sql`least(${join(centers.map((_, cluster) => distance(cluster)))})`
  const when = centers.map(
    (_, cluster) => sql`when ${distance(cluster)} = ${least} then ${typed('varchar', cells[cluster]!)}`,
  )
  return sql`case ${join(when, ' ')} end`
}
