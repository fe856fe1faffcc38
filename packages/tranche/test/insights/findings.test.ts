import type { Finding } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unsafeRaw } from '../../src/sql/sql.ts'
import { findingsOf, type Institution, makeInstitution } from './institution.ts'

let institution: Institution
let findings: readonly Finding[]
const find = (key: string): Finding => {
  const found = findings.find((finding) => finding.key === key)
  if (!found) throw new Error(`There is no finding ${key}.`)
  return found
}

beforeAll(async () => {
  institution = await makeInstitution({ customers: 20_000, effects: true })
  findings = await findingsOf(institution)
})
afterAll(() => institution.warehouse.close())

describe('findings of an institution with planted effects', () => {
  it('gives every estimate again by its own query', async () => {
    for (const finding of findings) {
      const { estimate } = await institution.warehouse.row<{ estimate: number | string | null }>(
        unsafeRaw(finding.query),
      )
      if (finding.estimate === null) expect(estimate, finding.key).toBeNull()
      else
        expect(Math.abs(Number(estimate) - finding.estimate), finding.key).toBeLessThanOrEqual(
          1e-8 * Math.max(1, Math.abs(finding.estimate)),
        )
    }
  })

  it('finds the conversion gap of the genders inside its interval', () => {
    const gap = find('gender.conversion_30d.gap')
    expect(gap.significant).toBe(true)
    expect(gap.low).toBeLessThan(0.12)
    expect(gap.high).toBeGreaterThan(0.12)
  })

  it('finds the golden age', () => {
    expect(find('age.conversion_30d.golden_from').low).toBeLessThanOrEqual(35)
    expect(find('age.conversion_30d.golden_from').high).toBeGreaterThanOrEqual(35)
    expect(find('age.conversion_30d.golden_to').low).toBeLessThanOrEqual(50)
    expect(find('age.conversion_30d.golden_to').high).toBeGreaterThanOrEqual(50)
  })

  it('finds the under-monetised group by the gaps in the data', () => {
    const group = find('value_exploration.share.under_monetised')
    expect(group.values['cut']).toBe('natural')
    expect(group.low).toBeLessThan(0.12)
    expect(group.high).toBeGreaterThan(0.12)
    expect(group.members).toContain('tranche export customer_value --where')
  })

  it('finds the planted pair of attributes as the ideal profile, which one at a time misses', () => {
    const best = find('profile.conversion_30d.best')
    expect(best.significant).toBe(true)
    expect(best.low).toBeGreaterThan(1.2)
    // Hubei is the only province of Central China here, so that either may be named.
    expect(best.members).toContain('湖北省')
    expect(best.members).toContain('channel == "branch"')
    const naive = find('profile.conversion_30d.naive').members ?? ''
    expect(naive.includes('湖北省') && naive.includes('branch')).toBe(false)
  })
})
