import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, pbkdf2Sync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { place } from './place.ts'

/** Made anew for each cluster, and gone with it. Everybody who may be told apart by them is called `analyst`. */
export const credentials = {
  /** What signed the server's certificate and the client's. */
  authority: join(place.credentials, 'authority.pem'),
  /** Certificate and key in one, as Trino takes them. */
  server: join(place.credentials, 'server.pem'),
  certificate: join(place.credentials, 'client.pem'),
  key: join(place.credentials, 'client.key'),
  password: join(place.credentials, 'password'),
  /** What Trino knows of passwords. */
  passwords: join(place.credentials, 'passwords.db'),
  /** Signs tokens; Trino has the public half. */
  tokenKey: join(place.credentials, 'token.key'),
  tokenPublicKey: join(place.credentials, 'token.pub'),
} as const

export const tokenAudience = 'tranche'

const lasting = ['-days', '30']
const newKey = (file: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', file]
const of = (name: string) => ['-subj', `/CN=${name}`]

export function makeCredentials(): void {
  mkdirSync(place.credentials, { recursive: true, mode: 0o700 })
  const authorityKey = join(place.credentials, 'authority.key')
  openssl(
    'req',
    '-x509',
    ...newKey(authorityKey),
    ...lasting,
    ...of('authority'),
    '-out',
    credentials.authority,
  )
  const signed = (name: string, key: string, certificate: string, extension: string) => {
    const request = join(place.credentials, `${name}.csr`)
    openssl('req', ...newKey(key), ...of(name), '-out', request)
    const extensions = join(place.credentials, `${name}.ext`)
    writeFileSync(extensions, extension)
    const authority = ['-CA', credentials.authority, '-CAkey', authorityKey, '-CAcreateserial']
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      ...authority,
      ...lasting,
      '-extfile',
      extensions,
      '-out',
      certificate,
    )
  }
  const serverKey = join(place.credentials, 'server.key')
  signed('localhost', serverKey, credentials.server, 'subjectAltName=DNS:localhost\n')
  writeFileSync(credentials.server, readFileSync(serverKey), { flag: 'a' })
  signed('analyst', credentials.key, credentials.certificate, 'extendedKeyUsage=clientAuth\n')

  const password = randomBytes(16).toString('hex')
  writeFileSync(credentials.password, password)
  writeFileSync(credentials.passwords, `analyst:${hashed(password)}\n`)

  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  writeFileSync(credentials.tokenKey, privateKey)
  writeFileSync(credentials.tokenPublicKey, publicKey)
}

/** As Trino's file of passwords has them: rounds, salt, PBKDF2 over SHA-1. */
function hashed(password: string): string {
  const rounds = 1000
  const salt = randomBytes(16)
  return `${rounds}:${salt.toString('hex')}:${pbkdf2Sync(password, salt, rounds, 64, 'sha1').toString('hex')}`
}

function openssl(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('openssl', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${args[0]} failed: ${error?.message ?? stderr}`)
}
