const endSignature = 0x06054b50
const entrySignature = 0x02014b50
/** 1980-01-01 00:00, the beginning of time in a ZIP file. */
const epoch = 0x0021_0000

/** Sets the time of every entry of a ZIP file to one instant, so that equal content gives equal bytes. */
export function pinZipTimes(zip: Buffer): Buffer {
  let end = zip.length - 22
  while (end >= 0 && zip.readUInt32LE(end) !== endSignature) end--
  if (end < 0) throw new TypeError('Not a ZIP file: it has no end record.')
  const entries = zip.readUInt16LE(end + 10)
  let at = zip.readUInt32LE(end + 16)
  for (let index = 0; index < entries; index++) {
    if (zip.readUInt32LE(at) !== entrySignature) throw new TypeError('A ZIP directory entry is damaged.')
    zip.writeUInt32LE(epoch, at + 12)
    zip.writeUInt32LE(epoch, zip.readUInt32LE(at + 42) + 10)
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return zip
}
