import { stageCsv } from './csv.ts'
import { stageJsonLines } from './jsonl.ts'
import { stageParquet } from './parquet.ts'
import { recogniseFormat } from './recognise-format.ts'
import type { StagedFile, StageOptions } from './staged-file.ts'

/**
 * Makes one file's rows readable in the warehouse, with the line each stood on.
 * Throws a `TrancheError` that names the file where nothing can be read; rows that can't be read are set aside.
 * Text formats are streamed: memory does not grow with the file.
 */
export async function stageFile(options: StageOptions): Promise<StagedFile> {
  const format = options.format ?? options.source?.format ?? (await recogniseFormat(options.file))
  switch (format.type) {
    case 'csv':
      return await stageCsv(options, format)
    case 'jsonl':
      return await stageJsonLines(options)
    case 'parquet':
      return await stageParquet(options)
    case 'xlsx':
      throw new TypeError('xlsx')
  }
}
