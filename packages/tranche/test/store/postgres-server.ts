import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A server of the test's own, in a folder of its own: on a socket without password, on loopback with one and TLS. */
export interface PostgresServer {
  /** Folder of the socket. */
  readonly socket: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** The certificate that the server shows on loopback, signed by itself, for the name localhost. */
  readonly certificate: string
  /** A program of PostgreSQL; gives what it wrote. */
  client(program: string, args: readonly string[]): string
  restart(): Promise<void>
  stop(): void
}

/** Starts a server, or gives null (and says so) where PostgreSQL is not installed. */
export async function startPostgres(): Promise<PostgresServer | null> {
  const bin = programs()
  if (bin === null || lacks('openssl', 'version') || (isRoot() && lacks('id', 'postgres'))) {
    console.log(
      'PostgreSQL (with its user and openssl) is not installed: the state on a server is not tested.',
    )
    return null
  }
  const folder = mkdtempSync(join(tmpdir(), 'tranche-pg-'))
  const as = serverUser(folder)
  const run = (program: string, args: readonly string[]) =>
    execFileSync(join(bin, program), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...as })
  const data = join(folder, 'data')
  const password = randomBytes(12).toString('hex')
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password)
  const own = (path: string) => as.uid !== undefined && chownSync(path, as.uid, as.gid!)
  own(passwordFile)
  const port = await freePort()
  run('initdb', [
    ...['-D', data, '-U', 'keeper', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    ...['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${passwordFile}`],
  ])
  const certificate = join(folder, 'server.crt')
  const key = join(folder, 'server.key')
  spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
  ])
  for (const path of [key, certificate]) own(path)
  const settings = [
    `-k ${folder} -p ${port} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=40`,
    `-c ssl=on -c ssl_cert_file=${certificate} -c ssl_key_file=${key}`,
  ].join(' ')
  const control = (...args: readonly string[]) =>
    run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), ...args])
  control('start', '-o', settings)
  return {
    socket: folder,
    port,
    user: 'keeper',
    password,
    certificate,
    client: (program, args) => execFileSync(join(bin, program), args, { encoding: 'utf8' }),
    restart: async () => {
      await promisify(execFile)(
        join(bin, 'pg_ctl'),
        ['-D', data, '-w', '-l', join(folder, 'log'), 'restart', '-m', 'fast', '-o', settings],
        as,
      )
    },
    stop: () => {
      control('stop', '-m', 'immediate')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function programs(): string | null {
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
  ]
  return (
    folders.find((folder) =>
      ['initdb', 'pg_ctl', 'pg_dump'].every((name) => existsSync(join(folder, name))),
    ) ?? null
  )
}

const isRoot = () => process.getuid?.() === 0

const lacks = (program: string, ...args: readonly string[]) => spawnSync(program, args).status !== 0

/** The server refuses to run as root: there it runs as the user that its package made. */
function serverUser(folder: string): { readonly uid?: number; readonly gid?: number } {
  if (!isRoot()) return {}
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
  )
  chownSync(folder, uid!, gid!)
  return { uid: uid!, gid: gid! }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address !== null ? address.port : 0
}
