import { createSign } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterSettings } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentials, tokenAudience } from '../../../../cluster/credentials.ts'
import { readCluster } from '../../../../cluster/place.ts'
import { openCluster } from '../../src/engine/open-cluster.ts'
import { sql } from '../../src/sql/sql.ts'

type Env = Readonly<Record<string, string>>

const { secure } = readCluster()!
const settings: ClusterSettings = {
  ...{ engine: 'trino', url: secure, catalog: 'lake', schema: 'information_schema', user: 'analyst' },
  ...{
    ca: credentials.authority,
    session: {},
    queue: { seconds: 600 },
    views: false,
    bring: { customers: 0 },
    clientTags: [],
  },
}
let room: string
let password: string
let tokenKey: string

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-signing-in-test-'))
  password = await readFile(credentials.password, 'utf8')
  tokenKey = await readFile(credentials.tokenKey, 'utf8')
})

afterAll(() => rm(room, { recursive: true, force: true }))

/** Who the cluster says that it talks to. */
async function whoAmI(env: Env, changed: Partial<ClusterSettings> = {}): Promise<unknown> {
  const cluster = await openCluster({
    ...{ settings: { ...settings, ...changed }, dir: room, env, tablePrefix: '', part: '', tags: [] },
  })
  try {
    return (await cluster.row(sql`select current_user as name`))['name']
  } finally {
    cluster.close()
  }
}

/** A token as an identity provider signs it. */
function token(claims: object = {}): string {
  const seconds = Math.floor(Date.now() / 1000)
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { sub: 'analyst', aud: tokenAudience, iat: seconds, exp: seconds + 600, ...claims },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  const signature = createSign('sha256').update(parts.join('.')).sign(tokenKey, 'base64url')
  return [...parts, signature].join('.')
}

const ways: Readonly<Record<string, () => Env>> = {
  'a password': () => ({ TRANCHE_TRINO_PASSWORD: password }),
  'a token': () => ({ TRANCHE_TRINO_TOKEN: token() }),
  'a client certificate': () => ({
    TRANCHE_TRINO_CERTIFICATE: credentials.certificate,
    TRANCHE_TRINO_KEY: credentials.key,
  }),
}

const refusals: Readonly<Record<string, () => Env>> = {
  nothing: () => ({}),
  'a wrong password': () => ({ TRANCHE_TRINO_PASSWORD: `${password}0` }),
  'a token that has run out': () => ({ TRANCHE_TRINO_TOKEN: token({ exp: 1_700_000_000 }) }),
  'a token for somebody else to read': () => ({ TRANCHE_TRINO_TOKEN: token({ aud: 'another' }) }),
  'a token that was changed': () => ({ TRANCHE_TRINO_TOKEN: changed(token()) }),
}

/** Another name under the same signature. */
function changed(given: string): string {
  const [header, , signature] = given.split('.')
  return [header, token({ sub: 'admin' }).split('.')[1], signature].join('.')
}

describe('Over TLS a user signs in', () => {
  it.each(Object.keys(ways))('with %s from the environment', async (way) => {
    expect(await whoAmI(ways[way]!())).toBe('analyst')
  })

  it.each(Object.keys(refusals))('and not with %s: the message says where to look', async (way) => {
    const refused = await whoAmI(refusals[way]!()).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'unreachable',
      text: { en: `Trino at ${secure} can't be used (HTTP 401).` },
      hint: { en: expect.stringContaining('TRANCHE_TRINO_TOKEN') },
    })
    expect(JSON.stringify(refused)).not.toContain(password)
  })

  it.each(Object.keys(ways))('with %s as nobody but whom it names', async (way) => {
    const refused = await whoAmI(ways[way]!(), { user: 'admin' }).catch((error: unknown) => error)
    // A password is another user's, or wrong: the server doesn't say which.
    if (way === 'a password') expect(refused).toMatchObject({ code: 'unreachable' })
    else
      expect(refused).toMatchObject({
        code: 'refused',
        message:
          'The cluster knows this user as analyst and does not let analyst ask as admin (warehouse.user).',
      })
  })

  it('to a server alone whose certificate an authority signed that is trusted', async () => {
    await expect(whoAmI(ways['a password']!(), { ca: credentials.certificate })).rejects.toMatchObject({
      code: 'unreachable',
      text: { en: expect.stringMatching(/UNABLE_TO_VERIFY|UNABLE_TO_GET|SELF_SIGNED/) },
    })
  })

  it('to a server alone whose certificate has its name', async () => {
    const url = secure.replace('localhost', '127.0.0.1')
    await expect(whoAmI(ways['a password']!(), { url })).rejects.toMatchObject({
      text: { en: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') },
    })
  })
})
