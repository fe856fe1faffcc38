import { describe, expect, it } from 'vitest'
import { checkDefinitions } from '../../src/features/check-definitions.ts'
import { catalogueOf } from './standard-tables.ts'

type Given = Readonly<Record<string, unknown>>

function faultsOf(features: readonly Given[], metrics: readonly Given[] = []): readonly string[] {
  return checkDefinitions(catalogueOf({ features, metrics })).map(({ place, text, hint }) =>
    `${place.file.split('#')[1]}: ${text.en} ${hint?.en ?? ''}`.trim(),
  )
}
const count = { from: 'transactions', measure: { count: 'rows' } }

describe('checking definitions', () => {
  it('accepts what can be computed', () => {
    expect(
      faultsOf(
        [
          { key: 'n', ...count },
          { key: 'half', expression: 'n / 2' },
        ],
        [{ key: 'm', mean: 'half' }],
      ),
    ).toEqual([])
  })

  it('names the nearest table, column and feature', () => {
    expect(faultsOf([{ key: 'a', from: 'transaction', measure: { count: 'rows' } }])).toEqual([
      'a.from: There is no table transaction. Did you mean transactions?',
    ])
    expect(faultsOf([{ key: 'a', from: 'transactions', measure: { sum: 'amout' } }])[0]).toContain(
      'Did you mean amount?',
    )
    expect(
      faultsOf([
        { key: 'spend', ...count },
        { key: 'b', expression: 'spent * 2' },
      ]),
    ).toEqual(['b.expression: There is no feature spent. Did you mean spend?'])
    expect(faultsOf([{ key: 'a', from: 'customer_versions', measure: { attribute: 'gendr' } }])[0]).toContain(
      'Did you mean gender?',
    )
  })

  it('refuses tables that hold no customers', () => {
    expect(faultsOf([{ key: 'a', from: 'products', measure: { count: 'rows' } }])[0]).toContain(
      'belong to no customer',
    )
  })

  it('refuses the wrong type where it stands', () => {
    expect(faultsOf([{ key: 'a', from: 'transactions', measure: { sum: 'kind' } }])[0]).toContain(
      'a.measure.sum',
    )
    expect(faultsOf([{ key: 'a', ...count, where: 'amount' }])[0]).toContain('a.where')
    expect(faultsOf([{ key: 'a', ...count, empty: 'none' }])).toEqual([
      'a.empty: empty is "none", but the feature is integer.',
    ])
    expect(faultsOf([{ key: 'a', from: 'customer_versions', measure: { age: 'gender' } }])[0]).toContain(
      'age needs a date',
    )
    const text = { key: 'a', from: 'transactions', measure: { last: 'kind', by: ['occurred_at'] } }
    expect(faultsOf([text, { key: 'r', ratio: { numerator: 'a', denominator: 'a' } }])[0]).toContain(
      'a is string',
    )
  })

  it('refuses values that a coded attribute never has', () => {
    const gender = { key: 'gender', from: 'customer_versions', measure: { attribute: 'gender' } }
    expect(faultsOf([gender, { key: 'b', expression: 'gender == "femal"' }])[0]).toContain(
      'Did you mean "female"?',
    )
  })

  it('refuses windows of rows without days, trends without windows, and circles', () => {
    expect(
      faultsOf([{ key: 'a', from: 'relations', measure: { count: 'rows' }, window: { last: 3 } }])[0],
    ).toContain('has no time')
    expect(faultsOf([{ key: 'a', from: 'transactions', measure: { trend: 'amount' } }])[0]).toContain(
      'needs a window',
    )
    expect(
      faultsOf([
        { key: 'a', expression: 'b + 1' },
        { key: 'b', expression: 'a + 1' },
      ])[0],
    ).toContain('a → b → a')
  })

  it('refuses what cannot follow in another table, where it stands', () => {
    const then = (measure: object) =>
      faultsOf([{ key: 'a', from: 'events', measure: { followed_by: 'true', within: 7, ...measure } }])[0]
    expect(then({ in: 'transactions' })).toBe(undefined)
    expect(then({ in: 'transaction' })).toBe(
      'a.measure.in: There is no table transaction. Did you mean transactions?',
    )
    expect(then({ in: 'products' })).toContain('a.measure.in: Rows of products belong to no customer.')
    expect(then({ in: 'relations' })).toContain('a.measure.in: relations has no time')
    expect(then({ in: 'transactions', followed_by: 'name == "open"' })).toContain('a.measure.followed_by: ')
    expect(then({ in: 'transactions', followed_by: 'amount' })).toContain('a.measure.followed_by: ')
  })

  it('refuses keys that the table of features needs itself', () => {
    expect(faultsOf([{ key: 'as_of', ...count }])[0]).toContain('choose another key')
  })

  it('checks metrics as well', () => {
    const n = { key: 'n', ...count }
    expect(faultsOf([n], [{ key: 'm', share: 'n' }])[0]).toContain('m.share')
    expect(faultsOf([n], [{ key: 'm', mean: 'nn' }])[0]).toContain('Did you mean n?')
    expect(
      faultsOf(
        [n],
        [
          { key: 'm', mean: 'n' },
          { key: 'r', ratio: { numerator: 'm', denominator: 'm' } },
        ],
      )[0],
    ).toContain('adds up')
    expect(faultsOf([n], [{ key: 'm', measure: { count: 'rows' } }])[0]).toContain('needs from')
    expect(
      faultsOf([n], [{ key: 'm', from: 'transactions', measure: { distinct: 'merchant' } }])[0],
    ).toContain('distinct: customer_id')
    expect(faultsOf([], [{ key: 'm', outcome: { attribute: 'status', equals: 1 } }])[0]).toContain(
      'equals is 1',
    )
  })
})
