import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { QuarantineList } from '../../src/intake/quarantine/list-quarantine.ts'
import { command } from '../robustness/in-process.ts'
import { type Both, countsOf, payment, runInBothPlaces } from './both-places.ts'
import { useBank } from './use-bank.ts'

const place = useBank('aside')
const { schema, connection } = place
let both: Both

const known = {
  column: 'customer_id',
  foreign_key: { table: 'customer_versions', column: 'customer_id' },
  ...{ quarantine: true, severity: 'warning' },
}

beforeAll(async () => {
  both = await runInBothPlaces(place, 'aside', {
    rows: {
      people: `no,name,card,since
        A1,Ann,110101199003070134,2024-01-05
        A2,Bob,110101199003079999,2024-99-01
        A3,Cid,,someday`,
      payments: `id,who,paid_at,amount,seen
        p1,A1,2024-05-01 10:00:00,10,2024-05-02 00:00:00
        p2,A1,2024-05-03 10:00:00,lots,2024-05-04 00:00:00
        p3,,2024-05-03 10:00:00,no,2024-05-04 00:00:00
        p4,A1,2024-05-03 10:00:00,4,2024-05-04 00:00:00
        p4,A1,2024-05-03 10:00:00,5,2024-05-06 00:00:00
        p5,Z9,2024-05-04 10:00:00,7,2024-05-05 00:00:00
        p6,A1,2024-05-04 10:00:00,-3,2024-05-05 00:00:00`,
      cards: `id,who,paid_at,amount
        c1,A1,2024-05-01 10:00:00,20
        c2,Z8,2024-05-03 10:00:00,8`,
    },
    tables: {
      people: [
        {
          table: 'customer_versions',
          columns: {
            customer_id: { from: 'no' },
            onboarded_at: { from: 'since' },
          },
        },
      ],
      payments: [
        {
          table: 'transactions',
          columns: { ...payment, known_at: { from: 'seen' } },
          expectations: [
            known,
            { column: 'amount', range: { min: 0 }, quarantine: true, severity: 'warning' },
          ],
        },
      ],
      cards: [{ table: 'transactions', columns: payment, expectations: [known] }],
    },
    more: {
      people: {
        identifiers: { name: { kind: 'name', use: 'drop' }, card: { kind: 'id_number', use: 'drop' } },
      },
    },
    files: ['cards'],
  })
}, 900_000)

async function list(side: 'here' | 'there', ...flags: readonly string[]): Promise<QuarantineList> {
  const dir = join(place.room, 'aside', side)
  const said = await command(['-C', dir, 'quarantine', 'list', '--json', ...flags])
  expect(said.stderr).not.toMatch(/Error/)
  expect(said.code).toBe(0)
  return JSON.parse(said.stdout) as QuarantineList
}

it('Rows set aside on the cluster are listed for the same reasons as those of files', async () => {
  const [here, there] = [await list('here'), await list('there')]
  const grouped = ({ byReason }: QuarantineList) =>
    byReason.map(({ source, column, reason, rows }) => `${source} ${column} ${reason} ${rows}`).toSorted()
  expect(grouped(there)).toEqual(grouped(here))
  expect(there.total).toBe(here.total)
  for (const source of ['people', 'payments', 'cards']) {
    const rows = there.rows.filter((row) => row.source === source)
    expect([source, rows.length]).toEqual([source, countsOf(both.there, source)!.quarantined])
  }
})

it('They are told by their table and key, and only so many as are asked for', async () => {
  const { rows } = await list('there')
  const told = rows.map(({ file, line, key, column, reason, original }) => [
    ...[file.replace(/^cluster:.*\./, ''), line, key, column, reason, original],
  ])
  expect(told).toEqual([
    ['cards.csv', 3, null, 'customer_id', 'foreign_key', 'Z8'],
    ['aside_payments', null, 'p2', 'amount', 'not_a_number', 'lots'],
    ['aside_payments', null, 'p3', 'customer_id', 'missing', null],
    ['aside_payments', null, 'p4', 'transaction_id', 'contradiction', 'amount=4.0000'],
    ['aside_payments', null, 'p5', 'customer_id', 'foreign_key', 'Z9'],
    ['aside_payments', null, 'p6', 'amount', 'expectation', '-3.0000'],
    ['aside_people', null, 'A2', 'onboarded_at', 'not_a_time', '2024-99-01'],
    ['aside_people', null, 'A3', 'onboarded_at', 'not_a_time', 'someday'],
  ])
  expect(rows.find(({ key }) => key === 'p3')!.detail.en).toBe(
    'A value is required here and none stands. Also: amount.',
  )
  const one = await list('there', '--source', 'people', '--limit', '1')
  expect([one.total, one.rows.length]).toEqual([2, 1])
})

it('Those that can’t be read are written with the columns of their table, but for what names a person', async () => {
  const out = join(place.room, 'people.csv')
  const dir = join(place.room, 'aside', 'there')
  const said = await command(['-C', dir, 'quarantine', 'export', 'people', '--out', out])
  expect(said.code).toBe(0)
  expect(said.stderr + said.stdout).toContain(
    `put right what stands in ${connection.catalog}.${schema}.aside_people`,
  )
  expect(await readFile(out, 'utf8')).toBe('no,name,card,since\nA2,,,2024-99-01\nA3,,,someday\n')
})
