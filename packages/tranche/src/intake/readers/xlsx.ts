import { Worker } from 'node:worker_threads'
import type { SourceFormat, Text } from '@tranche/contract'
import { TrancheError } from '../../errors.ts'
import { ident } from '../../sql/sql.ts'
import { readError } from './byte-stream.ts'
import { layOut, mergedCells, type SheetCell } from './sheet-layout.ts'
import type { StagedFile, StageOptions } from './staged-file.ts'
import { createStagingTable, stagingName } from './staging-table.ts'
import { readMerges, readSheets, type Sheet, sheetArchive } from './workbook.ts'
import { brokenWorkbook } from './zip.ts'

type XlsxFormat = Extract<SourceFormat, { type: 'xlsx' }>

const memoryMb = 1536
/** What merged areas may cover together; beyond it they overlap, which no spreadsheet writes. */
const maxMergedCells = 50_000_000

/** Names of the sheets that are not hidden. */
export async function sheetNames(file: string): Promise<readonly string[]> {
  const sheets = await opened(file)
  const visible = sheets.filter(({ hidden }) => !hidden)
  return (visible.length > 0 ? visible : sheets).map(({ name }) => name)
}

/** Stages one sheet of a workbook. */
export async function stageWorkbook(options: StageOptions, format: XlsxFormat): Promise<StagedFile> {
  const { file, warehouse, signal, limit } = options
  const sheets = await opened(file)
  const sheet = chosenSheet(sheets, format, file)
  const merges = await readMerges(file, sheet)
  const cells = await readCells(file, sheet, signal)
  if (mergedCells(cells, merges) > maxMergedCells) throw brokenWorkbook(file)
  const { names, rows, firstLine, notes } = layOut(cells, merges, format)
  if (names.length === 0) throw emptySheet(file, sheet.name)
  const table = await createStagingTable(warehouse, stagingName('staged'), names)
  const taken = limit === undefined ? rows : rows.slice(0, limit)
  for (const { line, cells: texts } of taken) {
    table.add(line, texts)
    if (table.full()) await table.flush()
  }
  await table.flush()
  const others = sheets.length - 1
  const sheetNote: Text[] =
    format.sheet === undefined && others > 0
      ? [
          {
            en: `Sheet ${JSON.stringify(sheet.name)} was read; ${others} other${others === 1 ? ' was' : 's were'} not.`,
            zh: `读取了工作表 ${JSON.stringify(sheet.name)}，另有 ${others} 个未读取。`,
          },
        ]
      : []
  return {
    relation: ident(table.name),
    columns: names.map((name) => ({ name, kind: 'text' })),
    rejected: null,
    firstLine,
    records: taken.length,
    notes: [...sheetNote, ...notes],
    drop: () => table.drop(),
  }
}

async function opened(file: string): Promise<readonly Sheet[]> {
  try {
    return await readSheets(file)
  } catch (cause) {
    throw readError(cause, file)
  }
}

function chosenSheet(sheets: readonly Sheet[], { sheet }: XlsxFormat, file: string): Sheet {
  const chosen =
    sheet === undefined
      ? (sheets.find(({ hidden }) => !hidden) ?? sheets[0])
      : typeof sheet === 'number'
        ? sheets[sheet - 1]
        : sheets.find(({ name }) => name === sheet)
  if (chosen !== undefined) return chosen
  const names = sheets.map(({ name }) => JSON.stringify(name)).join(', ')
  throw new TrancheError(
    'invalid_source',
    {
      en: `${file} has no sheet ${JSON.stringify(sheet)}; it has ${names}.`,
      zh: `${file} 中没有工作表 ${JSON.stringify(sheet)}，现有：${names}。`,
    },
    { place: { file }, hint: { en: 'Correct sheet under format.', zh: '请修改 format 中的 sheet。' } },
  )
}

async function readCells(
  file: string,
  sheet: Sheet,
  signal: AbortSignal | undefined,
): Promise<readonly (readonly SheetCell[])[]> {
  const archive = await sheetArchive(file, sheet)
  const own = import.meta.url.endsWith('.ts') ? './xlsx-worker.ts' : './xlsx-worker.js'
  const worker = new Worker(new URL(own, import.meta.url), {
    workerData: { archive, sheet: sheet.name },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    execArgv: [],
    stderr: true,
  })
  const rows: (readonly SheetCell[])[] = []
  const stop = (): void => void worker.terminate()
  signal?.addEventListener('abort', stop)
  try {
    return await new Promise((resolve, reject) => {
      let done = false
      worker.on('message', (message: { rows?: (readonly SheetCell[])[]; done?: boolean }) => {
        if (message.rows !== undefined) for (const row of message.rows) rows.push(row)
        if (message.done === true) {
          done = true
          resolve(rows)
        }
      })
      worker.on('error', (cause) => reject(workerError(file, cause)))
      worker.on('exit', () => {
        if (!done)
          reject(
            signal?.aborted === true
              ? new TrancheError('cancelled', { en: 'Reading was cancelled.', zh: '读取已取消。' })
              : brokenWorkbook(file),
          )
      })
    })
  } finally {
    signal?.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

function workerError(file: string, cause: unknown): TrancheError {
  if ((cause as NodeJS.ErrnoException | undefined)?.code !== 'ERR_WORKER_OUT_OF_MEMORY')
    return brokenWorkbook(file, cause)
  return new TrancheError(
    'invalid_source',
    {
      en: `${file} needs more than ${memoryMb} MB of memory to be read as a workbook.`,
      zh: `${file} 按工作簿读取所需内存超过 ${memoryMb} MB。`,
    },
    {
      cause,
      place: { file },
      hint: {
        en: 'Export the sheet as CSV, which is read whatever its size.',
        zh: '请将工作表导出为 CSV，其大小不受限制。',
      },
    },
  )
}

function emptySheet(file: string, sheet: string): TrancheError {
  return new TrancheError(
    'invalid_source',
    {
      en: `Sheet ${JSON.stringify(sheet)} of ${file} is empty.`,
      zh: `${file} 的工作表 ${JSON.stringify(sheet)} 是空的。`,
    },
    {
      place: { file },
      hint: {
        en: 'Choose another sheet under format: sheet.',
        zh: '请在 format 的 sheet 中选择其他工作表。',
      },
    },
  )
}
