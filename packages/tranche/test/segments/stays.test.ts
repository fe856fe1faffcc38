import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { publishStays } from '../../src/segments/stays.ts'
import { sql } from '../../src/sql/sql.ts'

let warehouse: DuckDbWarehouse
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
})
afterAll(() => warehouse.close())

/** A run as of a day with these members, coming after the one before it. */
async function run(
  day: string,
  members: Readonly<Record<string, string>>,
  definition = 'one',
): Promise<void> {
  const pairs = Object.entries(members).flatMap(([segment, all]) => [...all].map((one) => ({ segment, one })))
  await warehouse.run(
    sql`create or replace table customer_value as select cast(${day} as timestamp) as as_of`,
  )
  await warehouse.createFrom('segment_membership', [
    { name: 'segment', type: 'varchar', values: pairs.map(({ segment }) => segment) },
    { name: 'customer_id', type: 'varchar', values: pairs.map(({ one }) => one) },
  ])
  await warehouse.createFrom('segment_summary', [
    { name: 'segment', type: 'varchar', values: ['young', 'tier_high'] },
    { name: 'logic_hash', type: 'varchar', values: [definition, null] },
  ])
  await publishStays(warehouse, `run of ${day}`)
  await warehouse.run(sql`create or replace temp table previous_segment_stays as select * from segment_stays`)
}

const stays = async (segment: string) =>
  (
    await warehouse.rows<{ customer_id: string; entered: string; left: string | null }>(
      sql`select customer_id, entered, "left" from segment_stays where segment = ${segment} order by 1, 2`,
    )
  ).map(
    ({ customer_id, entered, left }) => `${customer_id} ${entered.slice(0, 10)}…${left?.slice(0, 10) ?? ''}`,
  )

it('Who stays keeps the day of entry, who goes gets one of leaving, who comes back begins another stay', async () => {
  await run('2026-01-01', { young: 'ab', tier_high: 'a' })
  await run('2026-02-01', { young: 'bc', tier_high: 'a' })
  await run('2026-03-01', { young: 'abc', tier_high: '' })
  expect(await stays('young')).toEqual([
    'a 2026-01-01…2026-02-01',
    'a 2026-03-01…',
    'b 2026-01-01…',
    'c 2026-02-01…',
  ])
  expect(await stays('tier_high')).toEqual(['a 2026-01-01…2026-03-01'])
})

it('A segment that is defined otherwise begins anew', async () => {
  await run('2026-04-01', { young: 'bc', tier_high: '' }, 'two')
  expect(await stays('young')).toEqual([
    'a 2026-01-01…2026-02-01',
    'a 2026-03-01…2026-04-01',
    'b 2026-01-01…2026-04-01',
    'b 2026-04-01…',
    'c 2026-02-01…2026-04-01',
    'c 2026-04-01…',
  ])
})

it('A stay names the runs that saw it begin and end, which a run of an older version did not note', async () => {
  const runs = async (segment: string) =>
    (
      await warehouse.rows<{ one: string; began: string | null; ended: string | null }>(
        sql`select customer_id as one, entered_run as began, left_run as ended from segment_stays
          where segment = ${segment} order by customer_id, entered`,
      )
    ).map(({ one, began, ended }) => `${one} ${began ?? '?'} … ${ended ?? '?'}`)
  await warehouse.run(sql`drop table previous_segment_stays`)
  await run('2026-05-01', { young: 'ab', tier_high: 'a' })
  await warehouse.run(sql`alter table previous_segment_stays drop column entered_run`)
  await warehouse.run(sql`alter table previous_segment_stays drop column left_run`)
  await run('2026-06-01', { young: 'bc', tier_high: 'a' })
  expect(await runs('young')).toEqual(['a ? … run of 2026-06-01', 'b ? … ?', 'c run of 2026-06-01 … ?'])
  await run('2026-07-01', { young: 'a', tier_high: 'a' })
  expect(await runs('young')).toEqual([
    'a ? … run of 2026-06-01',
    'a run of 2026-07-01 … ?',
    'b ? … run of 2026-07-01',
    'c run of 2026-06-01 … run of 2026-07-01',
  ])
  expect(await runs('tier_high')).toEqual(['a ? … ?'])
})
