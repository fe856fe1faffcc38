import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listQuarantine } from '../../src/intake/quarantine/list-quarantine.ts'
import { simulate } from '../../src/pipeline/simulate/simulate.ts'
import { createInstitution } from './institution.ts'

interface Planted {
  readonly source: string
  readonly kind: string
  readonly count: number
  readonly outcome: 'quarantined' | 'duplicate' | 'filtered' | 'repaired' | 'kept'
}

it('finds in a simulated institution exactly the dirt that was planted, by source and outcome', async () => {
  const place = await createInstitution()
  const dir = join(place.dir, 'simulated')
  await simulate({ dir, customers: 400, months: 12, seed: 7, dirt: 0.05, threads: 1 })
  const truth = JSON.parse(await readFile(join(dir, 'truth.json'), 'utf8')) as {
    readonly dirt: readonly Planted[]
  }
  await rm(join(dir, 'truth.json'))
  const taken = await place.take(null, undefined, dir)
  const planted = (source: string, outcome: Planted['outcome']) =>
    truth.dirt
      .filter((item) => item.source === source && item.outcome === outcome)
      .reduce((sum, { count }) => sum + count, 0)
  for (const { source, quarantined, filtered, duplicates } of taken.result.rows)
    expect([source, quarantined, filtered, duplicates]).toEqual([
      source,
      planted(source, 'quarantined'),
      planted(source, 'filtered'),
      planted(source, 'duplicate'),
    ])
  const { byReason } = await listQuarantine({ ...taken, folder: join(dir, '.tranche') })
  const found = (source: string, reasons: readonly string[]) =>
    byReason
      .filter((group) => group.source === source && reasons.includes(group.reason))
      .reduce((sum, { rows }) => sum + rows, 0)
  for (const source of ['transactions', 'customers', 'applications']) {
    const count = (kind: string) =>
      truth.dirt.find((item) => item.source === source && item.kind === kind)?.count ?? 0
    expect(found(source, ['contradiction']), source).toBe(count('contradictory_duplicate'))
    expect(found(source, ['foreign_key']), source).toBe(count('unknown_customer'))
    expect(found(source, ['unknown_code']), source).toBe(count('wrong_code'))
  }
  expect(
    await taken.rows(
      `select count(*)::integer as n from standard.transactions where customer_id <> upper(customer_id) or customer_id <> trim(customer_id)`,
    ),
  ).toEqual([{ n: 0 }])
})
