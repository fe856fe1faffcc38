import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exerciseDefinitions } from './exercise-definitions.ts'
import { exerciseRead, exerciseRefused, filesOf } from './exercise-files.ts'
import { spoiltBinaries } from './spoilt-binaries.ts'
import { spoiltDefinitions } from './spoilt-definitions.ts'
import { spoiltTexts } from './spoilt-texts.ts'
import { createSmallInstitution, type SmallInstitution } from './spoilt-workspace.ts'

const perClass = 500
const timeoutMs = 3_600_000
let place: SmallInstitution

beforeAll(async () => {
  place = await createSmallInstitution()
  expect(await place.run()).toBeNull()
})
afterAll(() => place.remove())

describe(`${perClass} of each class`, () => {
  test.each([...spoiltTexts, ...spoiltBinaries(Buffer.from('PAR1'))].map(({ key }) => key))(
    '%s',
    async (key) => {
      const one = [...spoiltTexts, ...spoiltBinaries(place.parquet)].find((found) => found.key === key)!
      const [files, batch] = [filesOf(one, perClass), key.includes('megabytes') ? 20 : 50]
      expect(await exerciseRefused(place, files)).toEqual([])
      expect(await exerciseRead(place, files, batch)).toEqual([])
    },
    timeoutMs,
  )

  test.each(spoiltDefinitions.map((one) => [one.key, one] as const))(
    '%s',
    async (_, one) => {
      expect(await exerciseDefinitions(place, one, perClass)).toEqual([])
    },
    timeoutMs,
  )
})
