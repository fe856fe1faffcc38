import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { place } from './place.ts'
import type { Software } from './software.ts'

/** PostgreSQL refuses to run as root: it gets a user of its own there. */
const owner = process.getuid?.() === 0 ? ownerOf('postgres') : null

/** Iceberg's catalog over JDBC expects these, and does not make them itself. */
const catalogTables = `
create table iceberg_tables (catalog_name varchar(255), table_namespace varchar(255), table_name varchar(255),
  metadata_location varchar(1000), previous_metadata_location varchar(1000), iceberg_type varchar(5),
  primary key (catalog_name, table_namespace, table_name));
create table iceberg_namespace_properties (catalog_name varchar(255), namespace varchar(255),
  property_key varchar(255), property_value varchar(1000), primary key (catalog_name, namespace, property_key));`

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
  const psql = (database: string, text: string) =>
    must(join(postgresBin, 'psql'), [
      ...['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', database],
      ...['-v', 'ON_ERROR_STOP=1', '-q', '-c', text],
    ])
  psql('postgres', 'create database lake')
  psql('postgres', 'create database state')
  psql('lake', catalogTables)
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

function run(command: string, args: readonly string[]) {
  // The server outlives this process: it must not hold its pipes.
  return spawnSync(command, args, {
    ...owner,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
}

function must(command: string, args: readonly string[]): void {
  const { status, stderr, error } = run(command, args)
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`)
}
