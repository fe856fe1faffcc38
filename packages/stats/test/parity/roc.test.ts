import * as S from '@tranche/stats'
import { describe, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

type Score = 's100b' | 'ndka' | 'wfns'
type Case = { readonly kind: string; readonly scores: readonly Score[] }
type Data = Case & Readonly<Record<Score | 'y', readonly number[]>>
type Test = Case & {
  readonly alternative: S.Alternative
  readonly paired: readonly number[]
  readonly apart: readonly number[]
}
type Band = Case & S.RocBand & { readonly area: number; readonly corrected: number }
type Best = Case & {
  readonly by: 'youden' | 'closestTopLeft'
  readonly costRatio: number
  readonly prevalence: number
  readonly at: readonly number[]
}

describe('ROC curves agree with pROC', () => {
  const { cases, tolerance } = readFixture<Data | Test | Band | Best>('r-roc')
  const data = cases.find(({ kind }) => kind === 'data') as unknown as Data
  const checks: Readonly<Record<string, (c: Case) => void>> = {
    test: (c) => {
      const { scores, alternative, paired, apart } = c as Test
      const [first, second] = scores.map((name) => data[name]) as [readonly number[], readonly number[]]
      const test = S.compareAuc(data.y, first, second, alternative)
      expectNear([test.statistic, test.pValue], paired, tolerance)
      const rows = (score: readonly number[]): S.ScoredRows => ({ y: data.y, score })
      const own = S.compareAucOfSamples(rows(first), rows(second), alternative)
      expectNear([own.statistic, own.degreesOfFreedom, own.pValue], apart, tolerance)
    },
    band: (c) => {
      const { scores, of, from, to, area, corrected } = c as Band & { readonly corrected: number }
      const score = data[scores[0]!]
      expectNear(S.rocBandArea(data.y, score, { of, from, to }), area, tolerance)
      expectNear(S.rocBandArea(data.y, score, { of, from, to, corrected: true }), corrected, tolerance)
    },
    best: (c) => {
      const { scores, at, by, costRatio, prevalence } = c as Best
      const found = S.bestThreshold(data.y, data[scores[0]!], { by, costRatio, prevalence })
      expectNear([found.threshold, found.sensitivity, found.specificity], at, tolerance)
    },
  }
  for (const c of cases) if (c.kind !== 'data') it(`${c.kind}: ${c.case}`, () => checks[c.kind]!(c))
})
