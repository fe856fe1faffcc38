import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sourceSchema, workspaceSchema } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type SimulationSummary, simulate } from '../../src/pipeline/simulate/simulate.ts'
import { openFiles } from './clean-tables.ts'
import { countDirt, countRows } from './planted-dirt.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tranche-simulate-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Hash of every file under a folder, by its path. */
async function hashes(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const pairs = names.map(async (name) => [
    name.slice(dir.length),
    createHash('sha256')
      .update(await readFile(name))
      .digest('hex'),
  ])
  return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>
}

describe('simulate', () => {
  it('writes the same bytes for the same seed, whatever the number of threads, and others for another', async () => {
    const size = { customers: 1000, months: 12, dirt: 0.02, transactionsPerCustomer: 400 }
    await simulate({ dir: join(root, 'one'), ...size, seed: 5, threads: 1 })
    await simulate({ dir: join(root, 'two'), ...size, seed: 5, threads: 2 })
    await simulate({ dir: join(root, 'other'), ...size, seed: 6 })
    const [one, two, other] = await Promise.all(
      ['one', 'two', 'other'].map((name) => hashes(join(root, name))),
    )
    expect(Object.keys(one!).filter((name) => name.includes('/transactions/'))).toHaveLength(2)
    expect(two).toEqual(one)
    expect(other!['/data/customers.csv']).not.toBe(one!['/data/customers.csv'])
  })

  describe('a dirty institution', () => {
    let made: SimulationSummary
    beforeAll(async () => {
      made = await simulate({
        dir: join(root, 'dirty'),
        customers: 4000,
        seed: 3,
        dirt: 0.05,
        transactionsPerCustomer: 20,
      })
    })

    it('holds as many rows of each kind of dirt as its truth says', async () => {
      const files = await openFiles(made.dir)
      const found = await countDirt(files, made.dir)
      const said = Object.fromEntries(
        made.truth.dirt.map(({ source, kind, count }) => [`${source}.${kind}`, count]),
      )
      expect(found).toEqual(said)
      expect(Object.values(said).every((count) => count > 0)).toBe(true)
      files.close()
    })

    it('holds as many rows in each file as were kept, refused, filtered and repeated', async () => {
      const files = await openFiles(made.dir)
      const found = await countRows(files, made.dir)
      for (const { source, read, kept, quarantined, filtered, duplicates } of made.truth.sources) {
        expect(kept + quarantined + filtered + duplicates, source).toBe(read)
        if (source in found) expect(found[source], source).toBe(read)
      }
      files.close()
    })

    it('plants dirt at the rate asked for', () => {
      const planted = made.truth.dirt.reduce((sum, { count }) => sum + count, 0)
      const sources = new Set(made.truth.dirt.map(({ source }) => source))
      const genuine = made.truth.sources.reduce(
        (sum, { source, kept }) => sum + (sources.has(source) ? kept : 0),
        0,
      )
      expect(planted / genuine).toBeCloseTo(0.05, 3)
    })

    it('maps every file by definitions that the contract accepts', async () => {
      workspaceSchema.parse(parse(await readFile(join(made.dir, 'tranche.yaml'), 'utf8')))
      const names = await readdir(join(made.dir, 'sources'))
      const keys = await Promise.all(
        names.map(
          async (name) =>
            sourceSchema.parse(parse(await readFile(join(made.dir, 'sources', name), 'utf8'))).key,
        ),
      )
      expect(keys.sort()).toEqual(made.truth.sources.map(({ source }) => source))
    })
  })

  it('plants no dirt where none is asked for', async () => {
    const { truth } = await simulate({
      dir: join(root, 'clean'),
      customers: 300,
      months: 6,
      dirt: 0,
      transactionsPerCustomer: 20,
    })
    expect(truth.dirt.every(({ count }) => count === 0)).toBe(true)
    expect(truth.sources.every(({ read, kept }) => read === kept)).toBe(true)
  })

  it.each([
    [{ customers: 99 }, 'customers is 99; expected 100 to 20000000.'],
    [{ months: 2.5 }, 'months is 2.5; a whole number was expected.'],
    [{ dirt: 0.5 }, 'dirt is 0.5; expected 0 to 0.2.'],
    [{ seed: -1 }, 'seed is -1; expected 0 to 2147483647.'],
    [{ transactionsPerCustomer: Number.NaN }, 'transactions per customer is NaN; expected 20 to 500.'],
  ])('refuses %o', async (options, message) => {
    await expect(simulate({ dir: join(root, 'refused'), ...options })).rejects.toThrow(message)
  })

  it("leaves a workspace alone that it didn't write", async () => {
    const dir = await mkdtemp(join(root, 'own-'))
    await writeFile(join(dir, 'tranche.yaml'), 'name: {en: Mine, zh: 我的}\n')
    await expect(simulate({ dir })).rejects.toThrow('holds a workspace that was not simulated')
    expect(await readdir(dir)).toEqual(['tranche.yaml'])
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    controller.abort()
    await expect(
      simulate({ dir: join(root, 'stopped'), customers: 200, signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'cancelled' })
  })
})
