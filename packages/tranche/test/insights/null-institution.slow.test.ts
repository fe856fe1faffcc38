import { expect, it } from 'vitest'
import { findingsOf, makeInstitution } from './institution.ts'
import { addRecords, lastYear } from './institution-records.ts'

/** The full measure is at 200: TRANCHE_NULL_REPORTS sets fewer for a look. */
const reports = Number(process.env['TRANCHE_NULL_REPORTS'] ?? 200)
/** First of the seeds, to go on where a look left off. */
const firstSeed = Number(process.env['TRANCHE_NULL_FIRST'] ?? 1)
const most = Math.ceil(0.08 * reports)

it(`finds something in at most ${most} of ${reports} institutions where nothing depends on anything`, async () => {
  const found: string[] = []
  const families = new Map<string, number>()
  const tested = new Set<string>()
  for (let seed = firstSeed; seed < firstSeed + reports; seed++) {
    const institution = await makeInstitution({ customers: 5000, effects: false, seed })
    await addRecords(institution)
    const findings = await findingsOf(institution, lastYear)
    institution.warehouse.close()
    for (const { section, p } of findings) if (p !== null) tested.add(section)
    const proven = findings.filter(({ significant }) => significant)
    for (const family of new Set(proven.map(({ section }) => section)))
      families.set(family, (families.get(family) ?? 0) + 1)
    if (proven.length > 0) found.push(`${seed}: ${proven.map(({ key }) => key).join(' ')}`)
  }
  console.log(`${found.length} of ${reports} reports with a finding\n${found.join('\n')}`)
  // Profiles are rarely tested at all: nothing found on one half is proven on the other.
  expect([...tested].sort()).toEqual(
    expect.arrayContaining(['activity', 'age', 'cohorts', 'gender', 'products', 'region']),
  )
  for (const [family, count] of families) expect(count, family).toBeLessThanOrEqual(most)
  expect(found.length, found.join('\n')).toBeLessThanOrEqual(most)
}, 3_600_000)
