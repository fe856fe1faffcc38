import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type InstitutionRun, runInstitution } from './institution-run.ts'

const institutions = 20
const fewestOfTwenty = 16
/** The full measure is at 200,000: set TRANCHE_COVERAGE_CUSTOMERS. */
const customers = Number(process.env['TRANCHE_COVERAGE_CUSTOMERS'] ?? 20_000)

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tranche-found-coverage-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

interface Tally {
  held: number
  /** Sum over the seeds of how far off a found number is, in half widths of its interval. */
  off: number
  readonly exact: boolean
}

it(
  'finds planted numbers with intervals that hold them as often as they say, and exactly the planted dirt',
  async () => {
    const tallies = new Map<string, Tally>()
    for (let seed = 1; seed <= institutions; seed++) {
      const dir = join(root, 'institution')
      const made = await runInstitution(dir, { customers, seed })
      await rm(dir, { recursive: true, force: true })
      expect(made.rows, `rows of seed ${seed}`).toEqual(made.truth.sources)
      count(tallies, made)
      console.log(
        `seed ${seed}: ${made.comparisons.filter(({ covered }) => covered).length} of ${made.comparisons.length}`,
      )
    }
    printTable(tallies)
    const chance = [...tallies].filter(([, { exact }]) => !exact)
    const share = chance.reduce((sum, [, { held }]) => sum + held, 0) / (chance.length * institutions)
    console.log(
      `${(100 * share).toFixed(2)}% of ${chance.length * institutions} intervals hold the planted number`,
    )
    expect(share).toBeGreaterThanOrEqual(0.92)
    expect(share).toBeLessThanOrEqual(0.98)
    expect(chance.filter(([, { held }]) => held < fewestOfTwenty).map(([key]) => key)).toEqual([])
    expect([...tallies].filter(([, { exact, held }]) => exact && held < institutions)).toEqual([])
  },
  6 * 3_600_000,
)

function count(tallies: Map<string, Tally>, { comparisons }: InstitutionRun): void {
  for (const { key, planted, found, low, high, covered, exact } of comparisons) {
    const tally = tallies.get(key) ?? { held: 0, off: 0, exact: exact === true }
    tallies.set(key, tally)
    if (covered) tally.held++
    tally.off += (found - planted) / ((high - low) / 2)
  }
}

function printTable(tallies: ReadonlyMap<string, Tally>): void {
  console.log(`${'planted'.padEnd(45)} held of ${institutions}   mean distance in half widths`)
  for (const [key, { held, off }] of tallies)
    console.log(
      `${key.padEnd(45)} ${String(held).padStart(10)}   ${(off / institutions).toFixed(2).padStart(8)}`,
    )
}
