import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { command } from './in-process.ts'
import { goodRow, goodRows, header, streamOf, text } from './spoilt-file.ts'
import { createSmallInstitution, put, type SmallInstitution } from './spoilt-workspace.ts'

let place: SmallInstitution
const random = streamOf('mended', 0)

interface Counts {
  readonly read: number
  readonly kept: number
  readonly quarantined: number
  readonly duplicates: number
}
interface Document {
  readonly manifest: {
    readonly rows: readonly Counts[]
    readonly inputs: readonly { readonly file: string; readonly status: string }[]
  }
}

async function run(): Promise<{
  readonly counts: Counts
  readonly status: Record<string, string>
  readonly said: string
}> {
  const { code, stdout, stderr } = await command(['-C', place.dir, '--json', 'run'])
  expect(code).toBe(0)
  const { manifest } = JSON.parse(stdout) as Document
  const { read, kept, quarantined, duplicates } = manifest.rows[0]!
  const status = Object.fromEntries(
    manifest.inputs.map((input) => [input.file.split('/').at(-1)!, input.status]),
  )
  return { counts: { read, kept, quarantined, duplicates }, status, said: stderr }
}

beforeAll(async () => {
  place = await createSmallInstitution()
  expect(await place.run()).toBeNull()
})
afterAll(() => place.remove())

test('rows that were set aside come back mended: exported, put right, put beside the files, and counted once', async () => {
  const bad = [
    goodRow('bad-1', random).replace(/\d{4}-/, 'last year-'),
    goodRow('bad-2', random).replace(/,[\d.]+,tea/, ',many,tea'),
  ]
  await put(place, { name: 'some.csv', bytes: text([header, ...goodRows('some', 5, random), ...bad]) })
  expect((await run()).counts).toEqual({ read: 127, kept: 125, quarantined: 2, duplicates: 0 })
  const out = join(place.orders, 'mended.csv')
  expect((await command(['-C', place.dir, 'quarantine', 'export', 'orders', '--out', out])).code).toBe(0)
  const mended = (await readFile(out, 'utf8')).replace('last year-', '2024-').replace(',many,', ',7.5,')
  await writeFile(out, mended)
  expect((await run()).counts).toEqual({ read: 129, kept: 127, quarantined: 2, duplicates: 0 })
  expect((await command(['-C', place.dir, 'reconcile'])).code).toBe(0)
  await rm(out)
  await rm(join(place.orders, 'some.csv'))
})

test('a new file is read and the others are not; a changed one takes the place of the old', async () => {
  const before = await run()
  await put(place, {
    name: 'more.csv',
    bytes: text([header, 'm-1,c1,2024-05-01 10:00:00,5,tea', 'm-2,c2,2024-05-01 11:00:00,6,tea']),
  })
  const added = await run()
  expect(added.counts.kept).toBe(before.counts.kept + 2)
  expect(added.status).toEqual({ 'valid.csv': 'unchanged', 'more.csv': 'new' })
  expect(added.said).toMatch(/orders → transactions: 2 rows added/)
  await put(place, {
    name: 'more.csv',
    bytes: text([header, 'm-1,c1,2024-05-01 10:00:00,5,tea', 'm-2,c2,2024-05-01 11:00:00,66,tea']),
  })
  const restated = await run()
  expect(restated.status).toEqual({ 'valid.csv': 'unchanged', 'more.csv': 'changed' })
  expect(restated.said).toMatch(/orders → transactions: 2 rows added/)
  expect(restated.counts).toEqual(added.counts)
  await rm(join(place.orders, 'more.csv'))
})
