import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { publicStatistics } from '../../../../docs/reference/stats-functions.ts'
import { degenerateForms, recordCall, whereNaN } from './degenerate.ts'

/** They walk a tree that is handed over, and one that was grown by this library holds together. */
const GIVEN_TREES = new Set(['addScores', 'leafOf', 'countLeaves', 'decisionTree'])

const functions = publicStatistics().filter(({ kind, name }) => kind === 'function' && !GIVEN_TREES.has(name))

describe('degenerate input gives a number or a refusal with a code', () => {
  it.each(functions.map(({ name, doc }) => [name, doc.example] as const))('%s', (name, example) => {
    const call = recordCall(name, example)
    expect(call, 'the example calls the function').toBeDefined()
    const broken = degenerateForms(call!.args).flatMap(({ what, args }) => {
      const found = problemOf(() =>
        (S as unknown as Record<string, (...own: readonly unknown[]) => unknown>)[name]!(...args),
      )
      return found ? [`${what}: ${found}`] : []
    })
    expect(broken).toEqual([])
  })

  it('a NaN and an error of another kind are found out', () => {
    expect(problemOf(() => ({ values: Float64Array.of(1, Number.NaN) }))).toBe('NaN at result.values.1')
    expect(problemOf(() => new Float64Array(-1))).toMatch(/^RangeError/)
    expect(problemOf(() => S.normalQuantile(2))).toBeUndefined()
  })
})

function problemOf(run: () => unknown): string | undefined {
  try {
    const at = whereNaN(run())
    return at === undefined ? undefined : `NaN at ${at}`
  } catch (error) {
    return error instanceof S.StatsError && error.code !== undefined ? undefined : String(error)
  }
}
