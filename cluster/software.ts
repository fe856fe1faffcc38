import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { place } from './place.ts'

const trinoVersion = '476'
const oldestJava = 24
/** What the tests use; the whole server has another gigabyte of connectors. */
const plugins = new Set([
  'delta-lake',
  'exchange-filesystem',
  'geospatial',
  'hive',
  'iceberg',
  'memory',
  'password-authenticators',
  'postgresql',
  'spooling-filesystem',
  'tpch',
])

/** Said to the person, who has to do something; never a fault of the program. */
export class Missing extends Error {}

export interface Software {
  readonly java: string
  readonly trino: string
  readonly postgresBin: string
}

/** Everything that a cluster runs on, fetched if it must be. Throws Missing with all that is not there. */
export function findSoftware(say: (line: string) => void): Software {
  const java = findJava()
  const postgresBin = findPostgres()
  const fetched = join(place.software, `trino-server-${trinoVersion}`)
  const isFetched = [...plugins].every((name) => existsSync(join(fetched, 'plugin', name)))
  const missing = [
    java ?? `a JDK of version ${oldestJava} or later: set JAVA_HOME, or put one under /usr/lib/jvm`,
    postgresBin ?? 'PostgreSQL: apt-get install postgresql',
    onPath('openssl') !== null ? '' : 'OpenSSL, for certificates: apt-get install openssl',
    isFetched || onPath('mvn') !== null ? '' : 'Maven, to fetch Trino: apt-get install maven',
  ].filter((text) => text !== '' && text !== java && text !== postgresBin)
  if (java === null || postgresBin === null || missing.length > 0)
    throw new Missing(`The cluster needs what is not on this machine:\n  ${missing.join('\n  ')}`)
  if (!isFetched) fetchTrino(fetched, say)
  return { java, trino: fetched, postgresBin }
}

function findJava(): string | null {
  const system = '/usr/lib/jvm'
  const homes = [
    ...(process.env['JAVA_HOME'] ? [process.env['JAVA_HOME']] : []),
    ...(existsSync(system) ? readdirSync(system).map((name) => join(system, name)) : []),
  ]
  return homes.find((home) => versionOf(home) >= oldestJava) ?? null
}

function versionOf(home: string): number {
  const { stderr } = spawnSync(join(home, 'bin', 'java'), ['-version'], { encoding: 'utf8' })
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0)
}

function findPostgres(): string | null {
  const debian = '/usr/lib/postgresql'
  const newest = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const places = [...newest.map((version) => join(debian, version, 'bin')), onPath('pg_ctl') ?? '']
  return places.find((bin) => bin !== '' && existsSync(join(bin, 'pg_ctl'))) ?? null
}

function onPath(command: string): string | null {
  return (process.env['PATH'] ?? '').split(delimiter).find((dir) => existsSync(join(dir, command))) ?? null
}

/** Jars are hard links of one another across plugins, so the archive is unpacked whole before most of it goes. */
function fetchTrino(target: string, say: (line: string) => void): void {
  mkdirSync(place.software, { recursive: true })
  say(`fetching Trino ${trinoVersion} from Maven Central (821 MB)`)
  must('mvn', [
    '-B',
    '-q',
    'dependency:copy',
    `-Dartifact=io.trino:trino-server:${trinoVersion}:tar.gz`,
    `-DoutputDirectory=${place.software}`,
  ])
  const archive = `${target}.tar.gz`
  const partial = `${target}.partial`
  say('unpacking it')
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial)
  must('tar', ['-xzf', archive, '-C', partial, '--strip-components=1'])
  for (const plugin of readdirSync(join(partial, 'plugin')))
    if (!plugins.has(plugin)) rmSync(join(partial, 'plugin', plugin), { recursive: true })
  rmSync(target, { recursive: true, force: true })
  renameSync(partial, target)
  rmSync(archive)
}

function must(command: string, args: readonly string[]): void {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0)
    throw new Missing(`${command} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`.trim()}`)
}
