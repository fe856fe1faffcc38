import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Warehouse } from '../engine/warehouse.ts'
import { ident, sql } from '../sql/sql.ts'
import { type ConsentRow, consentPages } from './consents.ts'
import type { Statements } from './state-database.ts'

/** Consents as one run saw them: a Parquet file named by its content. */
export interface CopiedConsents {
  readonly hash: string
  readonly rows: number
}

const staging = 'copied_consents'

/**
 * Copies all decisions to where the engine reads them, so that a run and whoever reads it later see the same ones.
 * Null where there are none. The file has the columns of the standard table, and `known_at`: when it was recorded.
 */
export async function copyConsents(
  state: Statements,
  warehouse: Warehouse,
  fileOf: (hash: string) => string,
): Promise<CopiedConsents | null> {
  const hash = createHash('sha256')
  let rows = 0
  for await (const page of consentPages(state)) {
    for (const row of page) hash.update(`${JSON.stringify(names.map((name) => row[name]))}\n`, 'utf8')
    const columns = names.map((name) => textColumn(name, page))
    if (rows === 0) await warehouse.createFrom(staging, columns)
    else await warehouse.append(staging, columns)
    rows += page.length
  }
  if (rows === 0) return null
  const copied = { hash: hash.digest('hex'), rows }
  const file = fileOf(copied.hash)
  await mkdir(dirname(file), { recursive: true, mode: 0o750 })
  if (!existsSync(file))
    await warehouse.writeParquet(
      sql`select customer_id, purpose, granted = '1' as granted, notice_version,
          cast(decided_at as timestamp) as decided_at, evidence, cast(recorded_at as timestamp) as known_at
        from ${ident(staging)} order by customer_id, purpose, decided_at`,
      file,
    )
  await warehouse.run(sql`drop table ${ident(staging)}`)
  return copied
}

const names = [
  'customer_id',
  'purpose',
  'granted',
  'notice_version',
  'decided_at',
  'evidence',
  'recorded_at',
] as const satisfies readonly (keyof ConsentRow)[]

function textColumn(name: keyof ConsentRow, page: readonly ConsentRow[]) {
  const values = page.map((row) => (row[name] === null ? null : String(row[name])))
  return { name, type: 'varchar' as const, values }
}
