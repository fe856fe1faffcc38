import { parentPort, workerData } from 'node:worker_threads'
import { readSheet } from 'read-excel-file/node'

/** Reads one sheet in a thread of its own, so that a hostile workbook can exhaust only that thread's memory. */
const { archive, sheet } = workerData as { readonly archive: Uint8Array; readonly sheet: string }

const rows = await readSheet(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength), sheet)
const rowsPerMessage = 5000
for (let start = 0; start < rows.length; start += rowsPerMessage)
  parentPort?.postMessage({ rows: rows.slice(start, start + rowsPerMessage) })
parentPort?.postMessage({ done: true })
