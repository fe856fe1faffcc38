import { basename } from 'node:path'
import type { SourceFormat } from '@tranche/contract'
import { sql } from '../../sql/sql.ts'
import { stageCsv } from './csv.ts'
import { stageJsonLines } from './jsonl.ts'
import { stageParquet } from './parquet.ts'
import { stagePostgres } from './postgres.ts'
import { recogniseFormat } from './recognise-format.ts'
import type { StagedFile, StageOptions } from './staged-file.ts'
import { stageWorkbook } from './xlsx.ts'

/** Name under which a mapping reads the number of a row (`row 1`, `row 2` …) where nothing else tells rows apart. */
export const rowColumn = '_row'

/**
 * Makes one file's rows readable in the warehouse, with the line each stood on.
 * Throws a `TrancheError` that names the file where nothing can be read; rows that can't be read are set aside.
 * Text formats are streamed: memory does not grow with the file.
 */
export async function stageFile(options: StageOptions): Promise<StagedFile> {
  const table = options.source?.postgres
  if (table !== undefined) {
    const staged = await stagePostgres(options, table)
    return readsRow(options) ? withRow(staged, 'row') : staged
  }
  const format = options.format ?? options.source?.format ?? (await recogniseFormat(options.file))
  const staged = await stageFormat(options, format)
  return readsRow(options) ? withRow(staged, rowName(options)) : staged
}

async function stageFormat(options: StageOptions, format: SourceFormat): Promise<StagedFile> {
  switch (format.type) {
    case 'csv':
      return await stageCsv(options, format)
    case 'jsonl':
      return await stageJsonLines(options)
    case 'parquet':
      return await stageParquet(options)
    case 'xlsx':
      return await stageWorkbook(options, format)
  }
}

function readsRow({ source }: StageOptions): boolean {
  const tables = source?.tables ?? []
  return tables.some((table) => Object.values(table.columns).some((column) => column.from === rowColumn))
}

/** What rows are called: those of several files bear the file's name, so that no two are one. */
function rowName({ source, file }: StageOptions): string {
  const files = source?.files
  const several = Array.isArray(files) ? files.length > 1 : files !== undefined && /[*?[{]/.test(files)
  return several ? `${basename(file)} row` : 'row'
}

function withRow(staged: StagedFile, name: string): StagedFile {
  if (staged.columns.some(({ name }) => name === rowColumn)) return staged
  return {
    ...staged,
    relation: sql`(select *, ${`${name} `} || cast(_line - ${staged.firstLine} + 1 as varchar) as _row from ${staged.relation})`,
    columns: [...staged.columns, { name: rowColumn, kind: 'text' }],
  }
}
