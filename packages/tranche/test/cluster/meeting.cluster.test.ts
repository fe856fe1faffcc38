import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTrino } from '../../src/engine/trino.ts'
import type { Row } from '../../src/engine/warehouse.ts'
import type { QuarantineList } from '../../src/intake/quarantine/list-quarantine.ts'
import { planRun } from '../../src/pipeline/plan.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { runPipeline } from '../../src/pipeline/run.ts'
import { ident, join as joinSql, sql, tableNamed } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { command } from '../robustness/in-process.ts'
import {
  type Both,
  countsOf,
  keysChecked,
  payment,
  people,
  runInBothPlaces,
  spendOf,
  type Tables,
} from './both-places.ts'
import { useBank } from './use-bank.ts'

const place = useBank('meeting')
const { connection } = place

/** Rows of a standard table but for the names of files, as one machine has them, the cluster, and this machine beside it. */
async function rowsOf(
  name: string,
  { there }: Both,
  table: string,
  columns: readonly string[],
): Promise<{
  readonly here: readonly Row[]
  readonly there: readonly Row[]
  readonly beside: readonly Row[]
}> {
  const query = sql`select ${joinSql(columns.map((column) => ident(column)))} from ${tableNamed('standard', table)} order by ${joinSql(
    columns.map((column) => sql`${ident(column)} nulls last`),
  )}`
  const rowsHere = async (side: string) => {
    const { warehouse } = await openPublishedRun(await loadWorkspace(join(place.room, name, side)))
    try {
      return await warehouse.rows(query)
    } finally {
      warehouse.close()
    }
  }
  const cluster = openTrino({ ...connection, tablePrefix: there.manifest.cluster!.tablePrefix })
  try {
    return { here: await rowsHere('here'), there: await cluster.rows(query), beside: await rowsHere('there') }
  } finally {
    cluster.close()
  }
}

const keysOf = (severity: string) => [
  {
    column: 'customer_id',
    foreign_key: { table: 'customer_versions', column: 'customer_id' },
    ...{ quarantine: true, severity: 'warning' },
  },
  { column: 'account_id', foreign_key: { table: 'accounts', column: 'account_id' }, severity },
]

/** Payments of which some name customers or accounts that are nowhere; who is known stands in two places. */
const referring = (severity: string, files: readonly string[]): Tables => {
  const paid = [
    {
      table: 'transactions',
      columns: { ...payment, account_id: { from: 'acct' } },
      expectations: keysOf(severity),
    },
  ]
  return {
    rows: {
      people: 'no,since\nA1,2024-01-05\nA2,2024-01-06',
      more: 'no,since\nA3,2024-01-07',
      accounts: 'acct,who,opened\nK1,A1,2024-01-08\nK2,A2,2024-01-08',
      payments: `id,who,acct,paid_at,amount
        p1,A1,K1,2024-05-01 10:00:00,10
        p2,a1,K2,2024-05-03 10:00:00,2
        p3,A2,K9,2024-05-03 10:00:00,4
        p4,Z9,K1,2024-05-04 10:00:00,7
        p5,A3,,2024-05-04 10:00:00,1`,
      cards: `id,who,acct,paid_at,amount
        c1,A2,K1,2024-05-01 10:00:00,20
        c2,A3,K8,2024-05-03 10:00:00,8
        c3,Z8,K2,2024-05-03 10:00:00,80
        c4,Z8,K7,2024-05-03 10:00:00,80`,
    },
    tables: {
      people: people.tables,
      more: people.tables,
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
      payments: paid,
      cards: paid,
    },
    files,
  }
}

describe('Keys between rows on the cluster and rows on this machine', () => {
  it.each([
    ['customers are in both places and accounts here', ['more', 'accounts', 'cards']],
    ['accounts are there', ['people', 'more', 'cards']],
  ])(
    'are held as within files where %s',
    async (title, files) => {
      const name = title.replaceAll(/\W+/g, '_')
      const both = await runInBothPlaces(place, name, referring('warning', files))
      const { here, there } = both
      expect(await spendOf(there)).toEqual(await spendOf(here))
      expect(await spendOf(here)).toHaveLength(3)
      for (const source of ['people', 'more', 'accounts', 'payments', 'cards'])
        expect(countsOf(there, source)).toEqual(countsOf(here, source))
      expect(countsOf(there, 'payments')).toMatchObject({ read: 5, quarantined: 1 })
      expect(countsOf(there, 'cards')).toMatchObject({ read: 4, quarantined: 2 })
      const columns = ['transaction_id', 'customer_id', 'account_id', 'amount', 'source']
      const rows = await rowsOf(name, both, 'transactions', columns)
      expect(rows.there).toEqual(rows.here)
      const ofCards = (found: readonly Row[]) => found.filter(({ source }) => source === 'cards')
      expect(ofCards(rows.beside)).toEqual(ofCards(rows.here))
      const [checked, expected] = [await keysChecked(there), await keysChecked(here)]
      expect(checked.map(({ check_key, failed }) => [check_key, failed])).toEqual(
        expected.map(({ check_key, failed }) => [check_key, failed]),
      )
      expect(checked.map(({ failed }) => failed)).toEqual([1, 2, 1, 1])
    },
    3_600_000,
  )

  it('stop the run where an expectation of them is an error', async () => {
    const tables = referring('error', ['more', 'accounts'])
    await expect(runInBothPlaces(place, 'strict', tables)).rejects.toMatchObject({
      code: 'refused',
    })
    const catalogue = await loadWorkspace(join(place.room, 'strict', 'there'))
    expect((await planRun(catalogue)).rows).toHaveLength(5)
    await expect(runPipeline(catalogue)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/Quality gate: (cards|payments) transactions: .*account_id/),
    })
  }, 3_600_000)
})

const crm = (precedence: number) => [
  {
    ...{ table: 'customer_versions', precedence },
    columns: {
      customer_id: { from: 'no' },
      onboarded_at: { from: 'since' },
      birth_date: { from: 'born' },
      known_at: { from: 'seen' },
    },
  },
]

describe('Keys that several sources give, some of them on the cluster', () => {
  it('stand as within files', async () => {
    const name = 'contested'
    const both = await runInBothPlaces(place, name, {
      rows: {
        core: `no,since,born,seen
          1,2024-01-05,,2024-01-06 00:00:00
          2,2024-01-06,1990-01-01,2024-01-07 00:00:00
          3,2024-01-06,1991-01-01,2024-01-07 00:00:00
          5,2024-01-06,1995-01-01,2024-01-07 00:00:00`,
        crm: `no,since,born,seen
          1,2024-01-05,1980-03-04,2024-03-06 00:00:00
          2,2024-02-06,1990-01-01,2024-03-07 00:00:00
          3,2024-01-06,1991-01-01,2024-01-07 00:00:00
          4,2024-01-09,,2024-01-07 00:00:00`,
        payments: `id,who,paid_at,amount,code
          p1,1,2024-05-01 10:00:00,10,USD
          p2,1,2024-05-03 10:00:00,2,
          p3,2,2024-05-03 10:00:00,4,CNY
          p4,3,2024-05-03 10:00:00,4,CNY`,
        cards: `id,who,paid_at,amount,code
          p1,1,2024-05-01 10:00:00,10,USD
          p2,1,2024-05-03 10:00:00,2,USD
          p3,2,2024-05-03 10:00:00,5,CNY
          p9,4,2024-05-03 10:00:00,9,CNY`,
        rates: 'day,code,rate\n2024-05-01,USD,7.1\n2024-05-03,USD,7.25',
      },
      tables: {
        core: crm(2),
        crm: crm(1),
        rates: [
          {
            table: 'fx_rates',
            columns: { on_date: { from: 'day' }, currency: { from: 'code' }, rate: { from: 'rate' } },
          },
        ],
        payments: [{ table: 'transactions', columns: { ...payment, currency: { from: 'code' } } }],
        cards: [{ table: 'transactions', columns: { ...payment, currency: { from: 'code' } } }],
      },
      files: ['crm', 'cards'],
    })
    const { here, there } = both
    for (const source of ['core', 'crm', 'payments', 'cards'])
      expect(countsOf(there, source)).toEqual(countsOf(here, source))
    expect(await spendOf(there)).toEqual(await spendOf(here))
    const customers = await rowsOf(name, both, 'customer_versions', [
      ...['customer_id', 'onboarded_at', 'birth_date', 'known_at', 'source'],
    ])
    expect(customers.there).toEqual(customers.here)
    expect(customers.beside).toEqual(customers.here)
    expect(
      customers.here.map((row) => `${row['customer_id']} ${row['birth_date']} ${row['source']}`),
    ).toEqual([
      '1 1980-03-04 core',
      '2 1990-01-01 core',
      '3 1991-01-01 core',
      '4 null crm',
      '5 1995-01-01 core',
    ])
    const paid = await rowsOf(name, both, 'transactions', [
      ...['transaction_id', 'customer_id', 'amount', 'currency', 'amount_base', 'source'],
    ])
    expect(paid.there).toEqual(paid.here)
    expect(paid.here).toHaveLength(5)
    const listed = async (side: string, ...flags: readonly string[]) => {
      const said = await command([
        '-C',
        join(place.room, name, side),
        'quarantine',
        'list',
        '--json',
        ...flags,
      ])
      expect(said.code).toBe(0)
      return JSON.parse(said.stdout) as QuarantineList
    }
    const [aside, asideThere] = [await listed('here'), await listed('there')]
    expect(asideThere.byReason).toEqual(aside.byReason)
    expect(aside.total).toBe(1)
    const [row, rowThere] = [aside.rows[0]!, asideThere.rows[0]!]
    const { source, file, line, original } = row
    expect([source, file]).toEqual(['cards', 'cards.csv'])
    expect(rowThere).toMatchObject({ source, file, line, original, key: 'p3' })
    expect(rowThere.detail.en).toBe(
      'Another row with the same key says otherwise and was kept. Different: amount.',
    )
    expect(row.detail.zh).toContain('不同的列：amount。')
    expect((await listed('there', '--source', 'payments')).total).toBe(0)
  }, 3_600_000)
})
