import { describe, expect, it } from 'vitest'
import { FeatureQuery } from '../../src/features/feature-query.ts'
import { SharedValues } from '../../src/features/shared-values.ts'
import { joined } from '../../src/features/stage.ts'
import type { Dialect } from '../../src/sql/dialect.ts'
import { duckdbDialect } from '../../src/sql/duckdb-dialect.ts'
import { sql } from '../../src/sql/sql.ts'
import { trinoDialect } from '../../src/sql/trino-dialect.ts'

/** How many customers each statement is of, over a pass that keeps so many bytes of each; they follow one another from 0. */
function runsOf(dialect: Dialect, customers: number, bytes: number): readonly number[] {
  const relation = { alias: 'a', columns: new Map([['p1', bytes]]), statement: () => sql`select 1` }
  const plan = { relations: () => [relation], shared: new SharedValues('a') }
  const chunks = new FeatureQuery(
    dialect,
    customers,
    [plan],
    sql`select ${joined('a', 'p1')}`,
    undefined,
  ).chunks()
  expect(chunks.map(({ from }) => from)).toEqual([0, ...chunks.map(({ to }) => to)].slice(0, -1))
  expect(chunks.at(-1)?.to ?? 0).toBe(customers)
  return chunks.map(({ from, to }) => to - from)
}

describe('Runs of customers', () => {
  it('are as large as memory allows, and alike', () => {
    expect(runsOf(duckdbDialect, 1_000_000, 4_000)).toEqual([
      ...Array.from({ length: 6 }, () => 142_858),
      142_852,
    ])
    expect(runsOf(duckdbDialect, 100_000, 4_000)).toEqual([100_000])
    expect(runsOf(duckdbDialect, 0, 4_000)).toEqual([])
  })

  it('take whole ranges of files where rows lie in ranges', () => {
    expect(runsOf(trinoDialect, 1_000_000, 4_000)).toEqual([
      ...Array.from({ length: 6 }, () => 150_000),
      100_000,
    ])
    expect(runsOf(trinoDialect, 49_000, 40_000)).toHaveLength(3)
  })

  it('are smaller than a range where memory does not hold one', () => {
    const runs = runsOf(trinoDialect, 30_000_000, 4_000)
    expect(Math.max(...runs)).toBeLessThanOrEqual(166_666)
    expect(runs).toHaveLength(181)
  })

  it('leave none out and count none twice, whatever their number', () => {
    for (let customers = 50_001; customers < 3_000_000; customers += 77_777)
      for (const bytes of [800, 4_000, 12_000])
        expect(Math.min(...runsOf(trinoDialect, customers, bytes))).toBeGreaterThan(0)
  })
})
