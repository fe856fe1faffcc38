import { type ClusterModel, type SegmentSetModel, segmentSetSchema } from '@tranche/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { alikeCells } from '../../src/insights/health/alike-cells.ts'
import { type Ailment, segmentHealth } from '../../src/insights/health/health.ts'
import { overlaps } from '../../src/insights/health/overlaps.ts'
import { checkRule } from '../../src/segments/check-segments.ts'
import type { RuleColumn, RuleScope } from '../../src/segments/rule-scope.ts'
import { sql } from '../../src/sql/sql.ts'
import type { Catalogue, SegmentSetDefinition } from '../../src/workspace/catalogue.ts'

let warehouse: DuckDbWarehouse
let ailments: readonly Ailment[]

/** 12,000 customers: band 1 is worth little, bands 2 and 3 are worth the same; a segment of men, the same one twice, a tiny one. */
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
  await warehouse.run(sql`create table features as
    select 'c' || lpad(i::varchar, 5, '0') as customer_id, i, case when i % 2 = 0 then 'male' else 'female' end as gender,
      20 + (i * 7) % 50 as age_years,
      -- A sixth of the customers bunch at 500 and 501, the others lie evenly.
      case when i % 6 = 0 then 500 + i % 4 / 2 else (i * 7919) % 10000 / 10.0 end as score,
      cast((i * 7) % 40 as bigint) as visits, cast((i * 3) % 7 as double) as calls,
      case when i < 11700 then (i * 31) % 900 / 10.0 end as gap_days
    from range(12000) as t(i)`)
  await warehouse.run(sql`create schema standard`)
  // The last 300 are new, and so few of them have come back yet.
  await warehouse.run(sql`create table standard.customer_versions as
    select customer_id, case when i < 11700 then timestamp '2024-01-01' else timestamp '2026-01-15' end as onboarded_at
    from features`)
  await warehouse.run(sql`create table customer_value as
    select customer_id, i, case when i % 3 = 0 then 10 else 100 end + (i * 37) % 101 / 10.0 as value_12m,
      case when (i * 13) % 10 < 5 then 'active' else 'lost' end as activity, timestamp '2026-02-01' as as_of from features`)
  await warehouse.run(
    sql`create table customer_sets as select customer_id, cast(1 + i % 3 as varchar) as worth,
      case when gap_days is null then null when gap_days < 30 then '1' else '2' end as rhythm from features`,
  )
  await warehouse.run(sql`create table segment_membership as
    select 'men' as segment, customer_id from features where gender = 'male'
    union all select 'gentlemen', customer_id from features where gender = 'male' and i < 11800
    union all select 'tiny', customer_id from features where i < 20
    union all select 'worth_' || worth, customer_id from customer_sets`)
  await warehouse.run(sql`create table segment_summary as
    select segment, count(*) as customers, case segment when 'tiny' then 6000 else 0 end as unknown from segment_membership group by 1
    union all select 'nobody', 0, 0 union all select 'tier_high', 0, 12000`)
  // In the run before, half of those who are in band 3 now were in band 1.
  await warehouse.run(sql`create table segment_stays as
    select 'worth_' || worth as segment, customer_id, timestamp '2026-01-01' as entered, cast(null as timestamp) as "left",
      cast(null as varchar) as definition from customer_sets where not (worth = '3' and customer_id < 'c08000')
    union all select 'worth_1', customer_id, timestamp '2026-01-01', timestamp '2026-02-01', null from customer_sets
      where worth = '3' and customer_id < 'c08000'
    union all select 'worth_3', customer_id, timestamp '2026-02-01', null, null from customer_sets
      where worth = '3' and customer_id < 'c08000'`)
  await warehouse.run(sql`alter table segment_summary add column logic_hash varchar`)
  const value = segmentSetSchema.parse({
    key: 'worth',
    label: { en: 'Worth', zh: '价值' },
    bands: { of: 'value_12m', cuts: [1, 2] },
  })
  const set = { key: 'worth', value } as SegmentSetDefinition
  const rhythm = segmentSetSchema.parse({
    key: 'rhythm',
    label: { en: 'Rhythm', zh: '节奏' },
    bands: { of: 'gap_days', cuts: [30] },
  })
  const column = { storage: 'double', from: 'features' } as const
  const scope: RuleScope = {
    columns: new Map<string, RuleColumn>([
      ['gender', { ...column, type: 'string' }],
      ['age_years', { ...column, type: 'number' }],
      ['score', { ...column, type: 'number' }],
      ['visits', { ...column, type: 'number', storage: 'integer' }],
      ['calls', { ...column, type: 'number' }],
      ['gap_days', { ...column, type: 'number' }],
      ['worth', { ...column, type: 'string', from: 'customer_sets' }],
      ['rhythm', { ...column, type: 'string', from: 'customer_sets' }],
    ]),
    segments: [],
    columnSegments: [],
  }
  const rule = (key: string, text: string) => ({
    key,
    definition: undefined as never,
    rule: checkRule(text, scope),
  })
  const clusters = (stability: number) =>
    ({ kind: 'cluster', centers: [[0], [1]], tried: [{ k: 2, stability }] }) as unknown as ClusterModel
  const health = await segmentHealth({
    warehouse,
    catalogue: { attributePolicy: null } as Catalogue,
    scope,
    rules: {
      scope,
      rules: [
        rule('bunched', 'score > 500 && gender == "male"'),
        rule('bunched_not', '!(score >= 499)'),
        rule('even', 'score > 700'),
        rule('often', 'visits >= 5'),
        rule('called', 'calls >= 3'),
      ],
      sets: [set, { key: 'rhythm', value: rhythm } as SegmentSetDefinition],
      outcomes: new Map(),
    },
    models: new Map<string, SegmentSetModel>([
      ['worth', { kind: 'bands', of: 'value_12m', cuts: [1, 2] }],
      ['shaky', clusters(0.6)],
      ['firm', clusters(0.9)],
    ]),
    stale: [],
  })
  ailments = health.ailments
})
afterAll(() => warehouse.close())

const of = (kind: Ailment['kind']) => ailments.filter((ailment) => ailment.kind === kind)

it('Segments that are too small to measure, empty, or not known of many are named', () => {
  expect(of('too_small')).toMatchObject([{ segment: 'tiny', customers: 20 }])
  expect(of('empty')).toEqual([{ kind: 'empty', segment: 'nobody' }])
  expect(of('unknown')).toEqual([{ kind: 'unknown', segment: 'tiny', unknown: 6000, share: 0.5 }])
})

it('Two segments of the same customers are one too many', () => {
  expect(of('redundant')).toMatchObject([{ segment: 'gentlemen', other: 'men' }])
})

it('The seed of a lookalike is the segment that it is of, and no second one', async () => {
  const value = segmentSetSchema.parse({
    key: 'like',
    label: { en: 'Like', zh: '相似' },
    lookalike: { of: 'men', features: ['age_years'], sizes: [0.1] },
  })
  const other = await openDuckDb({ path: ':memory:' })
  try {
    await other.run(sql`create table segment_membership as
      select segment, i::varchar as customer_id from (values ('men'), ('like_seed'), ('men_too')) as t(segment), range(20) as r(i)`)
    const pairs = (await overlaps(other, [{ value }])).map((one) =>
      one.kind === 'redundant' ? `${one.segment} ${one.other}` : one.kind,
    )
    expect(pairs.sort()).toEqual(['like_seed men_too', 'men men_too'])
    expect(await overlaps(other, [])).toHaveLength(3)
  } finally {
    other.close()
  }
})

it('Cells that nothing tells apart are to be merged, those that differ are not', () => {
  expect(of('over_segmented')).toMatchObject([{ set: 'worth', merge: ['2', '3'], alike: 1, pairs: 2 }])
})

it('A set whose cells hold other shares than in the run before is drifting', () => {
  expect(of('drifting')).toMatchObject([{ set: 'worth' }])
  const [drift] = of('drifting')
  // Shares of 5/9, 3/9 and 1/9 became a third each.
  const psi = [5 / 9, 3 / 9, 1 / 9].reduce(
    (sum, before) => sum + (1 / 3 - before) * Math.log(1 / 3 / before),
    0,
  )
  expect(drift?.kind === 'drifting' ? drift.psi : 0).toBeCloseTo(psi, 2)
})

it('A segment that gives a protected attribute away is named with it', () => {
  const found = of('proxy').map((ailment) =>
    ailment.kind === 'proxy' ? [ailment.segment, ailment.attribute] : [],
  )
  expect(found).toEqual([
    ['gentlemen', 'gender'],
    ['men', 'gender'],
  ])
})

it('Clusters that resamples do not find again are unstable, others are not', () => {
  expect(of('unstable')).toEqual([{ kind: 'unstable', set: 'shaky', stability: 0.6 }])
})

it('A cut through a crowd is rigid, with those who would change sides; one among few, or of small whole numbers however they are kept, is not', async () => {
  const found = of('rigid')
  expect(found.map((ailment) => (ailment.kind === 'rigid' ? ailment.segment : ''))).toEqual([
    'bunched',
    'bunched_not',
  ])
  const { men, low } = await warehouse.row<{ men: number; low: number }>(sql`
    select count(*) filter (where gender = 'male' and (score > 490 and score <= 510)) as men,
      count(*) filter (where score >= 489.02 and score < 508.98) as low from features`)
  expect(found).toMatchObject([
    { name: 'score', cut: 500, movers: men },
    { name: 'score', cut: 499, movers: low },
  ])
})

it('New customers who crowd where no rhythm is known yet make a cold start, with what they lack', () => {
  expect(of('cold_start')).toEqual([
    {
      kind: 'cold_start',
      set: 'rhythm',
      cell: null,
      customers: 300,
      share: 1,
      others: 0,
      lacking: { name: 'gap_days', share: 1 },
    },
  ])
})

it('Cells are not called alike where nobody has a value or an activity to tell them apart by', async () => {
  await warehouse.run(sql`create or replace table customer_value as
    select * replace (cast(null as double) as value_12m, cast(null as varchar) as activity) from customer_value`)
  const value = segmentSetSchema.parse({
    key: 'worth',
    label: { en: 'Worth', zh: '价值' },
    bands: { of: 'score', cuts: [1, 2] },
  })
  const sets = [{ key: 'worth', value } as SegmentSetDefinition]
  const model: SegmentSetModel = { kind: 'bands', of: 'score', cuts: [1, 2] }
  expect(await alikeCells(warehouse, sets, new Map([['worth', model]]))).toEqual([])
})
