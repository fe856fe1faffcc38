import { open } from 'node:fs/promises'
import { crc32, inflateRawSync } from 'node:zlib'
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
    const entries = entriesOf(await read(handle, start, bytes), file)
    // Entries that overlap, or claim to be longer than the archive, are how a small one unfolds without end.
    if (entries.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0) > size)
      throw brokenWorkbook(file)
    return entries
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

/**
 * The entries as an archive that says nothing false: no more of them than the directory lists, each as long as declared,
 * none of them compressed. For readers that believe whatever stands in an archive.
 */
export async function repackedZip(file: string, entries: readonly ZipEntry[]): Promise<Buffer> {
  const local: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const content = await readZipEntry(file, entry)
    if (content.length !== entry.bytes) throw brokenWorkbook(file)
    const name = Buffer.from(entry.name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(content.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const head = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, name])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, place, name]))
    local.push(head, content)
    offset += head.length + content.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(endSignature, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, listed, end])
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
