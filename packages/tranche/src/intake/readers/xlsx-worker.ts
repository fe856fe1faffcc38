import { parentPort, workerData } from 'node:worker_threads'
import { readSheet } from 'read-excel-file/node'

/** Reads one sheet in a thread of its own, so that a hostile workbook can exhaust only that thread's memory. */
const { file, sheet } = workerData as { readonly file: string; readonly sheet: string }

const rows = await readSheet(file, sheet)
const rowsPerMessage = 5000
for (let start = 0; start < rows.length; start += rowsPerMessage)
  parentPort?.postMessage({ rows: rows.slice(start, start + rowsPerMessage) })
parentPort?.postMessage({ done: true })
