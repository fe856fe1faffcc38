import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Cluster, type NodeName, nodeNames, place } from './place.ts'
import type { Software } from './software.ts'

const patienceMs = 600_000

export function startNodes(software: Software): void {
  for (const name of nodeNames) startNode(software, name)
}

export function startNode(software: Software, name: NodeName): void {
  const { status, stdout, stderr } = launcher(software, name, 'start')
  if (status !== 0) throw new Error(`Trino's ${name} did not start: ${stdout}${stderr}`)
}

/** Stops a node as an operator would, or as a failing machine does. */
export function stopNode(software: Software, name: NodeName): void {
  launcher(software, name, 'stop')
}

/** Both nodes answer, and the coordinator counts both as members; membership comes later than the answer. */
export async function untilReady(cluster: Cluster): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (!((await answers(cluster.ports.worker)) && (await members(cluster)) === nodeNames.length)) {
    if (Date.now() > deadline)
      throw new Error(`Trino was not ready within ${patienceMs / 1000} s. Its log: ${logOf('coordinator')}`)
    await pause(500)
  }
}

export async function statusOf(cluster: Cluster): Promise<Readonly<Record<NodeName, string>>> {
  const word = async (name: NodeName) => ((await answers(cluster.ports[name])) ? 'running' : 'not running')
  return { coordinator: await word('coordinator'), worker: await word('worker') }
}

export function pidOf(name: NodeName): number | null {
  const file = join(place.node(name), 'data', 'var', 'run', 'launcher.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : null
}

function logOf(name: NodeName): string {
  return join(place.node(name), 'data', 'var', 'log', 'server.log')
}

function launcher({ java, trino }: Software, name: NodeName, verb: 'start' | 'stop') {
  const etc = join(place.node(name), 'etc')
  return spawnSync(
    join(trino, 'bin', 'launcher'),
    [
      ...[verb, '--etc-dir', etc, '--data-dir', join(place.node(name), 'data')],
      ...['--config', join(etc, 'config.properties')],
    ],
    {
      encoding: 'utf8',
      env: { ...process.env, JAVA_HOME: java, PATH: `${join(java, 'bin')}:${process.env['PATH']}` },
    },
  )
}

async function answers(port: number): Promise<boolean> {
  try {
    const info = await fetch(`http://127.0.0.1:${port}/v1/info`)
    return ((await info.json()) as { starting: boolean }).starting === false
  } catch {
    return false
  }
}

async function members({ trino, ports }: Cluster): Promise<number> {
  if (!(await answers(ports.coordinator))) return 0
  try {
    let page = (await (
      await fetch(`${trino}/v1/statement`, {
        method: 'POST',
        headers: { 'X-Trino-User': 'cluster' },
        body: "select count(*) from system.runtime.nodes where state = 'active'",
      })
    ).json()) as { nextUri?: string; data?: [[number]] }
    let count = 0
    for (;;) {
      count = page.data?.[0][0] ?? count
      if (page.nextUri === undefined) return count
      page = (await (await fetch(page.nextUri)).json()) as typeof page
    }
  } catch {
    return 0
  }
}
