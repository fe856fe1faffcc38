import type { ClusterModel, LookalikeModel, SegmentSet, SegmentSetModel } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, list, type Sql, sql, typed } from '../sql/sql.ts'
import type { SegmentSetDefinition } from '../workspace/catalogue.ts'
import { cellsOf, listed, otherCell, seedCell } from '../workspace/segment-cells.ts'
import { customersSql } from './customer-blocks.ts'
import { mostKnown } from './fit-clusters.ts'
import type { SetModels } from './fit-sets.ts'
import type { RuleScope } from './rule-scope.ts'

/** Adds the column of one more set to `customer_sets`. */
export async function placeOneMore(
  warehouse: Warehouse,
  { key, value }: SegmentSetDefinition,
  model: SegmentSetModel | null,
  scope: RuleScope,
): Promise<void> {
  const names = model === null ? [] : [...new Set(inputsOf(model, value))].sort()
  await warehouse.run(sql`
    create or replace table customer_sets as
    select customer_sets.*, one_more.cell as ${ident(key)}
    from customer_sets join (
      select customer_id, ${cellSql(value, model)} as cell from (${customersSql(names, scope)}) as customers
    ) as one_more on one_more.customer_id = customer_sets.customer_id
    order by customer_sets.customer_id`)
}

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
  const clusters = placed.flatMap(({ key, model }) => (model?.kind === 'cluster' ? [{ key, model }] : []))
  const scaled = clusters.flatMap(({ key, model }) =>
    model.features.map((feature, column) => sql`${scaledSql(feature)} as ${ident(scaledName(key, column))}`),
  )
  const distances = clusters.flatMap(({ key, model }) =>
    model.centers.map((_, cluster) => {
      const distance = distanceSql(model, cluster, (column) => ident(scaledName(key, column)))
      return sql`${distance} as ${ident(distanceName(key, cluster))}`
    }),
  )
  const cells = placed.map(({ key, value, model }) => sql`${cellSql(value, model)} as ${ident(key)}`)
  await warehouse.run(sql`
    create or replace table customer_sets as
    select ${join([sql`customer_id`, ...cells])}
    from (
      select ${join([sql`*`, ...distances])} from (
        select ${join([sql`*`, ...scaled])} from (${customersSql(names, scope)}) as customers
      ) as scaled
    ) as measured
    order by customer_id`)
}

function inputsOf(model: SegmentSetModel, { cluster, lookalike }: SegmentSet): readonly string[] {
  if (model.kind === 'list') return []
  if (model.kind === 'lookalike') return lookalike!.features
  if (model.kind === 'bands') return [model.of]
  if (model.kind === 'grid') return [model.rows.of, model.columns.of]
  return cluster!.features
}

function cellSql(set: SegmentSet, model: SegmentSetModel | null): Sql {
  const cells = cellsOf(set).map(({ value }) => value)
  if (model === null) return sql`cast(null as varchar)`
  if (model.kind === 'list')
    return sql`case when customer_id in (select customer_id from list_members where "set" = ${set.key})
      then ${typed('varchar', listed)} else ${typed('varchar', otherCell)} end`
  if (model.kind === 'lookalike') return alikeSql(set, model)
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

/** Who is in the segment itself, by the temporary table of its members; the others by their score. */
function alikeSql(set: SegmentSet, { features, coefficients, cuts }: LookalikeModel): Sql {
  const score = sql`(${join(
    features.map((feature, column) => sql`${typed('double', coefficients[column]!)} * ${scaledSql(feature)}`),
    ' + ',
  )})`
  const groups = cuts.map(
    (cut, index) => sql`when ${score} >= ${typed('double', cut)} then ${typed('varchar', String(index + 1))}`,
  )
  return sql`case when customer_id in (select customer_id from lookalike_members) then ${typed('varchar', seedCell)}
    when not ${mostKnown(set.lookalike!.features)} then null ${join(groups, ' ')} else ${typed('varchar', otherCell)} end`
}

function bandSql(
  { of, cuts }: { readonly of: string; readonly cuts: readonly number[] },
  name: (band: number) => Sql,
): Sql {
  const value = sql`cast(${ident(of)} as double)`
  const below = cuts.map((cut, band) => sql`when ${value} < ${typed('double', cut)} then ${name(band)}`)
  return sql`case when ${ident(of)} is null then null ${below.length === 0 ? sql`` : join(below, ' ')} else ${name(cuts.length)} end`
}

const scaledName = (key: string, column: number) => `~${key}=${column}`
const distanceName = (key: string, cluster: number) => `~${key}:${cluster}`

/** A feature on the standard scale. */
function scaledSql({ name, logarithm, median, mean, sd }: ClusterModel['features'][number]): Sql {
  const known = sql`coalesce(cast(${ident(name)} as double), ${typed('double', median)})`
  const value = logarithm ? sql`ln(1 + greatest(${known}, 0))` : known
  return sql`((${value} - ${typed('double', mean)}) / ${typed('double', sd)})`
}

/**
 * Distance to a cluster: the square of that to its centre, of a mixture after its spread is made one and its size and volume are
 * counted, of k-prototypes with what each text that differs adds.
 */
function distanceSql(
  { features, centers, shapes, categories }: ClusterModel,
  cluster: number,
  scaled: (column: number) => Sql,
): Sql {
  const gap = (column: number) => sql`(${scaled(column)} - ${typed('double', centers[cluster]![column]!)})`
  const square = (value: Sql) => sql`${value} * ${value}`
  const shape = shapes?.[cluster]
  const squares =
    shape === undefined
      ? features.map((_, column) => square(gap(column)))
      : shape.transform.map((row) =>
          square(
            sql`(${join(
              row.map((factor, column) => sql`${typed('double', factor)} * ${gap(column)}`),
              ' + ',
            )})`,
          ),
        )
  const texts = (categories?.columns ?? []).map(({ name, modes }) => {
    const mode = modes[cluster] ?? null
    const same = mode === null ? sql`${ident(name)} is null` : sql`coalesce(${ident(name)} = ${mode}, false)`
    return sql`case when ${same} then 0.0 else ${typed('double', categories!.gamma)} end`
  })
  return join(
    [...(shape === undefined ? [] : [sql`${typed('double', shape.offset)}`]), ...squares, ...texts],
    ' + ',
  )
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
