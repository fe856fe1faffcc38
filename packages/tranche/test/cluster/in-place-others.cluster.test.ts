import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTrino } from '../../src/engine/trino.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { sql, tableNamed } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import {
  type Both,
  countsOf,
  keysChecked,
  payment,
  people,
  runInBothPlaces,
  spendOf,
  steppedOver,
  type Tables,
} from './both-places.ts'
import { useBank } from './use-bank.ts'

const place = useBank('others')
const { connection } = place

const runBoth = (name: string, tables: Tables): Promise<Both> => runInBothPlaces(place, name, tables)

describe('Rows of a table of the cluster', () => {
  it('look up in others: who owns an account, and nobody where there is none, or two', async () => {
    const owner = { source: 'owners', key: 'acct', match: 'acct', take: 'owner', where: 'role == "OWNER"' }
    const { here, there } = await runBoth('looked', {
      rows: {
        people: people.rows,
        owners: 'acct,owner,role\nA,1,OWNER\nA,2,USER\nB,2,OWNER\nC,3,OWNER\nC,4,OWNER',
        payments: `id,acct,paid_at,amount
          p1,A,2024-05-01,10.50
          p2,B,2024-05-02,20
          p3, B ,2024-05-03,1.25
          p4,C,2024-05-04,7
          p5,Z,2024-05-05,9`,
      },
      tables: {
        people: people.tables,
        payments: [
          {
            table: 'transactions',
            columns: { ...payment, customer_id: { lookup: owner } },
          },
        ],
      },
    })
    expect(await spendOf(there)).toEqual(await spendOf(here))
    expect(await spendOf(there)).toEqual([
      { customer_id: '1', spend: '10.5000' },
      { customer_id: '2', spend: '21.2500' },
      { customer_id: '3', spend: null },
      { customer_id: '4', spend: null },
    ])
    expect(countsOf(there, 'payments')).toEqual(countsOf(here, 'payments'))
    expect(countsOf(there, 'payments')).toMatchObject({ read: 5, kept: 3, quarantined: 2 })
    const snapshots = new Map(there.manifest.inputs.map(({ source, snapshot }) => [source, snapshot]))
    expect(snapshots.get('owners')).toMatch(/^\d+$/)
  }, 600_000)

  it('are worth what a table of rates there says, which is copied', async () => {
    const { here, there } = await runBoth('rated', {
      rows: {
        people: people.rows,
        rates: 'day,code,rate\n2024-05-01,USD,7.1\n2024-05-03,USD,7.25',
        payments: `id,who,paid_at,amount,code
          p1,1,2024-05-01 10:00:00,10,USD
          p2,1,2024-05-03 10:00:00,2,USD
          p3,2,2024-05-03 10:00:00,4,CNY
          p4,3,2024-05-03 10:00:00,4,EUR`,
      },
      tables: {
        people: people.tables,
        rates: [
          {
            table: 'fx_rates',
            columns: { on_date: { from: 'day' }, currency: { from: 'code' }, rate: { from: 'rate' } },
          },
        ],
        payments: [{ table: 'transactions', columns: { ...payment, currency: { from: 'code' } } }],
      },
    })
    const { warehouse } = await openPublishedRun(await loadWorkspace(join(place.room, 'rated', 'here')))
    const cluster = openTrino({ ...connection, tablePrefix: there.manifest.cluster!.tablePrefix })
    const worth = sql`select transaction_id, amount_base from ${tableNamed('standard', 'transactions')} order by 1`
    expect(await cluster.rows(worth)).toEqual([
      { transaction_id: 'p1', amount_base: '71.0000' },
      { transaction_id: 'p2', amount_base: '14.5000' },
      { transaction_id: 'p3', amount_base: '4.0000' },
      { transaction_id: 'p4', amount_base: null },
    ])
    expect(await warehouse.rows(worth)).toEqual(await cluster.rows(worth))
    warehouse.close()
    cluster.close()
    expect(countsOf(there, 'rates')).toEqual(countsOf(here, 'rates'))
  }, 600_000)

  it('count once where they are repeated, and where they contradict each other the last known holds', async () => {
    const { here, there } = await runBoth('repeated', {
      rows: {
        people: `no,since,seen
          1,2024-01-05,2024-01-06 00:00:00
          1,2024-01-05,2024-02-06 00:00:00
          2,2024-01-06,2024-01-07 00:00:00
          2,2024-02-06,2024-03-07 00:00:00`,
        payments: `id,who,paid_at,amount
          p1,1,2024-05-01 10:00:00,10
          p1,1,2024-05-01 10:00:00,10
          p1,1,2024-05-01 10:00:00,10
          p2,1,2024-05-03 10:00:00,2
          p3,2,2024-05-03 10:00:00,4
          p3,2,2024-05-04 10:00:00,5
          p3,2,2024-05-04 10:00:00,5
          p4,2,2024-05-05 10:00:00,no`,
      },
      tables: {
        people: [
          {
            table: 'customer_versions',
            columns: {
              customer_id: { from: 'no' },
              onboarded_at: { from: 'since' },
              known_at: { from: 'seen' },
            },
          },
        ],
        payments: [{ table: 'transactions', columns: payment }],
      },
    })
    expect(await spendOf(there)).toEqual(await spendOf(here))
    expect(await spendOf(there)).toEqual([
      { customer_id: '1', spend: '12.0000' },
      { customer_id: '2', spend: '5.0000' },
    ])
    for (const source of ['people', 'payments'])
      expect(countsOf(there, source)).toEqual(countsOf(here, source))
    expect(countsOf(there, 'payments')).toMatchObject({ read: 8, kept: 3, quarantined: 2, duplicates: 3 })
    expect(await steppedOver(there)).toEqual([
      'amount: 1 row has something in it that can\'t be read, such as "aa" (a for any letter, 9 for any digit).',
      'customer_id, valid_from: 1 row contradicts another of the same key, which was known later.',
      'transaction_id: 1 row contradicts another of the same key, which was known later.',
    ])
    const cluster = openTrino({ ...connection, tablePrefix: there.manifest.cluster!.tablePrefix })
    const { n } = await cluster.row<{ n: number }>(
      sql`select count(*) as n from ${tableNamed('standard', 'transactions')}`,
    )
    cluster.close()
    expect(n).toBe(3)
  }, 600_000)

  it('are held against the rows of other tables there, spelled either way, and set aside where that is asked', async () => {
    const keys = (quarantine: boolean) => [
      {
        column: 'customer_id',
        foreign_key: { table: 'customer_versions', column: 'customer_id' },
        quarantine,
        severity: 'warning',
      },
      {
        column: 'account_id',
        foreign_key: { table: 'accounts', column: 'account_id' },
        severity: 'warning',
      },
    ]
    const tables = (quarantine: boolean): Tables => ({
      rows: {
        people: 'no,since\nA1,2024-01-05\nA2,2024-01-06\nA3,2024-01-07',
        accounts: 'acct,who,opened\nK1,A1,2024-01-08\nK2,A2,2024-01-08',
        payments: `id,who,acct,paid_at,amount
          p1,A1,K1,2024-05-01 10:00:00,10
          p2,a1,K2,2024-05-03 10:00:00,2
          p3,A2,K9,2024-05-03 10:00:00,4
          p4,Z9,K1,2024-05-04 10:00:00,7
          p4,Z9,K1,2024-05-04 10:00:00,7
          p5,A3,,2024-05-04 10:00:00,1`,
      },
      tables: {
        people: people.tables,
        accounts: [
          {
            table: 'accounts',
            columns: {
              account_id: { from: 'acct' },
              customer_id: { from: 'who' },
              opened_at: { from: 'opened' },
            },
          },
        ],
        payments: [
          {
            table: 'transactions',
            columns: { ...payment, account_id: { from: 'acct' } },
            expectations: keys(quarantine),
          },
        ],
      },
    })
    for (const quarantine of [true, false]) {
      const { here, there } = await runBoth(quarantine ? 'referring' : 'counted', tables(quarantine))
      expect(await spendOf(there)).toEqual(await spendOf(here))
      expect(countsOf(there, 'payments')).toEqual(countsOf(here, 'payments'))
      expect(countsOf(there, 'payments')).toMatchObject({
        read: 6,
        duplicates: 1,
        quarantined: quarantine ? 1 : 0,
      })
      expect(await steppedOver(there)).toEqual(
        quarantine ? ['customer_id: 1 row names nothing that is in customer_versions.'] : [],
      )
      const checks = await keysChecked(there)
      expect(checks).toEqual(await keysChecked(here))
      expect(checks.map(({ n, failed }) => [n, failed])).toEqual([
        [quarantine ? 3 : 4, 1],
        [5, 1],
      ])
    }
  }, 900_000)
})
