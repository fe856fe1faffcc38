import type { ClusterModel, LookalikeModel } from '@tranche/contract'
import { cellRule } from '../../segments/cell-rule.ts'
import { type SegmentRules, segmentRules } from '../../segments/check-segments.ts'
import { customersSql } from '../../segments/customer-blocks.ts'
import { ruleOf } from '../../segments/explain-membership.ts'
import { modelCells } from '../../segments/name-cells.ts'
import { membersSql } from '../../segments/preview-rule.ts'
import { ident, join, type Sql, sql, typed } from '../../sql/sql.ts'
import type { SegmentSetDefinition } from '../../workspace/catalogue.ts'
import { listed, otherCell, seedCell } from '../../workspace/segment-cells.ts'
import { publishedModels } from '../published-sets.ts'
import type { HandWritten, Scope } from './hand-written.ts'

/**
 * Cells of sets: the run writes each customer's cell into a column; here bands and areas are counted by the rules that they
 * come down to, and clusters by the place of the least of a list of distances.
 */
export async function setsByHand({ catalogue, warehouse }: Scope): Promise<readonly HandWritten[]> {
  if (catalogue.segmentSets.length === 0) return []
  const rules = segmentRules(catalogue)
  const models = await publishedModels(warehouse, catalogue)
  return catalogue.segmentSets.flatMap((set) => {
    const model = models.get(set.key)
    if (model === undefined || model === null) return []
    return modelCells(set, model).flatMap(({ key, value }, index) => {
      const rule = cellRule(set, model, value)
      if (model.kind === 'list') return listByHand(set.key, key, value)
      if (model.kind === 'lookalike') return alikeByHand(set, model, { key, cell: value }, rules)
      if (rule === undefined && model.kind !== 'cluster') return []
      const members =
        rule === undefined
          ? nearestMembers(
              model as ClusterModel,
              index,
              set.value.cluster!.features,
              customersSql(set.value.cluster!.features, rules.scope),
            )
          : membersSql(rule, rules)
      return [
        {
          key: `segment_summary.${key}.customers`,
          published: sql`select customers as v from segment_summary where segment = ${key}`,
          recomputed: sql`select count(*) as v from (${members}) as members join customer_value using (customer_id)`,
        },
        {
          key: `segment_membership.${key}.customers`,
          published: sql`select count(distinct customer_id) as v from segment_membership where segment = ${key}`,
          recomputed: sql`select count(*) as v from (${members}) as members`,
        },
      ]
    })
  })
}

/**
 * Who is alike: the score is a sum over a list of differences from the mean, weighed, and the group the number of cuts, which
 * fall, that it stays below; the run writes a sum of products and a case for each cut.
 */
function alikeByHand(
  { value }: SegmentSetDefinition,
  { features, coefficients, cuts }: LookalikeModel,
  segment: { readonly key: string; readonly cell: string },
  rules: SegmentRules,
): readonly HandWritten[] {
  const { of, features: asked, sizes } = value.lookalike!
  const double = (number: number) => sql`${typed('double', number)}`
  const terms = features.map(({ name, logarithm, median, mean, sd }, column) => {
    const known = sql`coalesce(cast(${ident(name)} as double), ${double(median)})`
    const shown = logarithm ? sql`ln(1 + greatest(${known}, 0))` : known
    return sql`(${shown} - ${double(mean)}) / ${double(sd)} * ${double(coefficients[column]!)}`
  })
  const lacking = asked.map((name) => sql`cast(${ident(name)} is null as integer)`)
  const passed = sql`len(list_filter([${join(cuts.map(double))}], lambda cut: score < cut))`
  const groups = [...sizes.map((_, index) => String(index + 1)), otherCell]
  const place = groups.indexOf(segment.cell)
  const seeds = membersSql(ruleOf(of, rules), rules)
  const others = sql`select customer_id from (
      select customer_id, list_sum([${join(terms)}]) as score from (${customersSql([...new Set([...asked, ...features.map(({ name }) => name)])].sort(), rules.scope)}) as customers
      where 2 * (${join(lacking, ' + ')}) <= ${typed('bigint', asked.length)}
        and customer_id not in (select customer_id from (${seeds}) as seeds)
    ) as scored where ${passed} = ${typed('bigint', place)}`
  return [
    {
      key: `segment_membership.${segment.key}.customers`,
      published: sql`select count(distinct customer_id) as v from segment_membership where segment = ${segment.key}`,
      recomputed: sql`select count(*) as v from (${segment.cell === seedCell ? seeds : others}) as members`,
    },
  ]
}

/** A list is counted where its file was matched. */
function listByHand(set: string, segment: string, cell: string): readonly HandWritten[] {
  const on = sql`select customer_id from list_members where "set" = ${set}`
  const members = cell === listed ? on : sql`select customer_id from features except ${on}`
  return [
    {
      key: `segment_membership.${segment}.customers`,
      published: sql`select count(distinct customer_id) as v from segment_membership where segment = ${segment}`,
      recomputed: sql`select count(*) as v from (${members}) as members`,
    },
  ]
}

function nearestMembers(model: ClusterModel, cluster: number, asked: readonly string[], customers: Sql): Sql {
  const { features, centers, shapes, categories } = model
  const scaled = features.map(({ name, logarithm, median, mean, sd }) => {
    const known = sql`coalesce(cast(${ident(name)} as double), ${typed('double', median)})`
    return sql`(${logarithm ? sql`ln(1 + greatest(${known}, 0))` : known} - ${typed('double', mean)}) / ${typed('double', sd)}`
  })
  const vector = (values: readonly number[]) =>
    sql`[${join(values.map((value) => sql`${typed('double', value)}`))}]`
  // Lists instead of columns: another way to the same distances.
  const distances = centers.map((center, one) => {
    const gaps = sql`list_transform(list_zip(scaled, ${vector(center)}), lambda pair: pair[1] - pair[2])`
    const shape = shapes?.[one]
    const turned =
      shape === undefined
        ? gaps
        : sql`list_transform([${join(shape.transform.map(vector))}], lambda row:
            list_dot_product(row, list_slice(${gaps}, 1, len(row))))`
    const squares =
      features.length === 0 ? sql`0.0` : sql`list_sum(list_transform(${turned}, lambda value: value * value))`
    const differing = (categories?.columns ?? []).map(
      ({ name, modes }) =>
        sql`cast(${ident(name)} is distinct from ${typed('varchar', modes[one] ?? null)} as integer)`,
    )
    const texts =
      differing.length === 0
        ? sql`0`
        : sql`${typed('double', categories!.gamma)} * (${join(differing, ' + ')})`
    return sql`${squares} + ${typed('double', shape?.offset ?? 0)} + ${texts}`
  })
  return sql`select customer_id from (
      select customer_id, [${join(distances)}] as distances
      from (
        select customers.*, ${scaled.length === 0 ? sql`[]` : sql`[${join(scaled)}]`} as scaled from (${customers}) as customers
        where list_count([${join(asked.map((name) => sql`cast(${ident(name)} as varchar)`))}]) >= ${typed('double', asked.length / 2)}
      ) as rows
    ) as measured where list_position(distances, list_min(distances)) = ${typed('bigint', cluster + 1)}`
}
