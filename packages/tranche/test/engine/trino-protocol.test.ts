import { createServer, type ServerResponse } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { TrinoClient, type TrinoPage } from '../../src/engine/trino-protocol.ts'

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A server that answers as a coordinator does; what it was asked, request by request. */
async function coordinator(answer: (asked: number) => object, queueTimeoutMs = 60_000) {
  const asked: string[] = []
  const server = createServer((request, response: ServerResponse) => {
    asked.push(request.method!)
    const nextUri = `http://${request.headers.host}/v1/statement/executing/q1/s/${asked.length}`
    response.end(JSON.stringify({ id: 'q1', nextUri, ...answer(asked.length) }))
  })
  servers.push(server)
  const { port } = await new Promise<{ port: number }>((ready) =>
    server.listen(0, '127.0.0.1', () => ready(server.address() as { port: number })),
  )
  const client = new TrinoClient({
    ...{ url: `http://127.0.0.1:${port}`, catalog: 'lake', schema: 'tranche', user: 'analyst' },
    ...{ stallTimeoutMs: 0, queueTimeoutMs },
  })
  return { asked, client }
}

const stats = (state: string, completedSplits: number) => ({
  stats: { state, totalSplits: 18, completedSplits, processedRows: 0, processedBytes: 0 },
})

async function pagesOf(client: TrinoClient): Promise<readonly TrinoPage[]> {
  const pages: TrinoPage[] = []
  for await (const page of client.pages('select 1', new AbortController().signal)) pages.push(page)
  return pages
}

it('A query whose work is done and whose result never comes is given up, and cancelled', async () => {
  const { asked, client } = await coordinator(() => stats('RUNNING', 18))
  await expect(pagesOf(client)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('q1'),
  })
  expect(asked.at(-1)).toBe('DELETE')
  client.close()
})

it('A query that is still at work, or gives rows now and then, is waited for', async () => {
  const patient = await coordinator((asked) =>
    asked < 30 ? stats('RUNNING', 17) : { ...stats('FINISHED', 18), data: [[1]], nextUri: undefined },
  )
  expect((await pagesOf(patient.client)).flatMap(({ data }) => data)).toEqual([[1]])
  patient.client.close()
  const slow = await coordinator((asked) =>
    asked < 30
      ? { ...stats('RUNNING', 18), ...(asked % 2 === 0 ? { data: [[asked]] } : {}) }
      : { ...stats('FINISHED', 18), nextUri: undefined },
  )
  expect((await pagesOf(slow.client)).flatMap(({ data }) => data)).toHaveLength(14)
  slow.client.close()
})

it('A query that stands in the queue for longer than one may wait is given up, and cancelled', async () => {
  const { asked, client } = await coordinator(() => stats('QUEUED', 0), 0)
  await expect(pagesOf(client)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('q1 has stood in the queue'),
  })
  expect(asked.at(-1)).toBe('DELETE')
  client.close()
  const served = await coordinator(
    (count) =>
      count < 2 ? stats('QUEUED', 0) : { ...stats('FINISHED', 18), data: [[1]], nextUri: undefined },
    60_000,
  )
  expect((await pagesOf(served.client)).flatMap(({ data }) => data)).toEqual([[1]])
  served.client.close()
})
