/**
 * npm run cluster -- up | down | status
 * A real Trino of two nodes with PostgreSQL, on free loopback ports, for development and tests.
 */
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { makeCredentials } from './credentials.ts'
import { pidOf, startNodes, statusOf, stopNode, untilReady } from './nodes.ts'
import { type Cluster, nodeNames, place, readCluster, removeCluster, writeCluster } from './place.ts'
import { startPostgres, stopPostgres } from './postgres.ts'
import { writeSettings } from './settings.ts'
import { findSoftware, Missing } from './software.ts'

const say = (line: string) => console.error(line)
const verbs: Readonly<Record<string, () => Promise<void>>> = { up, down, status }
const verb = verbs[process.argv[2] ?? '']
if (verb === undefined) {
  say('npm run cluster -- up | down | status')
  process.exitCode = 2
} else
  try {
    await verb()
  } catch (error) {
    say(error instanceof Missing ? error.message : String(error))
    process.exitCode = 1
  }

async function up(): Promise<void> {
  const running = readCluster()
  if (running !== null && Object.values(await statusOf(running)).every((word) => word === 'running'))
    return print(running)
  const software = findSoftware(say)
  if (running !== null) await down()
  const begin = Date.now()
  const [coordinator, secure, worker, postgres] = await freePorts()
  const cluster: Cluster = {
    trino: `http://127.0.0.1:${coordinator}`,
    secure: `https://localhost:${secure}`,
    postgres: `postgres://postgres@127.0.0.1:${postgres}/state`,
    shared: place.shared,
    ports: { coordinator, secure, worker, postgres },
  }
  mkdirSync(place.shared, { recursive: true })
  writeCluster(cluster)
  say('starting PostgreSQL, a coordinator and a worker')
  startPostgres(software, postgres)
  makeCredentials()
  writeSettings(cluster)
  startNodes(software)
  await untilReady(cluster)
  say(`ready after ${Math.round((Date.now() - begin) / 1000)} s`)
  print(cluster)
}

async function down(): Promise<void> {
  if (readCluster() === null) return say('no cluster is running')
  const software = findSoftware(say)
  for (const name of nodeNames) stopNode(software, name)
  stopPostgres(software)
  removeCluster()
  say('stopped')
}

async function status(): Promise<void> {
  const cluster = readCluster()
  if (cluster === null) return say('no cluster is running')
  const words = await statusOf(cluster)
  for (const name of nodeNames) say(`${name}: ${words[name]}, pid ${pidOf(name) ?? 'none'}`)
  print(cluster)
}

/** What a shell or a test takes over: on stdout, one JSON document. */
function print(cluster: Cluster): void {
  console.log(JSON.stringify(cluster))
}

/** Four ports that are free now; they are held together, so that all differ. */
async function freePorts(): Promise<[number, number, number, number]> {
  const servers = await Promise.all(
    [0, 1, 2, 3].map(
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().once('error', reject)
          server.listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports as [number, number, number, number]
}
