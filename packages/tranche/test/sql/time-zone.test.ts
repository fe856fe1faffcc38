import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { sql } from '../../src/sql/sql.ts'
import { localDate, timestampOf, Zone } from '../../src/sql/time-zone.ts'

const iso = (ms: number) => new Date(ms).toISOString()

describe('business days in a zone', () => {
  test('a day starts at its midnight there', () => {
    expect(iso(new Zone('Asia/Shanghai').startOfDay('2026-01-01'))).toBe('2025-12-31T16:00:00.000Z')
    expect(iso(new Zone('America/New_York').startOfDay('2024-03-10'))).toBe('2024-03-10T05:00:00.000Z')
  })

  test('a day whose midnight the clocks skip starts when the clocks go on', () => {
    expect(iso(new Zone('America/Sao_Paulo').startOfDay('2018-11-04'))).toBe('2018-11-04T03:00:00.000Z')
  })

  test('summer time gives one offset more at the instant of the change', () => {
    const { steps } = new Zone('America/New_York').offsetsBetween(Date.UTC(2024, 0, 1), Date.UTC(2024, 6, 1))
    expect(steps.map(({ fromMs, offsetSeconds }) => [iso(fromMs), offsetSeconds])).toEqual([
      ['2024-01-01T00:00:00.000Z', -18_000],
      ['2024-03-10T07:00:00.000Z', -14_400],
    ])
  })

  test('the engine finds the same day as the calendar of the zone', async () => {
    const warehouse = await openDuckDb({ path: ':memory:' })
    const from = Date.UTC(1995, 0, 1)
    const to = Date.UTC(2030, 0, 1)
    for (const name of [
      'Asia/Shanghai',
      'America/New_York',
      'Europe/London',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    ]) {
      const zone = new Zone(name)
      const offsets = zone.offsetsBetween(from, to)
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: from, max: to - 1 }), async (ms) => {
          const { day } = await warehouse.row<{ day: string }>(
            sql`select ${localDate(sql`${timestampOf(ms)}`, offsets)} as day`,
          )
          expect(day).toBe(zone.dateOf(ms))
        }),
        { numRuns: 40 },
      )
    }
    warehouse.close()
  })
})
