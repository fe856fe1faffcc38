import { expect, it } from 'vitest'
import { computeFindings } from '../../src/insights/compute-findings.ts'
import { context, makeInstitution } from './institution.ts'

const reports = 200

it('finds something in at most 16 of 200 institutions where nothing depends on anything', async () => {
  const found: string[] = []
  for (let seed = 1; seed <= reports; seed++) {
    const institution = await makeInstitution({ customers: 5000, effects: false, seed })
    const findings = await computeFindings({ ...institution, context })
    institution.warehouse.close()
    const proven = findings.filter(({ significant }) => significant)
    if (proven.length > 0) found.push(`${seed}: ${proven.map(({ key }) => key).join(' ')}`)
  }
  expect(found.length, found.join('\n')).toBeLessThanOrEqual(16)
}, 1_800_000)
