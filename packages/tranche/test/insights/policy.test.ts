import { expect, it } from 'vitest'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { findingsOf, makeInstitution } from './institution.ts'

async function findingsUnder(rules: Record<string, unknown>, customers: number) {
  const made = await makeInstitution({ customers, effects: true })
  const catalogue = { ...made.catalogue, attributePolicy: { rules } } as unknown as Catalogue
  const findings = await findingsOf({ warehouse: made.warehouse, catalogue })
  made.warehouse.close()
  return findings
}

const conditionsOf = (findings: Awaited<ReturnType<typeof findingsUnder>>, name: string) =>
  (
    JSON.parse(String(findings.find(({ key }) => key === name)?.values['conditions'] ?? '[]')) as string[][]
  ).map(([attribute]) => attribute)

it('reads nothing that the policy keeps from insight', async () => {
  const findings = await findingsUnder(
    {
      gender: { sensitivity: 'sensitive', allow: ['fairness_test'], forbid: ['insight'] },
    },
    2000,
  )
  expect(findings.filter(({ key, query }) => key.startsWith('gender.') || /\bgender\b/.test(query))).toEqual(
    [],
  )
  expect(findings.map(({ key }) => key)).toContain('limits.gender')
})

it('gives beside a profile with protected attributes the best one without them', async () => {
  const protectedOnes = { sensitivity: 'protected', allow: ['insight'], forbid: ['marketing'] }
  const findings = await findingsUnder({ province: protectedOnes }, 20_000)
  const best = conditionsOf(findings, 'profile.conversion_30d.best')
  expect(best.some((name) => name === 'province' || name === 'region_group')).toBe(true)
  const allowed = conditionsOf(findings, 'profile.conversion_30d.allowed')
  expect(allowed.length).toBeGreaterThan(0)
  expect(allowed).not.toContain('province')
  expect(allowed).not.toContain('region_group')
})
