import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { cramersVQuery } from '../../src/insights/association.ts'
import { type Sql, sql } from '../../src/sql/sql.ts'

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:', threads: 2 })
  // Of 2,100 rows x has thirds and y sevenths, each the same within the other; z is x but for a tenth, w is known of half.
  await warehouse.run(sql`create table codes as
    select i % 3 as x, least((i // 3) % 7, 3) as y, case when i % 10 = 0 then (i + 1) % 3 else i % 3 end as z,
      case when i < 1050 then i % 3 end as w
    from range(2100) as rows (i)`)
})
afterAll(() => warehouse.close())

const columns: Readonly<Record<string, Sql>> = { x: sql`x`, y: sql`y`, z: sql`z`, w: sql`w` }

const association = async (x: string, y: string, least: number) =>
  (
    await warehouse.row<{ estimate: number | null }>(
      cramersVQuery({ x: columns[x]!, y: columns[y]!, from: sql`codes` }, least),
    )
  ).estimate

describe('Cramér’s V as a statement', () => {
  it('is nothing, and never below it, where codes have nothing to do with each other, in whatever order rows are added', async () => {
    for (let turn = 0; turn < 200; turn++) expect(await association('x', 'y', 2)).toBeCloseTo(0, 12)
  })

  it('is one where one code tells the other, also where some are not known', async () => {
    expect(await association('x', 'x', 2)).toBeCloseTo(1, 12)
    expect(await association('x', 'w', 2)).toBeCloseTo(1, 12)
  })

  it('counts pairs of codes that no row has', async () => {
    // Worked out by hand of the table of x and z: 630 on the diagonal, 70 to one side of it, none to the other.
    const cells = [630, 70, 0]
    const chiSquared = 3 * cells.reduce((sum, n) => sum + (n - 700 / 3) ** 2 / (700 / 3), 0)
    expect(await association('x', 'z', 2)).toBeCloseTo(Math.sqrt(chiSquared / 2_100 / 2), 12)
  })

  it('is not known where no row knows both', async () => {
    await warehouse.run(
      sql`create or replace table codes as select i as x, cast(null as integer) as y, i as z, i as w from range(5) as rows (i)`,
    )
    expect(await association('x', 'y', 1)).toBeNull()
  })
})
