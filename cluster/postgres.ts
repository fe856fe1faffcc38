import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deployed, place } from './place.ts'
import type { Software } from './software.ts'

/** PostgreSQL refuses to run as root: it gets a user of its own there. */
const owner = process.getuid?.() === 0 ? ownerOf('postgres') : null

export function startPostgres({ postgresBin }: Software, port: number): void {
  mkdirSync(place.postgres, { recursive: true })
  if (owner !== null) chownSync(place.postgres, owner.uid, owner.gid)
  const data = join(place.postgres, 'data')
  must(join(postgresBin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8'])
  must(join(postgresBin, 'pg_ctl'), [
    ...['-D', data, '-w', '-l', join(place.postgres, 'log')],
    ...['-o', `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`],
    'start',
  ])
  const psql = (database: string, file: string) =>
    must(
      join(postgresBin, 'psql'),
      [
        ...['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', database],
        ...['-v', 'ON_ERROR_STOP=1', '-q'],
      ],
      readFileSync(deployed('postgres', file), 'utf8'),
    )
  psql('postgres', 'databases.sql')
  psql('lake', 'iceberg-catalogue.sql')
}

export function stopPostgres({ postgresBin }: Software): void {
  run(join(postgresBin, 'pg_ctl'), ['-D', join(place.postgres, 'data'), '-m', 'fast', '-w', 'stop'])
}

/** Takes all its connections away, and is there again with what was committed. */
export function restartPostgres({ postgresBin }: Software): void {
  must(join(postgresBin, 'pg_ctl'), ['-D', join(place.postgres, 'data'), '-m', 'fast', '-w', 'restart'])
}

function ownerOf(user: string): { uid: number; gid: number } | null {
  const id = (flag: string) => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout)
  const [uid, gid] = [id('-u'), id('-g')]
  return uid > 0 ? { uid, gid } : null
}

function run(command: string, args: readonly string[], input?: string) {
  // The server outlives this process: it must not hold its pipes.
  return spawnSync(command, args, {
    ...owner,
    ...(input === undefined ? {} : { input }),
    cwd: '/',
    stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
}

function must(command: string, args: readonly string[], input?: string): void {
  const { status, stderr, error } = run(command, args, input)
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`)
}
