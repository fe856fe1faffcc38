import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Persona } from '../../src/reports/personas/persona.ts'
import { personaCard } from '../../src/reports/personas/persona-card.ts'
import { readPersonas } from '../../src/reports/personas/read-personas.ts'
import { renderReport, reportWords, writeReport } from '../../src/reports/render-report.ts'
import { readReportData } from '../../src/reports/report-data.ts'
import { partsOf } from '../../src/reports/tables/rewrite-zip.ts'
import { sql, unsafeRaw } from '../../src/sql/sql.ts'
import { findingsOf, type Institution, makeInstitution } from '../insights/institution.ts'

const manifest = {
  asOf: '2026-06-30T16:00:00.000Z',
  snapshot: 'abcdef0123456789',
  version: '0.1.0',
  run: 'r1',
}
let institution: Institution
let personas: readonly Persona[]

const personasOf = async ({ warehouse, catalogue }: Institution) =>
  readPersonas(warehouse, catalogue, (await readReportData(warehouse)).findings)

beforeAll(async () => {
  institution = await makeInstitution({ customers: 6000, effects: true })
  await findingsOf(institution)
  personas = await personasOf(institution)
})
afterAll(() => institution.warehouse.close())

describe('personas', () => {
  it('are made of tiers and of the groups that findings found', () => {
    const keys = personas.map(({ key }) => key)
    expect(keys).toEqual(expect.arrayContaining(['tier=high', 'tier=medium', 'tier=low']))
    expect(keys).toContain('value_exploration.share.under_monetised')
  })

  it('hold as many customers, and shares, as counting by hand gives', async () => {
    const count = async (condition: string) => {
      const where = unsafeRaw(condition)
      return (
        await institution.warehouse.row<{ n: number }>(
          sql`select count(*) as n from customer_value where ${where}`,
        )
      ).n
    }
    let checked = 0
    for (const { key, customers, traits } of personas.filter(({ key }) => key.startsWith('tier='))) {
      const tier = `tier = '${key.slice(5)}'`
      expect(customers).toBe(await count(tier))
      for (const { attribute, level, share, overall, n } of traits) {
        if (!['gender', 'province', 'city_tier', 'channel', 'creative', 'activity'].includes(attribute))
          continue
        const same = `${attribute} = '${level}'`
        expect(n).toBe(await count(`${tier} and ${same}`))
        expect(share).toBeCloseTo(n / (await count(`${tier} and ${attribute} is not null`)), 12)
        expect(overall).toBeCloseTo((await count(same)) / (await count(`${attribute} is not null`)), 12)
        checked++
      }
    }
    expect(checked).toBeGreaterThan(0)
  })

  it('find that men, who were made to spend more, are more frequent among the best customers', () => {
    const high = personas.find(({ key }) => key === 'tier=high')!
    const trait = high.traits.find(({ attribute, level }) => attribute === 'gender' && level === 'female')
    expect(trait).toBeDefined()
    expect(trait!.share).toBeLessThan(trait!.overall)
  })

  it('give nobody away: groups, levels and what is left of them have ten people or more', () => {
    for (const { customers, traits } of personas) {
      expect(customers).toBeGreaterThanOrEqual(10)
      for (const { n, share } of traits) {
        expect(n).toBeGreaterThanOrEqual(10)
        expect(Math.round(n / share) - n).toBeGreaterThanOrEqual(10)
      }
    }
  })

  it('tell nothing of who customers are where nothing depends on it', async () => {
    const none = await makeInstitution({ customers: 6000, effects: false, seed: 4 })
    await findingsOf(none)
    const who = (await personasOf(none))
      .filter(({ key }) => key.startsWith('tier='))
      .flatMap(({ traits }) => traits.filter(({ attribute }) => attribute !== 'activity'))
    none.warehouse.close()
    expect(who).toEqual([])
  })

  it('leave out what the policy of attributes keeps from insight', async () => {
    const { catalogue } = institution
    const gender = {
      sensitivity: 'sensitive' as const,
      allow: ['fairness_test' as const],
      forbid: ['insight' as const],
    }
    const attributePolicy = { rules: { gender }, placeOf: () => ({ file: 'policies/attributes.yaml' }) }
    const kept = await personasOf({ ...institution, catalogue: { ...catalogue, attributePolicy } })
    const attributes = (list: readonly Persona[]) =>
      list.flatMap(({ traits }) => traits.map(({ attribute }) => attribute))
    expect(attributes(personas)).toContain('gender')
    expect(attributes(kept)).not.toContain('gender')
  })

  it.each(['en', 'zh'] as const)(
    'stand in every format in %s, and not where the policy leaves them out',
    async (lang) => {
      const words = reportWords(institution.catalogue, lang)
      const { name, size } = personaCard(personas[0]!, words)
      const source = { ...institution, manifest, lang }
      for (const format of ['html', 'md'] as const) {
        const text = await renderReport({ ...source, format })
        expect(text).toContain(size)
        const without = {
          ...institution.catalogue,
          report: { ...institution.catalogue.report, personas: false },
        }
        expect(await renderReport({ ...source, catalogue: without, format })).not.toContain(size)
      }
      for (const format of ['xlsx', 'pptx'] as const) {
        const files = await writeReport({ ...source, format }, { name: 'report', env: {} })
        const texts = [...partsOf(Buffer.from(files.get('')!))].map(({ content }) => content.toString('utf8'))
        expect(texts.some((text) => text.includes(name))).toBe(true)
        expect(texts.some((text) => text.includes(size))).toBe(true)
      }
    },
  )
})
