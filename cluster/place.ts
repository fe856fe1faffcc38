import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** Both outside the repository: what was fetched is kept between clones, what a cluster writes goes with it. */
const cache = process.env['TRANCHE_CACHE'] ?? join(homedir(), '.cache', 'tranche')
const root = join(tmpdir(), `tranche-cluster-${process.getuid?.() ?? 'user'}`)

export const place = {
  software: join(cache, 'software'),
  root,
  postgres: join(root, 'postgres'),
  /** The folder that both nodes, and whoever loads Parquet, see as one. */
  shared: join(root, 'shared'),
  /** Certificates, keys and a password that the coordinator knows its users by. */
  credentials: join(root, 'credentials'),
  /** What queries that may lose a worker keep between their stages. */
  exchange: join(root, 'exchange'),
  node: (name: NodeName) => join(root, name),
} as const

/** A file of those that containers are made from: this cluster starts from the same. */
export const deployed = (...path: readonly string[]) => join(import.meta.dirname, '..', 'deploy', ...path)

export const nodeNames = ['coordinator', 'worker'] as const
export type NodeName = (typeof nodeNames)[number]

/** A cluster that was started: everything that a client, or the one who stops it, needs to know. */
export interface Cluster {
  readonly trino: string
  /** The same, over TLS, for users who have to say who they are (`credentials.ts`). */
  readonly secure: string
  readonly postgres: string
  readonly shared: string
  readonly ports: {
    readonly coordinator: number
    readonly secure: number
    readonly worker: number
    readonly postgres: number
  }
}

const file = join(root, 'cluster.json')

export function readCluster(): Cluster | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Cluster
  } catch {
    return null
  }
}

export function writeCluster(cluster: Cluster): void {
  mkdirSync(root, { recursive: true })
  writeFileSync(file, `${JSON.stringify(cluster, null, 2)}\n`)
}

export function removeCluster(): void {
  rmSync(root, { recursive: true, force: true })
}
