import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

const end = 0x06054b50
const listed = 0x02014b50
const local = 0x04034b50
/** 1980-01-01 00:00, the beginning of time in a ZIP file. */
const epoch = 0x0021_0000

/** Writes a ZIP file of our own making again, each part as `edit` gives it, at one instant: equal parts give equal bytes. */
export function rewriteZip(zip: Buffer, edit: (name: string, content: Buffer) => Buffer): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content } of partsOf(zip)) {
    const edited = edit(name, content)
    const data = deflateRawSync(edited)
    const path = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    // Names are UTF-8.
    common.writeUInt16LE(0x0800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(epoch, 6)
    common.writeUInt32LE(crc32(edited), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(edited.length, 18)
    common.writeUInt16LE(path.length, 22)
    parts.push(signed(local), common, path, data)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    directory.push(signed(listed), Buffer.from([20, 0]), common, rest, path)
    offset += 30 + path.length + data.length
  }
  const list = Buffer.concat(directory)
  const tail = Buffer.alloc(18)
  const count = parts.length / 4
  tail.writeUInt16LE(count, 4)
  tail.writeUInt16LE(count, 6)
  tail.writeUInt32LE(list.length, 8)
  tail.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, list, signed(end), tail])
}

/** The files of an archive, inflated, in its order; folders are left out. */
export function* partsOf(zip: Buffer): Generator<{ readonly name: string; readonly content: Buffer }> {
  let at = zip.length - 22
  while (at >= 0 && zip.readUInt32LE(at) !== end) at--
  if (at < 0) throw new TypeError('Not a ZIP file: it has no end record.')
  const entries = zip.readUInt16LE(at + 10)
  at = zip.readUInt32LE(at + 16)
  for (let index = 0; index < entries; index++) {
    if (zip.readUInt32LE(at) !== listed) throw new TypeError('A ZIP directory entry is damaged.')
    const method = zip.readUInt16LE(at + 10)
    const bytes = zip.readUInt32LE(at + 20)
    const nameLength = zip.readUInt16LE(at + 28)
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const offset = zip.readUInt32LE(at + 42)
    const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28)
    const stored = zip.subarray(start, start + bytes)
    if (!name.endsWith('/')) yield { name, content: method === 0 ? stored : inflateRawSync(stored) }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
}

function signed(signature: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(signature)
  return bytes
}
