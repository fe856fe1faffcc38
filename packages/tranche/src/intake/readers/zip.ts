import { open } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import { TrancheError } from '../../errors.ts'

export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly compressedBytes: number
  /** As the archive declares; what is inflated is held to it. */
  readonly bytes: number
  readonly offset: number
}

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const maxEntries = 10_000

/** The directory of a ZIP archive, without inflating anything. Throws for what is no archive, or a broken one. */
export async function readZipDirectory(file: string): Promise<readonly ZipEntry[]> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const tail = await read(handle, Math.max(0, size - 65_557), Math.min(size, 65_557))
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
    if (end < 0 || end + 22 > tail.length || tail.readUInt32LE(end) !== endSignature)
      throw brokenWorkbook(file)
    const count = tail.readUInt16LE(end + 10)
    const bytes = tail.readUInt32LE(end + 12)
    const start = tail.readUInt32LE(end + 16)
    if (count > maxEntries || bytes > 64 * 1024 * 1024 || start + bytes > size) throw brokenWorkbook(file)
    return entriesOf(await read(handle, start, bytes), file)
  } finally {
    await handle.close()
  }
}

/** One file of the archive, inflated to at most what it declares. */
export async function readZipEntry(file: string, entry: ZipEntry): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const header = await read(handle, entry.offset, 30)
    if (header.length < 30) throw brokenWorkbook(file)
    const skip = 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
    const stored = await read(handle, entry.offset + skip, entry.compressedBytes)
    if (entry.method === 0) return stored
    return inflateRawSync(stored, { maxOutputLength: Math.max(1, entry.bytes) })
  } catch (cause) {
    throw cause instanceof TrancheError ? cause : brokenWorkbook(file, cause)
  } finally {
    await handle.close()
  }
}

function entriesOf(directory: Buffer, file: string): readonly ZipEntry[] {
  const entries: ZipEntry[] = []
  let at = 0
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === entrySignature) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((place) =>
      directory.readUInt16LE(at + place),
    )
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength!),
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    })
    at += 46 + nameLength! + extraLength! + commentLength!
  }
  if (entries.length === 0) throw brokenWorkbook(file)
  return entries
}

type Handle = Awaited<ReturnType<typeof open>>

async function read(handle: Handle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}

/** A file that calls itself a workbook and can't be read as one. */
export function brokenWorkbook(file: string, cause?: unknown): TrancheError {
  return new TrancheError(
    'invalid_source',
    {
      en: `${file} can't be read as an Excel workbook (.xlsx).`,
      zh: `${file} 无法按 Excel 工作簿（.xlsx）读取。`,
    },
    {
      cause,
      place: { file },
      hint: {
        en: 'It is damaged, protected by a password, or another kind of file; open it in a spreadsheet and save it as .xlsx.',
        zh: '文件已损坏、设有密码或不是该格式；请用表格软件打开后另存为 .xlsx。',
      },
    },
  )
}
