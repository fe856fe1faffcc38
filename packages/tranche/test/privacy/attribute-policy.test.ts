import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { validateWorkspace } from '../../src/pipeline/validate.ts'
import { attributePolicyOf, permits } from '../../src/privacy/attribute-policy.ts'
import { attributeUses } from '../../src/privacy/lineage.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'

let room: string
let count = 0
beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-policy-'))
})
afterAll(() => rm(room, { recursive: true, force: true }))

const source = `key: customers
files: data/*.csv
tables:
  - table: customer_versions
    columns:
      customer_id: {from: id}
      gender: {from: sex, codes: {m: male, f: female}}
      birth_date: {from: born}
      city: {from: city}
    extras:
      title: {from: sex, type: string, label: {en: Title, zh: 称谓}}
`

const features = `- key: age
  label: {en: Age, zh: 年龄}
  from: customer_versions
  measure: {age: birth_date}
- key: young
  label: {en: Young, zh: 年轻}
  expression: age < 25
- key: town
  label: {en: Town, zh: 城市}
  from: customer_versions
  measure: {attribute: city}
- key: salutation
  label: {en: Salutation, zh: 称呼}
  from: customer_versions
  measure: {attribute: title}
`

async function workspace(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = join(room, `w${count++}`)
  const all = {
    'tranche.yaml': 'name: {en: Bank, zh: 银行}\n',
    'sources/customers.yaml': source,
    'features/features.yaml': features,
    ...files,
  }
  for (const [name, text] of Object.entries(all)) {
    await mkdir(join(dir, name, '..'), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  return dir
}

const segments = (purpose: string, rule: string) => `- key: inner
  label: {en: Inner, zh: 内层}
  rule: ${rule}
- key: outer
  label: {en: Outer, zh: 外层}
  rule: in_segment("inner") && known(town)
  purposes: [insight, ${purpose}]
`
const faults = async (files: Readonly<Record<string, string>>) =>
  (await validateWorkspace(await workspace(files))).problems.filter(({ severity }) => severity === 'error')

describe('a policy of attributes', () => {
  test('protects who somebody is where the workspace says nothing', async () => {
    const policy = attributePolicyOf(await loadWorkspace(await workspace({})))
    for (const name of ['gender', 'birth_date', 'age_years', 'marital_status'])
      for (const purpose of ['credit_eligibility', 'credit_price', 'credit_limit'] as const)
        expect(permits(policy, name, purpose), `${name} ${purpose}`).toBe(false)
    expect(permits(policy, 'gender', 'marketing')).toBe(true)
    expect(permits(policy, 'religion', 'marketing')).toBe(false)
    expect(permits(policy, 'city', 'credit_limit')).toBe(true)
  })

  test('takes the workspace’s word for the attributes it names, and keeps the others', async () => {
    const own = 'city: {sensitivity: protected, allow: [insight]}\nage: {sensitivity: ordinary}\n'
    const policy = attributePolicyOf(
      await loadWorkspace(await workspace({ 'policies/attributes.yaml': own })),
    )
    expect(permits(policy, 'city', 'insight')).toBe(true)
    expect(permits(policy, 'city', 'marketing')).toBe(false)
    expect(permits(policy, 'age', 'credit_limit')).toBe(true)
    expect(permits(policy, 'gender', 'credit_limit')).toBe(false)
  })

  test('is refused with file, line, column and the nearest name', async () => {
    const wrong = 'gendre:\n  sensitivity: protected\ncity:\n  sensitivity: secret\n'
    const places = await faults({ 'policies/attributes.yaml': wrong })
    expect(places.map(({ place }) => place)).toEqual([
      { file: 'policies/attributes.yaml', line: 4, column: 3 },
    ])
    expect(places[0]!.text.en).toContain('one of protected, sensitive, ordinary')
    const unknown =
      'gendre: {sensitivity: protected}\ncity:\n  sensitivity: ordinary\n  allow: [pricing]\n  forbid: [insight, pricing]\n'
    const found = await faults({ 'policies/attributes.yaml': unknown })
    expect(found.map(({ place, hint }) => [place.line, place.column, hint?.en])).toEqual([
      [1, 1, 'Did you mean gender?'],
      [5, 21, 'Take it out of one of the two lists.'],
    ])
    const [purpose] = await faults({
      'policies/attributes.yaml': 'city: {sensitivity: ordinary, forbid: [credit]}\n',
    })
    expect(purpose!.place).toEqual({ file: 'policies/attributes.yaml', line: 1, column: 40 })
  })
})

describe('the way from a rule to an attribute', () => {
  test('leads through segments, features and what features are made of', async () => {
    const [fault, ...more] = await faults({ 'segments/s.yaml': segments('credit_limit', 'young') })
    expect(more).toEqual([])
    expect(fault!.text.en).toBe(
      'outer may not serve credit_limit: it uses age (protected) by in_segment("outer") → in_segment("inner") → young → age.',
    )
    expect(fault!.text.zh).toContain('in_segment("outer") → in_segment("inner") → young → age')
    expect(fault!.place).toEqual({ file: 'segments/s.yaml', line: 7, column: 23 })
  })

  test('leads to a column that is mapped from the same column of a source', async () => {
    const [fault] = await faults({ 'segments/s.yaml': segments('credit_price', 'salutation == "f"') })
    expect(fault!.text.en).toMatch(/salutation → customer_versions\.title → customer_versions\.gender\.$/)
  })

  test('ends at the attribute itself where the policy allows the feature and not what it is made of', async () => {
    const own = 'age: {sensitivity: ordinary}\n'
    const [fault] = await faults({
      'policies/attributes.yaml': own,
      'segments/s.yaml': segments('credit_limit', 'young'),
    })
    expect(fault!.text.en).toContain('uses birth_date')
    expect(fault!.text.en).toContain('young → age → customer_versions.birth_date')
  })

  test('stops nothing that is ordinary, and nothing where the purpose is allowed', async () => {
    expect(await faults({ 'segments/s.yaml': segments('credit_limit', 'town == "a"') })).toEqual([])
    expect(await faults({ 'segments/s.yaml': segments('marketing', 'young') })).toEqual([])
  })

  test('names each attribute once, the nearest first', async () => {
    const catalogue = await loadWorkspace(await workspace({}))
    const uses = attributeUses(catalogue, { names: ['young', 'salutation', 'room_to_grow'] })
    expect(uses.map(({ attribute }) => attribute)).toEqual([
      'young',
      'salutation',
      'room_to_grow',
      'age',
      'title',
      'birth_date',
      'gender',
    ])
  })
})
