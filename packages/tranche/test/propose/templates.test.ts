import { expect, test } from 'vitest'
import { packFolder, readPack } from '../../src/intake/propose/starter-catalogue.ts'
import { templateNames } from '../../src/intake/propose/templates.ts'
import { describeTemplates } from './template-runs.ts'

// The other four run in the slow suites.
describeTemplates(['retail'])

test('templates say everything in both languages and use no key of the starter catalogue', async () => {
  const taken = new Set((await readPack(packFolder('starter'))).map(({ kind, key }) => `${kind}:${key}`))
  for (const name of templateNames) {
    const own = await readPack(packFolder(name))
    expect(own.filter(({ kind }) => kind === 'metric').length).toBeGreaterThan(5)
    expect(own.filter(({ kind }) => kind === 'feature').length).toBeGreaterThan(4)
    for (const { kind, key, value } of own) {
      expect(taken.has(`${kind}:${key}`), key).toBe(false)
      expect(value.label.zh, key).toMatch(/\p{Script=Han}/u)
      expect(value.description?.zh, key).toMatch(/\p{Script=Han}/u)
      expect(value.description?.en, key).not.toMatch(/\p{Script=Han}/u)
    }
  }
})
