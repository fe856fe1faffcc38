import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { replayRun } from '../../src/pipeline/replay.ts'
import type { RunOutcome } from '../../src/pipeline/run.ts'
import { sql, unsafeRaw } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { payment, people, runInBothPlaces } from './both-places.ts'
import { useBank } from './use-bank.ts'

const place = useBank('replay', {
  sessionProperties: { 'lake.expire_snapshots_min_retention': '0s' },
})
const { schema, connection } = place
let there: RunOutcome

beforeAll(async () => {
  const both = await runInBothPlaces(place, 'paid', {
    rows: {
      people: people.rows,
      payments: `id,who,paid_at,amount
        p1,1,2024-05-01 10:00:00,10
        p2,1,2024-05-03 10:00:00,2
        p3,2,2024-05-03 10:00:00,4`,
    },
    tables: { people: people.tables, payments: [{ table: 'transactions', columns: payment }] },
  })
  there = both.there
}, 600_000)

const replay = async () => await replayRun(await loadWorkspace(join(place.room, 'paid', 'there')), undefined)
const tables = async () =>
  await place.bank.rows(
    sql`select table_name as name from information_schema.tables where table_schema = ${schema} order by 1`,
  )

describe('A run over tables of the cluster, computed again', () => {
  it('is equal though rows and columns have changed since, and leaves no table behind', async () => {
    await place.bank.run(
      sql`insert into paid_payments (id, who, paid_at, amount) select 'p9', who, paid_at, amount from paid_payments where id = 'p1'`,
    )
    await place.bank.run(sql`alter table paid_people add column note varchar`)
    const before = await tables()
    const again = await replay()
    expect(again.tables.filter(({ equal }) => !equal)).toEqual([])
    expect(again.files.filter(({ equal }) => !equal)).toEqual([])
    expect(again).toMatchObject({ run: there.run, equal: true })
    expect(again.tables.find(({ table }) => table === 'features')?.again).toEqual({ rows: 4, differing: 0 })
    expect(await tables()).toEqual(before)
  }, 600_000)

  it('is refused, naming table and snapshot, once a snapshot has expired', async () => {
    const read = there.manifest.inputs.find(({ source }) => source === 'payments')!.snapshot!
    await place.bank.run(
      unsafeRaw("alter table paid_payments execute expire_snapshots(retention_threshold => '0s')"),
    )
    const before = await tables()
    await expect(replay()).rejects.toMatchObject({
      code: 'refused',
      text: {
        en: `Source payments: ${connection.catalog}.${schema}.paid_payments no longer keeps snapshot ${read}.`,
      },
    })
    expect(await tables()).toEqual(before)
  }, 600_000)
})
