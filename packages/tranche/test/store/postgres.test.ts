import { expect, test } from 'vitest'
import type { TrancheError } from '../../src/errors.ts'
import { appendAudit, verifyAudit } from '../../src/store/audit.ts'
import { openState, type StateOptions } from '../../src/store/open-state.ts'
import { noon, onPostgres } from './states.ts'

const entry = { who: 'ann', what: 'look', subject: 'features', detail: {} }

onPostgres('a state', (states, server) => {
  /** Over the network, as a bank would. */
  const remote = async (settings: object, env: StateOptions['env']): Promise<StateOptions> => {
    const options = await states.fresh()
    return {
      ...options,
      env,
      settings: {
        ...options.settings,
        host: 'localhost',
        ca: server.certificate,
        ...settings,
      } as StateOptions['settings'],
    }
  }
  const refusal = async (options: StateOptions) => {
    const error = (await openState(options).catch((found: unknown) => found)) as TrancheError
    expect(error.code).toBe('unavailable')
    expect(JSON.stringify([error.text, error.hint, error.context])).not.toContain(server.password)
    return error.text.en
  }
  const password = { TRANCHE_STATE_PASSWORD: server.password }

  test('takes the password from the environment, over a connection whose certificate was checked', async () => {
    const state = await states.open(await remote({}, password))
    await appendAudit(state, entry, noon)
    expect(await verifyAudit(state)).toMatchObject({ status: 'whole', lines: 1 })
    const libpq = await states.open(await remote({}, { PGPASSWORD: server.password }))
    expect(libpq.place).not.toContain(server.password)
  })

  test('is refused with the wrong password, and under a certificate that nobody vouches for', async () => {
    expect(await refusal(await remote({}, { TRANCHE_STATE_PASSWORD: 'wrong' }))).toContain('28P01')
    const unknown = await remote({ ca: undefined }, password)
    expect(await refusal(unknown)).toMatch(/SELF_SIGNED|CERT/)
    expect(await refusal(await remote({ host: '127.0.0.1' }, password))).toMatch(/ALTNAME|CERT/)
  })

  test('is said to be away when it is', async () => {
    expect(await refusal(await remote({ port: 1 }, password))).toContain('ECONNREFUSED')
    expect(await refusal(await remote({ database: 'nowhere' }, password))).toContain('3D000')
  })

  test('may restart: the next statement finds it again', async () => {
    const state = await states.open()
    const head = await appendAudit(state, entry, noon)
    await server.restart()
    await appendAudit(state, entry, noon)
    expect(await verifyAudit(state, head)).toMatchObject({ status: 'whole', lines: 2 })
  })

  test('keeps the states of two workspaces apart', async () => {
    const [one, two] = [await states.open(), await states.open()]
    await appendAudit(one, entry, noon)
    expect(await verifyAudit(two)).toMatchObject({ lines: 0 })
    const [first, second] = [await one.lockRuns(), await two.lockRuns()]
    await first.release()
    await second.release()
  })

  test('lets go of the runs of a connection that was lost', async () => {
    const options = await states.fresh()
    const [mine, other] = [await states.open(options), await states.open(options)]
    await mine.lockRuns()
    expect((await other.lockRuns().catch((error: TrancheError) => error)) as TrancheError).toMatchObject({
      code: 'busy',
    })
    await server.restart()
    await (await other.lockRuns()).release()
  })
})
