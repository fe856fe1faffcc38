import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openRun } from '../../src/engine/published.ts'
import { openTrino } from '../../src/engine/trino.ts'
import { TrancheError } from '../../src/errors.ts'
import { listQuarantine } from '../../src/intake/quarantine/list-quarantine.ts'
import { planRun } from '../../src/pipeline/plan.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { runPipeline } from '../../src/pipeline/run.ts'
import { validateWorkspace } from '../../src/pipeline/validate.ts'
import { ident, sql, tableNamed, unsafeRaw } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { useBank } from './use-bank.ts'

const place = useBank('small')
const { schema, connection } = place
const there = (table: string) => `${connection.catalog}.${schema}.${table}`

const payments = (table: string, more: object = {}, copy = false) => ({
  key: 'payments',
  cluster: { table, ...(copy ? { copy } : {}) },
  tables: [
    {
      table: 'transactions',
      columns: {
        transaction_id: { from: 'id' },
        customer_id: { from: 'payer' },
        occurred_at: { from: 'paid_at' },
        amount: { from: 'amount' },
        kind: { from: 'what', codes: { P: 'purchase', R: 'refund' } },
        ...more,
      },
    },
  ],
})
const people = (table: string) => ({
  key: 'people',
  cluster: { table },
  tables: [
    { table: 'customer_versions', columns: { customer_id: { from: 'no' }, onboarded_at: { from: 'since' } } },
  ],
})

beforeAll(async () => {
  await table(
    'people',
    "select * from (values (bigint '1', date '2024-01-05'), (2, date '2024-03-01')) as t (no, since)",
  )
  await table(
    'paid',
    `select * from (values
    ('a', bigint '1', timestamp '2024-05-01 10:00:00.000000', '12.50', 'P'), ('b', 2, timestamp '2024-05-02 09:00:00.000000', '1,000', 'P'),
    ('c', 2, timestamp '2024-05-03 09:00:00.000000', 'EUR 7', 'P'), ('d', 3, timestamp '2024-05-04 09:00:00.000000', '3', 'X'),
    ('e', null, timestamp '2024-05-04 10:00:00.000000', '4', 'R'), ('f', 3, timestamp '2024-05-04 11:00:00.000000', '5', 'R')
  ) as t (id, payer, paid_at, amount, what)`,
  )
  await table(
    'repeated',
    `select * from ${schema}.paid union all select * from ${schema}.paid where id in ('a', 'b')`,
  )
}, 300_000)

const table = (name: string, query: string) =>
  place.bank.run(sql`create table ${ident(name)} as ${unsafeRaw(query)}`)

/** A workspace over the tables, with a schema of its own that is gone with the bank's. */
async function workspace(sources: readonly { readonly key: string }[], settings = ''): Promise<string> {
  const dir = await mkdtemp(join(place.room, 'w-'))
  await mkdir(join(dir, 'sources'))
  await mkdir(join(dir, 'features'))
  await writeFile(
    join(dir, 'tranche.yaml'),
    `name: {en: Small, zh: 小}
timeZone: Asia/Shanghai
currency: CNY
warehouse:
  engine: trino
  url: ${connection.url}
  catalog: ${connection.catalog}
  schema: ${schema}
  user: analyst
  shared: {folder: ${connection.shared!.folder}, location: '${connection.shared!.location}'}
${settings}`,
  )
  for (const source of sources)
    await writeFile(join(dir, 'sources', `${source.key}.yaml`), JSON.stringify(source))
  await writeFile(
    join(dir, 'features', 'spend.yaml'),
    '- {key: spend, label: {en: Spend, zh: 消费}, from: transactions, measure: {sum: amount}, unit: money}\n',
  )
  return dir
}

async function refusalOf(sources: readonly { readonly key: string }[]): Promise<TrancheError> {
  const dir = await workspace(sources)
  const error = await loadWorkspace(dir)
    .then((catalogue) => planRun(catalogue))
    .then(
      () => null,
      (reason: unknown) => reason,
    )
  expect(error).toBeInstanceOf(TrancheError)
  return error as TrancheError
}

describe('A table of the cluster is refused with what to do', () => {
  it.each([
    ['the table', there('nothing')],
    ['the schema', `${connection.catalog}.no_such_schema.paid`],
    ['the catalog', 'no_such_catalog.public.paid'],
  ])('where %s is not there', async (_, name) => {
    const error = await refusalOf([payments(name)])
    expect(error).toMatchObject({ code: 'invalid_source' })
    expect(error.text.en).toContain(`no table ${name}`)
    expect(error.text.zh).toContain(name)
    expect(error.place!.file).toBe('sources/payments.yaml')
  })

  it('where statistics alone say that a first run would read more than its budget, before a row is counted', async () => {
    const name = `many_${schema}`
    await table(name, "select orderkey as no, date '2024-01-05' as since from tpch.tiny.orders")
    const told: string[] = []
    const tell = (said: readonly { readonly en: string }[]) => told.push(...said.map(({ en }) => en))
    const planOf = async (rows: number) => {
      const dir = await workspace([people(there(name))], `  budget: {rows: ${rows}}\n`)
      return await planRun(await loadWorkspace(dir), { tell })
    }
    const counts = async () => {
      const asked = await place.bank.rows<{ query: string }>(sql`select query from system.runtime.queries`)
      return asked.filter(({ query }) => query.includes(name) && /\bcount/.test(query))
    }
    // Of 15,000 rows, 25 are read for each.
    await expect(planOf(374_999)).rejects.toMatchObject({
      code: 'refused',
      text: { en: expect.stringContaining('rows 375,000 / 374,999') },
    })
    expect(await counts()).toEqual([])
    const known = [
      "people: 15,000 rows by the cluster's statistics, not counted",
      expect.stringContaining('by estimate'),
    ]
    expect(told).toEqual(known)
    const { cost, lines } = await planOf(375_000)
    expect(told).toEqual(known)
    expect(await counts()).not.toEqual([])
    expect(cost).toEqual({ by: null, steps: [], rows: 15_000 })
    expect(lines.filter(({ en }) => en.includes('by estimate'))).toEqual([
      expect.objectContaining({ en: expect.stringContaining('some 375,000') }),
    ])
  })

  it('where a column is not there, or was dropped', async () => {
    await table('narrow', `select id, payer, paid_at, what, amount from ${schema}.paid where id = 'a'`)
    expect(
      (await planRun(await loadWorkspace(await workspace([payments(there('narrow'))])))).rows,
    ).toHaveLength(1)
    await place.bank.run(sql`alter table ${ident('narrow')} drop column amount`)
    // The snapshot is as old as before, and has the column, until the next one.
    await place.bank.run(sql`delete from ${ident('narrow')} where id = 'a'`)
    const error = await refusalOf([payments(there('narrow'))])
    expect(error).toMatchObject({ code: 'invalid_source' })
    expect(error.text.en).toContain(
      `${there('narrow')} has no column "amount". Its columns: id, payer, paid_at, what.`,
    )
  })

  it('where rows of one key contradict each other and none is the later, or have no number of their own', async () => {
    await table(
      'contradicting',
      `select * from ${schema}.paid union all select id, payer, paid_at, '99', what from ${schema}.paid where id in ('a', 'b')`,
    )
    const contradicting = await refusalOf([payments(there('contradicting'))])
    expect(contradicting).toMatchObject({ code: 'refused' })
    expect(contradicting.text.en).toContain('2 keys of transactions')
    const source = payments(there('paid'))
    const { transaction_id: _, ...columns } = source.tables[0]!.columns
    const unnumbered = await refusalOf([{ ...source, tables: [{ ...source.tables[0]!, columns }] } as never])
    expect(unnumbered).toMatchObject({ code: 'invalid_definition' })
    expect(unnumbered.hint!.en).toContain('cluster.copy: true')
  })

  it('where what is asked of it needs rows on this machine, each at its place', async () => {
    const source = {
      ...payments(there('paid'), {
        channel: { lookup: { source: 'branches', key: 'no', match: 'payer', take: 'since' } },
      }),
      identifiers: { amount: { kind: 'phone', use: 'match' } },
    }
    source.tables[0]!.columns.occurred_at = { from: 'paid_at', format: 'excel' } as never
    const branches = { key: 'branches', files: 'branches.csv', tables: [] }
    const { problems } = await validateWorkspace(await workspace([source, people(there('people')), branches]))
    const said = problems.filter(({ severity }) => severity === 'error').map(({ text }) => text.en)
    for (const word of ['use: match', 'branches is taken in on this machine', '"excel"'])
      expect(said.filter((text) => text.includes(word)).length).toBeGreaterThan(0)
    const embedded = await workspace([people(there('people'))])
    await writeFile(
      join(embedded, 'tranche.yaml'),
      'name: {en: Small, zh: 小}\ntimeZone: Asia/Shanghai\ncurrency: CNY\n',
    )
    expect((await validateWorkspace(embedded)).problems.map(({ text }) => text.en).join()).toContain(
      'names no cluster',
    )
  })
})

describe('Rows of a table of the cluster', () => {
  it('that are no values are stepped over and counted, with what they look like and no letter of theirs', async () => {
    const dir = await workspace([payments(there('paid')), people(there('people'))])
    const catalogue = await loadWorkspace(dir)
    const { manifest, folder } = await runPipeline(catalogue)
    expect(manifest.rows.find(({ source }) => source === 'payments')).toMatchObject({
      ...{ read: 6, kept: 3, quarantined: 3, filtered: 0, duplicates: 0 },
    })
    const run = await openRun(folder)
    try {
      const spend = await run.rows(sql`select customer_id, spend from features order by customer_id`)
      expect(spend).toEqual([
        { customer_id: '1', spend: '12.5000' },
        { customer_id: '2', spend: '1000.0000' },
        { customer_id: '3', spend: '5.0000' },
      ])
      const quality = await run.rows<{ column: string; failed: number; message: string }>(
        sql`select column_name as "column", failed, message_en as message from quality where kind = 'stepped_over' order by 1`,
      )
      expect(quality.map(({ column, failed }) => [column, failed])).toEqual([
        ['amount', 1],
        ['customer_id', 1],
        ['kind', 1],
      ])
      expect(quality[0]!.message).toContain('"aaa 9"')
      expect(quality.map(({ message }) => message).join()).not.toMatch(/EUR|7/)
    } finally {
      run.close()
    }
    const { warehouse, state } = await openPublishedRun(catalogue, 'record')
    const { total, steppedOver } = await listQuarantine({ warehouse, folder: join(dir, '.tranche'), state })
    warehouse.close()
    expect([total, steppedOver.map(({ source, rows }) => [source, rows])]).toEqual([0, [['payments', 3]]])
  }, 900_000)

  it('are read like a file where the table is copied: its repeated rows are duplicates, and more texts are numbers', async () => {
    const plan = await planRun(await loadWorkspace(await workspace([payments(there('repeated'), {}, true)])))
    expect(plan.rows.find(({ source }) => source === 'payments')).toMatchObject({
      read: 8,
      kept: 4,
      duplicates: 2,
    })
    expect(plan.samples[0]!.rows.map((row) => row['transaction_id']).sort()).toEqual(['a', 'b', 'c', 'f'])
  })

  it('that change in the middle of a run fail it where the table keeps no snapshots, and publish nothing', async () => {
    const name = `paid_${schema}`
    await place.bank.run(
      sql`create table ${ident('state', 'public', name)} as select * from ${ident('paid')}`,
    )
    try {
      const catalogue = await loadWorkspace(
        await workspace(
          [payments(`state.public.${name}`), people(there('people'))],
          '  bring: {customers: 0}\n',
        ),
      )
      let changing: Promise<void> | undefined
      const run = runPipeline(catalogue, {
        progress: ({ step, status }) => {
          if (step === 'standard' && status === 'started')
            changing = place.bank.run(sql`delete from ${ident('state', 'public', name)} where id = 'a'`)
        },
      })
      await expect(run).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('has changed while'),
      })
      await changing
      await expect(openPublishedRun(catalogue, 'record')).rejects.toMatchObject({ code: 'not_found' })
      const { manifest } = await runPipeline(catalogue)
      expect(manifest.rows.find(({ source }) => source === 'payments')).toMatchObject({ read: 5 })
      expect(manifest.cluster!.brought).toBe(false)
    } finally {
      await place.bank.run(sql`drop table ${ident('state', 'public', name)}`)
    }
  }, 900_000)

  it('stand beside those of files', async () => {
    const file = (rows: string) => ({
      rows,
      source: { key: 'more', files: 'more.csv', tables: people('').tables },
    })
    const build = async ({ rows, source }: ReturnType<typeof file>) => {
      const dir = await workspace([payments(there('paid')), people(there('people')), source])
      await writeFile(join(dir, 'more.csv'), rows)
      return await loadWorkspace(dir)
    }
    const { manifest, folder } = await runPipeline(
      await build(file('no,since\n7,2024-02-01\n3,2024-02-02\n')),
    )
    const cluster = openTrino({ ...connection, tablePrefix: manifest.cluster!.tablePrefix })
    const known = await cluster.rows(
      sql`select customer_id as id, source from ${tableNamed('standard', 'customer_versions')} order by 1`,
    )
    cluster.close()
    expect(known.map(({ id: customer, source }) => `${customer} ${source}`)).toEqual([
      '1 people',
      '2 people',
      '3 more',
      '7 more',
    ])
    const run = await openRun(folder)
    expect(await run.rows(sql`select customer_id from features order by 1`)).toHaveLength(4)
    run.close()
  }, 900_000)
})
