import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exerciseDefinitions } from './exercise-definitions.ts'
import { exerciseRead, exerciseRefused, filesOf } from './exercise-files.ts'
import { spoiltBinaries } from './spoilt-binaries.ts'
import { spoiltDefinitions } from './spoilt-definitions.ts'
import { spoiltTexts } from './spoilt-texts.ts'
import { createSmallInstitution, type SmallInstitution } from './spoilt-workspace.ts'

const perClass = 10
let place: SmallInstitution

beforeAll(async () => {
  place = await createSmallInstitution()
  expect(await place.run()).toBeNull()
})
afterAll(() => place.remove())

describe(`${perClass} spoilt files of each class`, () => {
  test('what can be read is kept or in the quarantine with its line, beside a valid file', async () => {
    const files = [...spoiltTexts, ...spoiltBinaries(place.parquet)].flatMap((one) => filesOf(one, perClass))
    expect(await exerciseRead(place, files, 1000)).toEqual([])
  })

  test.each([...spoiltTexts, ...spoiltBinaries(Buffer.from('PAR1'))].map(({ key }) => key))(
    '%s',
    async (key) => {
      const one = [...spoiltTexts, ...spoiltBinaries(place.parquet)].find((found) => found.key === key)!
      expect(await exerciseRefused(place, filesOf(one, perClass))).toEqual([])
    },
  )
})

describe(`${perClass} spoilt definitions of each class`, () => {
  test.each(spoiltDefinitions.map((one) => [one.key, one] as const))('%s', async (_, one) => {
    expect(await exerciseDefinitions(place, one, perClass)).toEqual([])
  })
})

test('at the end nothing was run that stood in a file, and the institution computes as before', async () => {
  expect(existsSync(join(place.dir, 'owned'))).toBe(false)
  expect(existsSync('owned')).toBe(false)
  expect(await place.run()).toBeNull()
})
