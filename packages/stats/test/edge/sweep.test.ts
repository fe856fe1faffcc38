import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { outcomeOf, sweep } from './sweep.ts'

describe('degenerate input', () => {
  it('gives every public function a number or a refusal with a code that it states', {
    timeout: 600_000,
  }, async () => {
    expect(await sweep(new URL('./sweep-worker.ts', import.meta.url), 60_000)).toEqual([])
  })

  it('is found out where it gives NaN, an error of another kind, or no end', async () => {
    expect(outcomeOf(() => ({ values: Float64Array.of(1, Number.NaN) }))).toEqual({
      kind: 'broken',
      problem: 'NaN at result.values.1',
    })
    expect(outcomeOf(() => new Float64Array(-1))).toMatchObject({ kind: 'broken' })
    expect(outcomeOf(() => S.normalQuantile(2))).toEqual({ kind: 'refused', code: 'outOfDomain' })
    expect(await sweep(new URL('./endless-worker.ts', import.meta.url), 1000)).toEqual([
      'a loop: does not end within 1 s',
    ])
  })
})
