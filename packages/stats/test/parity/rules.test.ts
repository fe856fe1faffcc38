import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

type Value = number | 'Infinity' | null
const plain = (values: readonly Value[]): readonly (number | null)[] =>
  values.map((v) => (v === 'Infinity' ? Infinity : v))
/** Where the peer has no figure, or an infinite one, so have we. */
const expectSame = (
  own: readonly (number | null)[],
  peer: readonly Value[],
  tolerance: number,
  name: string,
) =>
  plain(peer).forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) expect(own[i], name).toBe(value)
    else expectNear(own[i], value, tolerance, `${name}[${i}]`)
  })

describe('rules agree with arules', () => {
  const { cases, tolerance } = readFixture<{
    readonly n: number
    readonly support: number
    readonly confidence: number
    readonly antecedents: readonly (readonly number[])[]
    readonly consequents: readonly (readonly number[])[]
    readonly both: readonly number[]
    readonly before: readonly number[]
    readonly after: readonly number[]
    readonly redundant: readonly boolean[]
    readonly expected: Readonly<Record<string, readonly Value[]>>
  }>('arules-measures')
  const { n, antecedents, consequents, both, before, after, expected, redundant, ...thresholds } = cases[0]!
  const rules = both.map((count, i) => ({
    antecedent: antecedents[i]!,
    consequent: consequents[i]!,
    ...S.ruleMeasures(count, before[i]!, after[i]!, n),
  }))
  const each = <T>(measure: (both: number, before: number, after: number) => T): readonly T[] =>
    both.map((count, i) => measure(count, before[i]!, after[i]!))

  it('in what shorter rules leave to add', () => {
    const own = S.ruleImprovements(rules)
    const column = (key: 'improvement' | 'boost' | 'liftIncrease') => own.map((rule) => rule[key])
    expectSame(column('improvement'), expected['improvement']!, tolerance, 'improvement')
    expectSame(column('boost'), expected['boost']!, tolerance, 'boost')
    expectSame(column('liftIncrease'), expected['LIC']!, tolerance, 'lift increase')
    expect(own.map((rule) => rule.redundant)).toEqual(redundant)
  })

  it('in how far counts lie from chance', () => {
    const own = each((k, a, b) => S.ruleSignificance(k, a, b, n))
    const column = (key: keyof S.RuleSignificance) => own.map((rule) => rule[key])
    expectSame(column('hyperLift'), expected['hyperLift']!, tolerance, 'hyperLift')
    expectSame(column('hyperConfidence'), expected['hyperConfidence']!, tolerance, 'hyperConfidence')
    expectSame(column('pValue'), expected['fishersExactTest']!, tolerance, 'Fisher')
  })

  it('in information, linkage and standardised lift', () => {
    const further = each((k, a, b) => S.furtherMeasures(k, a, b, n))
    const information = further.map((rule) => rule.mutualInformation)
    expectSame(information, expected['mutualInformation']!, tolerance, 'information')
    expectSame(
      further.map((rule) => rule.relativeLinkage),
      expected['RLD']!,
      tolerance,
      'linkage',
    )
    const lifts = each((k, a, b) =>
      S.standardisedLift({ both: k, antecedent: a, consequent: b, n }, thresholds),
    )
    expectSame(lifts, expected['stdLift']!, tolerance, 'lift')
  })

  it('in itemsets', () => {
    const { cases: sets } = readFixture<{
      readonly n: number
      readonly items: readonly (readonly number[])[]
      readonly count: readonly number[]
      readonly allConfidence: readonly number[]
      readonly crossSupportRatio: readonly number[]
      readonly lift: readonly number[]
    }>('arules-itemsets')
    const { n: baskets, items, count, ...peer } = sets[0]!
    const itemsets = items.map((of, i) => ({ items: of, count: count[i]!, support: count[i]! / baskets }))
    const own = S.itemsetMeasures({ itemsets, baskets, minimumCount: 1 })
    for (const key of ['allConfidence', 'crossSupportRatio', 'lift'] as const)
      expectNear(
        own.map((set) => set[key]),
        peer[key],
        tolerance,
        key,
      )
  })
})
