import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ident, sql, typed, unsafeRaw } from '../sql/sql.ts'
import type { Scratch, Warehouse } from './warehouse.ts'

export interface ScratchOptions {
  readonly file: string
  /** What the memory allows unless said. */
  readonly rowsAtOnce?: number
}

const database = 'scratch'
const usualMemoryMb = 2048
const bytesPerSortedRow = 64

export function scratchOf({ rowsAtOnce }: ScratchOptions, memoryMb = usualMemoryMb): Scratch {
  return { database, rowsAtOnce: rowsAtOnce ?? Math.floor((memoryMb * 1_048_576) / bytesPerSortedRow) }
}

/** Opens an empty database in the file beside the warehouse's own. */
export async function attachScratch(warehouse: Warehouse, file: string): Promise<void> {
  for (const path of [file, `${file}.wal`]) await rm(path, { force: true })
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await warehouse.run(
    sql`attach ${unsafeRaw(warehouse.dialect.literal(typed('varchar', file)))} as ${ident(database)}`,
  )
}
