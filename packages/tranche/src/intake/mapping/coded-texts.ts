import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, list, type Sql, sql } from '../../sql/sql.ts'
import type { CompiledTable } from './compile-table.ts'
import type { RawRows } from './raw-columns.ts'

/** Texts that stand in a column with codes, as written, with what each stands for. */
export type CodedTexts = readonly (readonly [text: string, value: string | null])[]

/** By standard column. */
export type CodedColumns = Readonly<Record<string, CodedTexts>>

export interface FoundCodes {
  readonly coded: CodedColumns
  /** Texts of these columns that have no code. */
  readonly unknown: Readonly<Record<string, readonly string[]>>
}

const mostTexts = 64
const firsts = 'intake_firsts'

/**
 * The few texts that a file's columns with codes hold, read by their codes once, so that nothing is normalised row by
 * row. Columns that hold many texts are left out.
 */
export async function codedColumns(
  warehouse: Warehouse,
  compiled: CompiledTable,
  raw: RawRows,
  compileOver: (lines: Sql) => CompiledTable,
): Promise<FoundCodes> {
  const coded: Record<string, CodedTexts> = {}
  const unknown: Record<string, readonly string[]> = {}
  for (const { name, codedText, direct } of compiled.columns) {
    if (codedText === null || direct !== null) continue
    await warehouse.run(
      sql`create or replace temp table ${ident(firsts)} as select min(${raw.line}) as line from ${raw.from} where ${codedText} is not null group by ${codedText}`,
    )
    const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${ident(firsts)}`)
    if (n <= mostTexts) {
      const over = compileOver(sql`select line from ${ident(firsts)}`)
      const column = over.columns.find((other) => other.name === name)!
      const texts = await warehouse.rows<{ text: string; value: string | null; fails: boolean }>(
        sql`select ${codedText} as text, ${column.value} as value, coalesce(${column.text!} is not null and not ${column.known!}, false) as fails from ${over.rows.from} order by 1`,
      )
      coded[name] = texts.map(({ text, value }) => [text, value])
      unknown[name] = texts.flatMap(({ text, fails }) => (fails ? [text] : []))
    }
    await warehouse.run(sql`drop table ${ident(firsts)}`)
  }
  return { coded, unknown }
}

/** The table with columns read by the texts that stand in them. */
export function readCoded(
  compiled: CompiledTable,
  coded: CodedColumns,
  unknown: FoundCodes['unknown'] = {},
): CompiledTable {
  return {
    ...compiled,
    columns: compiled.columns.map((column) => {
      const texts = coded[column.name]
      if (texts === undefined || column.codedText === null) return column
      const { codedText } = column
      const strangers = unknown[column.name] ?? []
      return {
        ...column,
        value: meaningOf(codedText, texts),
        text: codedText,
        mayFail: strangers.length > 0,
        known: strangers.length > 0 ? sql`(${codedText} not in (${list(strangers)}))` : null,
      }
    }),
  }
}

function meaningOf(codedText: Sql, texts: CodedTexts): Sql {
  const cases = texts.flatMap(([text, value]) => (value === null ? [] : [sql`when ${text} then ${value}`]))
  return cases.length === 0 ? sql`cast(null as varchar)` : sql`case ${codedText} ${join(cases, ' ')} end`
}
