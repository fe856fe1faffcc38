import type { ClusterSettings } from '@tranche/contract'
import { describe, expect, it } from 'vitest'
import { openCluster, sharedPart } from '../../src/engine/open-cluster.ts'

const settings: ClusterSettings = {
  engine: 'trino',
  url: 'https://127.0.0.1:1',
  catalog: 'lake',
  schema: 'tranche',
  user: 'analyst',
  session: {},
  queue: { seconds: 600 },
  views: false,
  bring: { customers: 0 },
  clientTags: [],
}
const options = { settings, dir: '/bank', tablePrefix: 'run_1__', part: 'run-1', tags: [] }

describe('A cluster is opened', () => {
  it('with a part of the shared folder, here and there', () => {
    const at = (location: string) =>
      sharedPart({ shared: { folder: 'lake', location } }, '/bank', 'run-1')?.location
    expect(sharedPart({ shared: { folder: 'lake', location: 's3://b/t' } }, '/bank', 'run-1')?.folder).toBe(
      '/bank/lake/run-1',
    )
    expect(['s3://b/t', 's3://b/t/', 'local://', 'local:///'].map(at)).toEqual([
      's3://b/t/run-1',
      's3://b/t/run-1',
      'local:///run-1',
      'local:///run-1',
    ])
    expect(sharedPart({}, '/bank', 'run-1')).toBeUndefined()
  })

  it('with files that can be read, or a message that says which cannot', async () => {
    const env = { TRANCHE_TRINO_CERTIFICATE: '/nowhere/client.pem' }
    await expect(openCluster({ ...options, env })).rejects.toMatchObject({
      code: 'invalid_input',
      text: { en: expect.stringContaining('/nowhere/client.pem') },
    })
    const open = { ...settings, url: 'http://127.0.0.1:1' }
    const secret = { TRANCHE_TRINO_PASSWORD: 'not in any message' }
    const refused = await openCluster({ ...options, settings: open, env: secret }).catch((error) => error)
    expect(refused).toMatchObject({ code: 'invalid_input' })
    expect(JSON.stringify(refused)).not.toContain('not in any message')
    const nobody = await openCluster({ ...options, env: {} })
    nobody.close()
  })
})
