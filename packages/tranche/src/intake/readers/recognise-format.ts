import type { SourceFormat } from '@tranche/contract'
import { openBytes, readHead } from './byte-stream.ts'

/** The format of a file, from its content first and its name second. */
export async function recogniseFormat(file: string): Promise<SourceFormat> {
  const head = await readHead(await openBytes(file), 65_536)
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { type: 'parquet' }
  if (head.subarray(0, 4).toString('latin1') === 'PK\x03\x04') return { type: 'xlsx' }
  if (/\.(jsonl|ndjson|json)(\.gz)?$/i.test(file) || startsWithObject(head)) return { type: 'jsonl' }
  return { type: 'csv', encoding: 'auto' }
}

function startsWithObject(head: Buffer): boolean {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  const line = text.split('\n', 1)[0] ?? ''
  if (!line.startsWith('{')) return false
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
