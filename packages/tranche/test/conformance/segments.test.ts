import { workspaceSchema } from '@tranche/contract'
import { describe, expect, it } from 'vitest'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import type { SegmentCatalogue } from '../../src/segments/check-segments.ts'
import { publishSegmentsBySql } from '../../src/segments/publish-by-sql.ts'
import { sql, tableNamed } from '../../src/sql/sql.ts'
import { withEngine } from './engine.ts'

/** Four customers: b's worth is not known, c has neither tier nor activity, d never bought. */
async function customers(warehouse: Warehouse): Promise<void> {
  await warehouse.run(sql`create table ${tableNamed('features')} as
    select customer_id from (values ('a'), ('b'), ('c'), ('d')) as t (customer_id)`)
  await warehouse.run(sql`create table ${tableNamed('customer_value')} as
    select customer_id, timestamp '2026-01-01 00:00:00.000000' as as_of, tier, activity, cast(f as bigint) as f,
      cast(value_12m as decimal(18, 2)) as value_12m, cast(m as decimal(24, 2)) as m
    from (values ('a', 'high', 'active', 5, 10.25, 100.0), ('b', 'high', null, 2, null, 50.0),
      ('c', null, null, 1, 3.0, null), ('d', 'low', 'lost', null, 0.0, null)) as t (customer_id, tier, activity, f, value_12m, m)`)
}

function catalogueOf(rules: Readonly<Record<string, string>>): SegmentCatalogue {
  const segments = Object.entries(rules).map(([key, rule]) => ({
    kind: 'segment' as const,
    key,
    value: { key, label: { en: key, zh: key }, rule },
    place: { file: 'segments/ours.yaml' },
    placeOf: () => ({ file: 'segments/ours.yaml' }),
    logicHash: `hash of ${key}`,
    textHash: '',
    needs: [],
  }))
  const workspace = workspaceSchema.parse({ name: { en: 'x', zh: 'x' } })
  return { features: [], metrics: [], extras: {}, segments, segmentSets: [], workspace }
}

describe('Segments made in the engine alone', () => {
  it('hold members, values and unknowns, also of rules that ask about one another', () =>
    withEngine(async (warehouse) => {
      await customers(warehouse)
      const catalogue = catalogueOf({
        often: 'f >= 2 && value_12m > 5',
        often_or_high: 'in_segment("often") || in_segment("tier_high")',
        not_often: '!in_segment("often")',
        nobody: 'f > 100',
      })
      expect(await publishSegmentsBySql(warehouse, catalogue)).toEqual({ customers: 4, leftOut: [] })
      const summary = await warehouse.rows(sql`
        select segment, customers, share, value_12m, amount, unknown, logic_hash
        from ${tableNamed('segment_summary')} where not starts_with(segment, 'activity_') order by segment`)
      expect(summary.map((row) => Object.values(row))).toEqual([
        // Of d nobody knows how often: its worth alone says no.
        ['nobody', 0, 0, null, null, 1, 'hash of nobody'],
        ['not_often', 2, 0.5, '3.00', null, 1, 'hash of not_often'],
        ['often', 1, 0.25, '10.25', '100.00', 1, 'hash of often'],
        // Of c nobody knows the tier, and once isn't often.
        ['often_or_high', 2, 0.5, '10.25', '150.00', 1, 'hash of often_or_high'],
        ['tier_high', 2, 0.5, '10.25', '150.00', 1, null],
        ['tier_low', 1, 0.25, '0.00', null, 1, null],
        ['tier_medium', 0, 0, null, null, 1, null],
      ])
      const members = await warehouse.rows(
        sql`select segment, customer_id from ${tableNamed('segment_membership')} order by segment, customer_id`,
      )
      expect(members.map((row) => Object.values(row).join(' '))).toEqual([
        'activity_active a',
        'activity_lost d',
        'not_often c',
        'not_often d',
        'often a',
        'often_or_high a',
        'often_or_high b',
        'tier_high a',
        'tier_high b',
        'tier_low d',
      ])
    }))

  it('are there, with nobody in them, where there are no customers', () =>
    withEngine(async (warehouse) => {
      await customers(warehouse)
      await warehouse.run(sql`delete from ${tableNamed('features')}`)
      await warehouse.run(sql`delete from ${tableNamed('customer_value')}`)
      expect(await publishSegmentsBySql(warehouse, catalogueOf({ often: 'f > 1' }))).toMatchObject({
        customers: 0,
      })
      const rows = await warehouse.rows(
        sql`select segment, customers, share, unknown from ${tableNamed('segment_summary')} where segment = 'often'`,
      )
      expect(rows).toEqual([{ segment: 'often', customers: 0, share: null, unknown: 0 }])
    }))
})
