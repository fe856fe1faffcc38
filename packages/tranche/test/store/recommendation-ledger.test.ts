import { expect, test } from 'vitest'
import type { TrancheError } from '../../src/errors.ts'
import { sql } from '../../src/sql/sql.ts'
import { appendStep, type LedgerStep, ledgerEntries, stepsOf } from '../../src/store/recommendation-ledger.ts'
import { after, noon, onBoth } from './states.ts'

const expected = {
  label: { en: 'Win back', zh: '唤回' },
  effect_metric: { en: 'value kept', zh: '保住的价值' },
  unit: 'money' as const,
  effect: 1000,
  effect_low: 500,
  effect_high: 1500,
  cost: 100,
  reach: 20,
  group: 'tier == "high"',
}
const step = (status: LedgerStep['status'], more: Partial<LedgerStep> = {}): LedgerStep => ({
  key: 'win_back',
  status,
  who: 'ann',
  run: 'r1',
  reason: null,
  ...(status === 'accepted' || status === 'refused' ? { expected } : {}),
  ...more,
})
const errorOf = async (work: Promise<unknown>) =>
  (await work.catch((error: unknown) => error)) as TrancheError

onBoth('the ledger of recommendations', (states) => {
  test('keeps what was proposed, each step after it, and tells where it stands', async () => {
    const state = await states.open()
    expect(await ledgerEntries(state)).toEqual([])
    await appendStep(state, step('accepted'), noon)
    await appendStep(state, step('running', { reason: 'EXP-1' }), after(1))
    const realised = { value: 700, low: 100, high: 1300, cost: null, evidence: 'EXP-1' }
    await appendStep(state, step('measured', { run: 'r2', realised }), after(2))
    expect(
      (await stepsOf(state, 'win_back')).map(({ seq, status, reason }) => [seq, status, reason]),
    ).toEqual([
      [1, 'proposed', null],
      [2, 'accepted', null],
      [3, 'running', 'EXP-1'],
      [4, 'measured', null],
    ])
    expect(await ledgerEntries(state)).toEqual([
      {
        key: 'win_back',
        status: 'measured',
        at: after(2).toISOString(),
        run: 'r2',
        reason: null,
        expected,
        realised,
      },
    ])
  })

  test('keeps a proposal again only where it says something else', async () => {
    const state = await states.open()
    await appendStep(state, step('accepted'), noon)
    await appendStep(state, step('refused', { reason: 'too dear' }), after(1))
    await appendStep(state, step('accepted', { expected: { ...expected, effect: 2000 } }), after(2))
    expect((await stepsOf(state, 'win_back')).map(({ status }) => status)).toEqual([
      'proposed',
      'accepted',
      'refused',
      'proposed',
      'accepted',
    ])
    expect((await ledgerEntries(state))[0]!.expected.effect).toBe(2000)
  })

  test('refuses a step that does not follow, and writes nothing then', async () => {
    const state = await states.open()
    for (const status of ['running', 'measured', 'proposed'] as const) {
      const error = await errorOf(appendStep(state, step(status), noon))
      expect(error.code, status).toBe('refused')
      expect(error.text.en).toContain('win_back is proposed')
    }
    expect(await stepsOf(state, 'win_back')).toEqual([])
    await appendStep(state, step('refused', { reason: 'no' }), noon)
    expect((await errorOf(appendStep(state, step('running'), noon))).text.zh).toContain('已拒绝')
    expect(await stepsOf(state, 'win_back')).toHaveLength(2)
  })

  test('is never changed: the database itself refuses', async () => {
    const state = await states.open()
    await appendStep(state, step('accepted'), noon)
    const steps = state.table('recommendation_steps')
    await expect(state.run(sql`update ${steps} set who = 'bob'`)).rejects.toThrow()
    await expect(state.run(sql`delete from ${steps}`)).rejects.toThrow()
    expect(await stepsOf(state, 'win_back')).toHaveLength(2)
  })

  test('keeps any text as it is', async () => {
    const state = await states.open()
    const reason = `'; drop table audit; -- "唤回"\n\\`
    await appendStep(state, step('refused', { key: "o'ne.two", reason }), noon)
    expect((await ledgerEntries(state))[0]).toMatchObject({ key: "o'ne.two", reason })
  })
})
