import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { connect, createServer as createProxy, type Server } from 'node:net'
import { describe, expect, it } from 'vitest'
import { openTrino, type TrinoWarehouse } from '../../src/engine/trino.ts'
import { requireWithin } from '../../src/pipeline/cluster-budget.ts'
import { ident, type Sql, sql } from '../../src/sql/sql.ts'
import { clusterOptions } from '../conformance/engine.ts'

const options = clusterOptions('information_schema')
const long = sql`select sum(a.orderkey * b.orderkey) as x from tpch.sf1.lineitem a, tpch.sf1.lineitem b`

const listen = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )

/** What the server itself says of a query: nothing once it has forgotten one that ended early. */
async function stateOf(id: string): Promise<{ state: string; source: string } | null> {
  const warehouse = openTrino(options)
  try {
    const [found] = await warehouse.rows<{ state: string; source: string }>(
      sql`select state, source from system.runtime.queries where query_id = ${id}`,
    )
    return found ?? null
  } finally {
    warehouse.close()
  }
}

/** Asks again until the answer is there: a server takes a moment to end what it was told to end. */
async function eventually<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask()
    if (holds(answer) || attempt === 100) return answer
  }
}

/** The server's own account of a query that has ended. */
async function accountOf(id: string) {
  const answer = await fetch(new URL(`/v1/query/${id}`, options.url), {
    headers: { 'X-Trino-User': options.user },
  })
  return (await answer.json()) as {
    readonly finalQueryInfo: boolean
    readonly queryStats: {
      readonly totalCpuTime: string
      readonly processedInputPositions: number
      readonly physicalInputDataSize: string
    }
  }
}

/** Units in which a plan tells times. */
const secondsOf = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60 }

const sumOf = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** What a statement has cost by the account of its query, and by `explain analyze`: what fragments that scan have read, and all processors. */
async function explained(warehouse: TrinoWarehouse, statement: Sql) {
  const plan = await warehouse.rows<{ 'Query Plan': string }>(sql`explain analyze ${statement}`)
  const text = plan.map((line) => line['Query Plan']).join('\n')
  const fragments = text.split(/^Fragment /m).slice(1)
  const [bytes, rows] = [
    [...text.matchAll(/Physical input: ([\d.]+)kB/g)].map(([, size]) => 1_024 * Number(size)),
    fragments
      .filter((fragment) => fragment.includes('[table = '))
      .map((fragment) => Number(/^ {4}CPU: .*?Input: (\d+) rows/m.exec(fragment)![1])),
  ]
  const seconds = fragments.map((fragment) => {
    const [, size, unit] = /^ {4}CPU: ([\d.]+)(ns|us|ms|s|m),/m.exec(fragment)!
    return Number(size) * secondsOf[unit as keyof typeof secondsOf]
  })
  const cost = warehouse.queries.at(-1)!
  return { cost, rows: sumOf(rows), bytes: sumOf(bytes), cpuSeconds: sumOf(seconds) }
}

/** A schema of its own for as long as the work takes. */
async function inSchema(work: (warehouse: TrinoWarehouse) => Promise<void>): Promise<void> {
  const schema = `own_${randomUUID().replaceAll('-', '')}`
  const warehouse = openTrino({ ...options, schema })
  await warehouse.run(sql`create schema ${ident(options.catalog, schema)}`)
  try {
    await work(warehouse)
  } finally {
    await warehouse.run(sql`drop schema ${ident(options.catalog, schema)} cascade`)
    warehouse.close()
  }
}

interface Abandoned {
  readonly id: string
  readonly nextUri: string
  readonly stats: { readonly state: string }
}

describe('A query on the cluster', () => {
  it('is found by administrators under our name, and its cost by its id', async () => {
    const warehouse = openTrino(options)
    await warehouse.rows(sql`select count(*) as n from tpch.tiny.orders`)
    const [query] = warehouse.queries
    expect(query).toMatchObject({ rows: 15_000 })
    expect(await stateOf(query!.id)).toMatchObject({ source: 'tranche', state: 'FINISHED' })
    warehouse.close()
  })

  it('costs what explain analyze says of it: rows and bytes that it reads, and processors', () =>
    inSchema(async (warehouse) => {
      await warehouse.run(sql`create table lines as select orderkey, quantity from tpch.tiny.lineitem`)
      await warehouse.run(sql`create table orders as select orderkey, totalprice from tpch.tiny.orders`)
      const alone = await explained(
        warehouse,
        sql`select quantity, count(*) as n from lines where quantity > 10 group by 1`,
      )
      expect(alone.cost).toMatchObject({ rows: 60_175, bytes: expect.any(Number) })
      expect(alone.rows).toBe(60_175)
      expect(Math.abs(alone.cost.bytes / alone.bytes - 1)).toBeLessThan(0.001)
      // Rows that are sent to where others are scanned count with those.
      const joined = await explained(
        warehouse,
        sql`select sum(l.quantity) as quantity from lines as l join orders as o on o.orderkey = l.orderkey where o.totalprice > 30000`,
      )
      expect(joined.cost.rows).toBe(joined.rows)
      expect(joined.rows).toBeGreaterThan(60_175 + 15_000)
      for (const { cost, cpuSeconds } of [alone, joined]) {
        // The whole explains itself too.
        expect(cost.cpuSeconds).toBeGreaterThan(0.9 * cpuSeconds)
        expect(cost.cpuSeconds).toBeLessThan(2 * cpuSeconds)
      }
    }))

  it('that writes costs what the server says of it once it has ended', () =>
    inSchema(async (warehouse) => {
      const first = warehouse.queries.length
      for (const table of ['a', 'b', 'c', 'd', 'e', 'f'])
        await warehouse.run(
          sql`create table ${ident(table)} as select orderkey, sum(quantity) as quantity from tpch.tiny.lineitem group by 1`,
        )
      for (const table of ['g', 'h'])
        await warehouse.run(sql`create table ${ident(table)} as select * from a where quantity > 10`)
      await warehouse.settled()
      const costs = warehouse.queries.slice(first)
      expect(costs).toHaveLength(8)
      expect(costs.at(-1)!.bytes).toBeGreaterThan(0)
      for (const { id, rows, bytes, cpuSeconds } of costs) {
        const { finalQueryInfo, queryStats } = await accountOf(id)
        expect(finalQueryInfo).toBe(true)
        expect(rows).toBe(queryStats.processedInputPositions)
        expect(`${bytes}B`).toBe(queryStats.physicalInputDataSize)
        const [, size, unit] = /^([\d.]+)(ns|us|ms|s|m)$/.exec(queryStats.totalCpuTime)!
        // The server tells its seconds to a hundredth.
        expect(Math.abs(cpuSeconds - Number(size) * secondsOf[unit as keyof typeof secondsOf])).toBeLessThan(
          0.006,
        )
      }
    }))

  it('of a range reads the rows of that range alone, where a table is kept in ranges', () =>
    inSchema(async (warehouse) => {
      await warehouse.run(
        sql`create table lines ${warehouse.dialect.inRanges('c', 10_000)} as select cast(orderkey as integer) as c, quantity from tpch.tiny.lineitem`,
      )
      const { n } = await warehouse.row<{ n: number }>(
        sql`select count(*) as n from tpch.tiny.lineitem where orderkey >= 20000 and orderkey < 40000`,
      )
      expect(n).toBeGreaterThan(10_000)
      await warehouse.row(sql`select sum(quantity) as quantity from lines where c >= 20000 and c < 40000`)
      expect(warehouse.queries.at(-1)).toMatchObject({ rows: n })
      await warehouse.row(sql`select sum(quantity) as quantity from lines`)
      expect(warehouse.queries.at(-1)).toMatchObject({ rows: 60_175 })
    }))

  it('that is interrupted, or left in the middle of its rows, ends on the server too', async () => {
    const warehouse = openTrino(options)
    const running = warehouse.rows(long).catch((error: unknown) => error)
    await eventually(
      async () => warehouse.running !== null,
      (known) => known,
    )
    warehouse.interrupt()
    expect(await running).toMatchObject({ code: 'cancelled' })
    for await (const { rowCount } of warehouse.batches(sql`select orderkey from tpch.sf10.lineitem`))
      if (rowCount > 0) break
    expect(warehouse.queries).toHaveLength(2)
    for (const { id } of warehouse.queries) {
      const last = await eventually(
        () => stateOf(id),
        (found) => found === null || found.state === 'FAILED',
      )
      expect(last?.state ?? 'FAILED').toBe('FAILED')
    }
    warehouse.close()
  })

  it('that its program left behind is found by its tag and ended, and no other', async () => {
    const tag = `place=${randomUUID()}`
    const abandoned = async (tags: readonly string[]) => {
      const response = await fetch(new URL('/v1/statement', options.url), {
        method: 'POST',
        headers: {
          'X-Trino-User': options.user,
          'X-Trino-Source': 'tranche',
          'X-Trino-Catalog': options.catalog,
          'X-Trino-Schema': options.schema,
          'X-Trino-Client-Tags': tags.join(','),
        },
        body: 'select sum(a.orderkey * b.orderkey) from tpch.sf1.lineitem a, tpch.sf1.lineitem b',
      })
      let answer = (await response.json()) as Abandoned
      // The server begins once it was asked how the query goes.
      while (answer.stats.state === 'QUEUED')
        answer = (await (await fetch(answer.nextUri)).json()) as Abandoned
      return answer.id
    }
    const ours = await abandoned(['growth', tag])
    const theirs = await abandoned(['growth', `${tag}0`])
    const warehouse = openTrino(options)
    try {
      expect(await warehouse.endTagged(tag)).toEqual([ours])
      const last = await eventually(
        () => stateOf(ours),
        (found) => found === null || found.state === 'FAILED',
      )
      expect(last?.state ?? 'FAILED').toBe('FAILED')
      expect((await stateOf(theirs))!.state).not.toBe('FAILED')
      expect(await warehouse.endTagged(tag)).toEqual([])
      expect(await warehouse.endTagged(`${tag}0`)).toEqual([theirs])
    } finally {
      warehouse.close()
    }
  })

  it('is not sent once a guard says no', async () => {
    const warehouse = openTrino({ ...options, guard: (queries) => requireWithin(queries, { rows: 20_000 }) })
    const ask = () => warehouse.rows(sql`select count(*) as n from tpch.tiny.orders`)
    await ask()
    await ask()
    await expect(ask()).rejects.toMatchObject({ code: 'refused' })
    expect(warehouse.queries).toHaveLength(2)
    warehouse.close()
  })

  it('is asked again when the way to the server breaks between its pages', async () => {
    const target = new URL(options.url)
    let broken = 0
    const proxy = createProxy((socket) => {
      const far = connect(Number(target.port), target.hostname)
      socket.on('error', () => far.destroy())
      far.on('error', () => socket.destroy())
      socket.pipe(far)
      far.on('data', (data) => {
        // Every third answer is lost on its way, but never that to the first request.
        if (++broken % 3 === 0) {
          socket.destroy()
          far.destroy()
        } else socket.write(data)
      })
      far.on('end', () => socket.end())
    })
    const port = await listen(proxy)
    const warehouse = openTrino({ ...options, url: `http://127.0.0.1:${port}` })
    expect(await warehouse.rows(sql`select count(*) as n from tpch.tiny.lineitem`)).toEqual([{ n: 60_175 }])
    warehouse.close()
    proxy.close()
  })

  it('loses and repeats no row when the network is cut in the middle of pages', async () => {
    const target = new URL(options.url)
    // A page has about a megabyte, if the server has as much when it is asked.
    const mostOfPage = 2_000_000
    let [cuts, sent] = [0, 0]
    const proxy = createProxy((socket) => {
      const far = connect(Number(target.port), target.hostname)
      socket.on('error', () => far.destroy())
      far.on('error', () => socket.destroy())
      socket.pipe(far)
      far.on('data', (data) => {
        sent += data.length
        // Half of what arrives goes on, and then the line is dead: after 300 kB, and again after what holds any whole page.
        if (data.length > 4_000 && sent > 300_000) {
          cuts++
          sent = -mostOfPage
          socket.write(data.subarray(0, data.length / 2), () => socket.destroy())
          far.destroy()
        } else socket.write(data)
      })
      far.on('end', () => socket.end())
    })
    const port = await listen(proxy)
    const warehouse = openTrino({ ...options, url: `http://127.0.0.1:${port}` })
    const rows = await warehouse.rows<{ key: number; comment: string }>(
      sql`select orderkey * 10 + linenumber as key, comment || comment || comment as comment from tpch.tiny.lineitem`,
    )
    warehouse.close()
    proxy.close()
    expect(cuts).toBeGreaterThan(1)
    const direct = openTrino(options)
    const { n, length } = await direct.row<{ n: number; length: number }>(
      sql`select count(*) as n, 3 * sum(length(comment)) as "length" from tpch.tiny.lineitem`,
    )
    direct.close()
    expect(rows).toHaveLength(n)
    expect(new Set(rows.map(({ key }) => key)).size).toBe(n)
    expect(rows.reduce((sum, { comment }) => sum + comment.length, 0)).toBe(length)
  })

  it('waits for a server that is busy, and says when nobody is there', async () => {
    let refusals = 0
    const busy = createServer((_, response) => {
      response.statusCode = refusals++ < 3 ? 503 : 401
      response.end()
    })
    const port = await listen(busy)
    const warehouse = openTrino({ ...options, url: `http://127.0.0.1:${port}` })
    await expect(warehouse.rows(sql`select 1`)).rejects.toMatchObject({ code: 'unreachable' })
    expect(refusals).toBe(4)
    warehouse.close()
    busy.close()
  })

  it('is never sent with credentials over an open line', () => {
    expect(() => openTrino({ ...options, password: 'secret' })).toThrow('https')
  })
})
