import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import { createStagingTable, type StagingTable } from './staging-table.ts'

/**
 * A staging table that takes lines as they stand and leaves it to the engine to split them: handing over a cell at a
 * time costs more than all else of reading a file.
 */
export interface LineTable extends StagingTable {
  /** A line with a cell for every column, neither empty nor with a line end in it. */
  addLine(line: number, text: string): void
}

const batchChars = 1 << 20

/** @param delimiter what separates the cells of a line; null where a line is one cell */
export async function createLineTable(
  warehouse: Warehouse,
  name: string,
  columns: readonly string[],
  delimiter: string | null,
): Promise<LineTable> {
  const cells = await createStagingTable(warehouse, name, columns)
  let lines: string[] = []
  let first = 1
  let chars = 0
  let total = 0

  const flushLines = async (): Promise<void> => {
    if (lines.length === 0) return
    const text = lines.join('\n')
    lines = []
    chars = 0
    const numbered = sql`(select unnest(texts) as text, generate_subscripts(texts, 1) + ${first - 1} as line from (select string_split(${text}, chr(10)) as texts))`
    const values = columns.map((_, index) => sql`nullif(cells[${index + 1}], '')`)
    await warehouse.run(
      delimiter === null
        ? sql`insert into ${ident(name)} select line, text from ${numbered} where text <> ''`
        : sql`insert into ${ident(name)} select line, ${join(values)} from (select line, string_split(text, ${delimiter}) as cells from ${numbered} where text <> '')`,
    )
  }

  return {
    ...cells,
    count: () => total + cells.count(),
    addLine: (line, text) => {
      if (lines.length === 0) first = line
      // Lines between that are none of ours.
      while (first + lines.length < line) lines.push('')
      lines.push(text)
      chars += text.length + 1
      total++
    },
    full: () => chars >= batchChars || lines.length >= batchChars || cells.full(),
    flush: async () => {
      await flushLines()
      await cells.flush()
    },
  }
}
