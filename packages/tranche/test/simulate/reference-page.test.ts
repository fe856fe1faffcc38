import { expect, it } from 'vitest'
import { simulatedInstitutionPage } from '../../src/pipeline/simulate/reference-page.ts'

const page = new URL('../../../../docs/reference/simulated-institution.md', import.meta.url)

it('has a reference page that says what is planted now (vitest -u writes it)', async () => {
  await expect(simulatedInstitutionPage()).toMatchFileSnapshot(page.pathname)
})
