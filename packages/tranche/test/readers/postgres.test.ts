import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { TrancheError } from '../../src/errors.ts'
import { stagePostgres } from '../../src/intake/readers/postgres.ts'
import { sql } from '../../src/sql/sql.ts'
import { withFolder } from './staging.ts'

const url = process.env['TRANCHE_TEST_POSTGRES']
if (url === undefined) console.log('TRANCHE_TEST_POSTGRES names no server: reading its tables is skipped.')

const stage = (table: string, env: Record<string, string | undefined>) =>
  withFolder(async (_, warehouse) => {
    const staged = await stagePostgres(
      { file: `postgres:${table}`, warehouse },
      { urlFrom: 'SHOP_URL', table },
      env,
    )
    const rows = await warehouse.rows(sql`select * from ${staged.relation} order by _line`)
    await staged.drop()
    return rows
  })

describe('a table of PostgreSQL', () => {
  it('is refused with the name of the variable that lacks its address', async () => {
    const error = (await stage('orders', {}).catch((caught: unknown) => caught)) as TrancheError
    expect(error).toBeInstanceOf(TrancheError)
    expect(error.text.en).toBe('The environment variable SHOP_URL is not set.')
  })

  it('is refused without its address when the server is not there', async () => {
    const address = 'postgres://ann:secret@127.0.0.1:1/shop'
    const error = (await stage('orders', { SHOP_URL: address }).catch(
      (caught: unknown) => caught,
    )) as TrancheError
    expect(error.text.en).toBe("The database can't be read (ECONNREFUSED).")
    expect(JSON.stringify([error.text, error.hint, error.context])).not.toContain('secret')
  })

  it.skipIf(url === undefined)('gives its rows as texts, in the order of its key', async () => {
    const client = new pg.Client({ connectionString: url! })
    await client.connect()
    try {
      await client.query(
        `create temp table if not exists none (); drop table if exists tranche_orders; create table tranche_orders (id int primary key, at timestamptz, amount numeric(12,2), note text, ok boolean)`,
      )
      await client.query(
        `insert into tranche_orders values (2, '2024-03-05 10:00+08', 12.50, '中文', true), (1, '2024-03-04 00:00Z', 0.1, null, false)`,
      )
      expect(await stage('public.tranche_orders', { SHOP_URL: url })).toEqual([
        { _line: 1, id: '1', at: '2024-03-04 00:00:00+00', amount: '0.10', note: null, ok: 'f' },
        { _line: 2, id: '2', at: '2024-03-05 02:00:00+00', amount: '12.50', note: '中文', ok: 't' },
      ])
      const error = (await stage('nothing"; drop table x', { SHOP_URL: url }).catch(
        (caught: unknown) => caught,
      )) as TrancheError
      expect(error.text.en).toContain('has no table')
    } finally {
      await client.query('drop table if exists tranche_orders')
      await client.end()
    }
  })
})
