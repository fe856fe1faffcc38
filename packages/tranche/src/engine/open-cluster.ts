import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ClusterSettings } from '@tranche/contract'
import { TrancheError } from '../errors.ts'
import { openTrino, type TrinoOptions, type TrinoWarehouse } from './trino.ts'
import type { SharedFolder } from './trino-load.ts'

export interface OpenClusterOptions {
  readonly settings: ClusterSettings
  /** The workspace's folder, from which files are named. */
  readonly dir: string
  /** Credentials come from here alone. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the names of tables begin with. */
  readonly tablePrefix: string
  /** A part of the shared folder that is this user's own, to be removed as one. */
  readonly part: string
  /** What administrators see beside each query, with the workspace's own tags. */
  readonly tags: readonly string[]
  readonly guard?: TrinoOptions['guard']
}

/** Opens the schema that a workspace names. Nothing is asked of the cluster yet. @throws TrancheError invalid_input */
export async function openCluster(options: OpenClusterOptions): Promise<TrinoWarehouse> {
  const { settings, dir, env, tablePrefix, part, tags, guard } = options
  const { url, catalog, schema, user, clientTags, ca } = settings
  const shared = sharedPart(settings, dir, part)
  const [password, token] = [env['TRANCHE_TRINO_PASSWORD'], env['TRANCHE_TRINO_TOKEN']]
  const certificate = await fileNamed(env, 'TRANCHE_TRINO_CERTIFICATE')
  const key = await fileNamed(env, 'TRANCHE_TRINO_KEY')
  return openTrino({
    ...{ url, catalog, schema, user, tablePrefix, sessionProperties: sessionOf(settings) },
    clientTags: [...clientTags, ...tags],
    queueTimeoutMs: settings.queue.seconds * 1000,
    tls: {
      ...(ca === undefined ? {} : { ca: await readNamed(resolve(dir, ca), 'warehouse.ca') }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(key === undefined ? {} : { key }),
    },
    ...(shared === undefined ? {} : { shared }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
    ...(guard === undefined ? {} : { guard }),
  })
}

/** No query runs longer than all together may, unless the workspace says otherwise. */
function sessionOf({ session, budget }: ClusterSettings): Readonly<Record<string, string>> {
  const longest = budget?.seconds
  return longest === undefined ? session : { query_max_run_time: `${Math.ceil(longest)}s`, ...session }
}

/** A part of the folder that this machine and the cluster share; undefined where none is. */
export function sharedPart(
  { shared }: Pick<ClusterSettings, 'shared'>,
  dir: string,
  part: string,
): SharedFolder | undefined {
  if (shared === undefined) return undefined
  const { folder, location } = shared
  const start = location.indexOf('://') + '://'.length
  const path = location.slice(start).replace(/\/+$/, '')
  return { folder: resolve(dir, folder, part), location: `${location.slice(0, start)}${path}/${part}` }
}

async function fileNamed(env: OpenClusterOptions['env'], name: string): Promise<string | undefined> {
  const file = env[name]
  return file === undefined || file === '' ? undefined : await readNamed(file, name)
}

async function readNamed(file: string, by: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new TrancheError(
      'invalid_input',
      { en: `${by} names ${file}, which can't be read.`, zh: `${by} 指定的文件 ${file} 无法读取。` },
      { cause },
    )
  }
}
