import type { Manifest, Text } from '@tranche/contract'
import { counted, formatCount } from '@tranche/language'
import type { Row, Warehouse } from '../engine/warehouse.ts'
import { type SegmentRules, segmentRules } from '../segments/check-segments.ts'
import { ruleOf } from '../segments/explain-membership.ts'
import type { SetModels } from '../segments/fit-sets.ts'
import type { ListSurroundings } from '../segments/match-list.ts'
import { modelCells } from '../segments/name-cells.ts'
import { membersSql, namesOf } from '../segments/preview-rule.ts'
import { standingSegments } from '../segments/standing.ts'
import { ident, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue, SegmentSetDefinition } from '../workspace/catalogue.ts'
import { cellsOf, inputsOf } from '../workspace/segment-cells.ts'
import { changedInputs, placeAnew } from './place-anew.ts'
import { publishedColumns } from './published-segments.ts'
import { withPublishedTables } from './published-table.ts'

/** What a changed, new or dropped definition would do to a segment, on the customers of the published run. */
export interface PlannedSegment {
  readonly segment: string
  readonly isNew: boolean
  /** Whether nothing defines it any more. */
  readonly isGone: boolean
  readonly before: number
  readonly after: number
  readonly enter: number
  readonly leave: number
  /**
   * Value within the horizon of those who would enter and leave, in the workspace's currency; null where there are some and the value
   * of none is known.
   */
  readonly valueIn: string | null
  readonly valueOut: string | null
}

export interface PlannedSegments {
  readonly changed: readonly PlannedSegment[]
  /** Segments and sets that rest on what no run has computed yet, or computed otherwise. */
  readonly open: readonly string[]
}

interface Published {
  readonly segments: ReadonlyMap<string, string | null>
  readonly sets: ReadonlySet<string>
}

/** Members that a segment would have. */
interface Asked {
  readonly segment: string
  readonly after: Sql
  readonly isGone: boolean
}

/** Segments by rule and cells of sets whose definition is not the published one, with who would enter and leave. */
export async function plannedSegments(
  catalogue: Catalogue,
  env: Readonly<Record<string, string | undefined>>,
  lists: ListSurroundings,
): Promise<PlannedSegments> {
  return await withPublishedTables(catalogue, env, async ({ warehouse, manifest }) => {
    const rules = segmentRules(catalogue)
    const published = await publishedHashes(warehouse)
    const otherwise = await namesOtherwise(warehouse, catalogue, manifest, rules)
    const refitted = catalogue.segmentSets.filter(
      ({ key, logicHash }) => !published.sets.has(`${key} ${logicHash}`),
    )
    const placed = refitted.filter(
      (set) =>
        warehouse.dialect.name === 'duckdb' && namesOfSet(set, rules).every((name) => !otherwise.has(name)),
    )
    const models = await placeAnew(warehouse, rules, placed, lists)
    const unplaced = refitted.filter((set) => !placed.includes(set)).map(({ key }) => key)
    const isOpen = (names: readonly string[]) =>
      names.some((name) => otherwise.has(name) || unplaced.includes(name))
    const changed = rules.rules.filter(
      ({ key, definition }) => published.segments.get(key) !== definition.logicHash,
    )
    const open = changed.filter(({ rule }) => isOpen(namesOf(rule, rules)))
    const asked: readonly Asked[] = [
      ...placed.flatMap((set) => cellsAfter(set, models)),
      ...changed
        .filter((rule) => !open.includes(rule))
        .map(({ key, rule }) => ({ segment: key, after: membersSql(rule, rules), isGone: false })),
      ...goneOf(catalogue, published, models).map((segment) => ({ segment, after: nobody, isGone: true })),
    ]
    const moves: PlannedSegment[] = []
    for (const { segment, after, isGone } of asked)
      moves.push({
        segment,
        isNew: !published.segments.has(segment),
        isGone,
        ...(await movesOf(warehouse, segment, after)),
      })
    return { changed: moves, open: [...unplaced, ...open.map(({ key }) => key)] }
  })
}

const nobody = sql`select customer_id from ${tableNamed('customer_value')} as valued where false`

function cellsAfter(set: SegmentSetDefinition, models: SetModels): readonly Asked[] {
  return modelCells(set, models.get(set.key) ?? null).map(({ key, value }) => ({
    segment: key,
    after: sql`select customer_id from customer_sets where ${ident(set.key)} = ${value}`,
    isGone: false,
  }))
}

/** Segments of the run that nothing defines any more; a set that keeps its definition keeps its cells. */
function goneOf(
  { segments, segmentSets }: Catalogue,
  published: Published,
  models: SetModels,
): readonly string[] {
  const cells = segmentSets.flatMap((set) =>
    models.has(set.key) ? modelCells(set, models.get(set.key)!) : cellsOf(set.value),
  )
  const known = new Set([...standingSegments, ...cells, ...segments].map(({ key }) => key as string))
  return [...published.segments.keys()].filter((key) => !known.has(key))
}

/** What a set reads, that it is made against, and what those whom others are to be like rest on. */
function namesOfSet({ value }: SegmentSetDefinition, rules: SegmentRules): readonly string[] {
  const against = value.bands?.optimal?.against
  const like = value.lookalike === undefined ? [] : namesOf(ruleOf(value.lookalike.of, rules), rules)
  return [
    ...inputsOf(value).map(({ name }) => name),
    ...(against === undefined ? [] : [against]),
    ...like.filter((name) => rules.scope.columns.get(name)?.from !== 'customer_sets'),
  ]
}

/** Names that the published run has no column for, or computed by another definition than that of today. */
async function namesOtherwise(
  warehouse: Warehouse,
  catalogue: Catalogue,
  manifest: Manifest,
  { scope }: SegmentRules,
): Promise<ReadonlySet<string>> {
  const known = await publishedColumns(warehouse, scope)
  const lacking = [...scope.columns].flatMap(([name, { from }]) =>
    from === 'customer_sets' || known.has(name) ? [] : [name],
  )
  return new Set([...lacking, ...changedInputs(catalogue, manifest)])
}

type Moves = Omit<PlannedSegment, 'segment' | 'isNew' | 'isGone'>

async function movesOf(warehouse: Warehouse, segment: string, after: Sql): Promise<Moves> {
  return await warehouse.row<Moves & Row>(sql`
    with after_it as (${after}), before_it as (
      select customer_id from ${tableNamed('segment_membership')} where segment = ${segment}
    ), both_of as ( -- one row per customer who is or would be a member
      select coalesce(a.customer_id, b.customer_id) as customer_id, a.customer_id is not null as after,
        b.customer_id is not null as before
      from after_it as a full join before_it as b on b.customer_id = a.customer_id
    )
    select count(*) filter (where before) as before, count(*) filter (where after) as after,
      count(*) filter (where after and not before) as enter, count(*) filter (where before and not after) as leave,
      ${worthOf(sql`after and not before`)} as "valueIn", ${worthOf(sql`before and not after`)} as "valueOut"
    from both_of left join ${tableNamed('customer_value')} as valued on valued.customer_id = both_of.customer_id`)
}

/** Nobody is worth nothing; people whose values nobody knows are not. */
function worthOf(who: Sql): Sql {
  return sql`case when count(*) filter (where ${who}) = 0 then '0.00'
    else cast(cast(sum(value_12m) filter (where ${who}) as decimal(38, 2)) as varchar) end`
}

async function publishedHashes(warehouse: Warehouse): Promise<Published> {
  const rows = await warehouse.rows<{ segment: string; set: string | null; hash: string | null }>(sql`
    select segment, "set", logic_hash as hash from ${tableNamed('segment_summary')} as summary
      left join ${tableNamed('segment_sets')} as sets using (segment)`)
  return {
    segments: new Map(rows.map(({ segment, hash }) => [segment, hash])),
    sets: new Set(rows.flatMap(({ set, hash }) => (set === null ? [] : [`${set} ${hash}`]))),
  }
}

export function plannedLines({ changed, open }: PlannedSegments): readonly Text[] {
  const stays = ({ isNew, isGone, enter, leave }: PlannedSegment) =>
    !isNew && !isGone && enter === 0 && leave === 0
  const same = changed.filter(stays).map(({ segment }) => segment)
  return [
    ...changed.filter((one) => !stays(one)).map(lineOf),
    ...(same.length === 0
      ? []
      : [
          {
            en: `defined otherwise, with the same customers of those published: ${same.join(', ')}`,
            zh: `定义已变更，但按已发布数据成员不变：${same.join('、')}`,
          },
        ]),
    ...open.map((segment) => ({
      en: `segment ${segment} changed; who would enter and leave is known once what it rests on is computed`,
      zh: `客群 ${segment} 已变更；待其依赖的内容计算后方可得知进出情况`,
    })),
  ]
}

function lineOf(planned: PlannedSegment): Text {
  const { segment, isNew, isGone, before, after, enter, leave, valueIn, valueOut } = planned
  const zh = (customers: number) => formatCount(customers, 'zh')
  if (isGone)
    return {
      en: `segment ${segment} is defined no more: its ${counted(before, 'customer', 'customers')}${valueOut === null ? '' : ` worth ${valueOut}`} would leave it`,
      zh: `客群 ${segment} 已不再定义：其 ${zh(before)} 位客户${valueOut === null ? '' : `（价值 ${valueOut}）`}将离开`,
    }
  return isNew
    ? {
        en: `segment ${segment} is new: ${counted(after, 'customer', 'customers')}${valueIn === null ? '' : ` worth ${valueIn}`} would be in it, of those published`,
        zh: `客群 ${segment} 为新增：按已发布数据将有 ${zh(after)} 位客户${valueIn === null ? '' : `，价值 ${valueIn}`}`,
      }
    : {
        en: `segment ${segment} changed: ${formatCount(before, 'en')} → ${counted(after, 'customer', 'customers')} of those published; ${formatCount(enter, 'en')} would enter${valueIn === null ? '' : ` (worth ${valueIn})`}, ${formatCount(leave, 'en')} would leave${valueOut === null ? '' : ` (worth ${valueOut})`}`,
        zh: `客群 ${segment} 已变更：按已发布数据 ${zh(before)} → ${zh(after)} 位客户；进入 ${zh(enter)} 位${valueIn === null ? '' : `（价值 ${valueIn}）`}，离开 ${zh(leave)} 位${valueOut === null ? '' : `（价值 ${valueOut}）`}`,
      }
}
