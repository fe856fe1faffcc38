import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipPart {
  readonly name: string
  readonly content: Buffer
  /** What the archive claims in place of the truth. */
  readonly claimed?: { readonly bytes?: number; readonly compressedBytes?: number }
  /** Deflated already. */
  readonly deflated?: boolean
}

/** A ZIP archive that may lie about its sizes. */
export function zipArchive(parts: readonly ZipPart[], claimedEntries = parts.length): Buffer {
  const local: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content, claimed, deflated } of parts) {
    const data = deflated === true ? content : deflateRawSync(content)
    const path = Buffer.from(name)
    const sizes = Buffer.alloc(12)
    sizes.writeUInt32LE(deflated === true ? 0 : crc32(content), 0)
    sizes.writeUInt32LE(claimed?.compressedBytes ?? data.length, 4)
    sizes.writeUInt32LE(claimed?.bytes ?? content.length, 8)
    const versions = Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0])
    const lengths = Buffer.alloc(4)
    lengths.writeUInt16LE(path.length, 0)
    const head = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), versions, sizes, lengths, path])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    directory.push(
      Buffer.concat([
        Buffer.from([0x50, 0x4b, 1, 2, 20, 0]),
        versions,
        sizes,
        lengths.subarray(0, 2),
        rest.subarray(0, 2),
        rest,
        path,
      ]),
    )
    local.push(head, data)
    offset += head.length + data.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(claimedEntries, 8)
  end.writeUInt16LE(claimedEntries, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, listed, end])
}

const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

export interface WorkbookOptions {
  readonly sheetName?: string
  /** Added after the rows, inside the sheet. */
  readonly afterRows?: string
  readonly parts?: readonly ZipPart[]
  /** Stands for the sheet itself. */
  readonly sheet?: ZipPart
}

/** A workbook of one sheet with these rows of texts. */
export function workbook(rows: readonly (readonly string[])[], options: WorkbookOptions = {}): Buffer {
  return zipArchive(workbookParts(rows, options))
}

export function workbookParts(
  rows: readonly (readonly string[])[],
  options: WorkbookOptions = {},
): ZipPart[] {
  const cells = rows.map(
    (row, y) =>
      `<row r="${y + 1}">${row.map((cell, x) => `<c r="${String.fromCharCode(65 + x)}${y + 1}" t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`,
  )
  const part = (name: string, xml: string): ZipPart => ({
    name,
    content: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${xml}`),
  })
  return [
    part(
      '[Content_Types].xml',
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>`,
    ),
    part(
      '_rels/.rels',
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ),
    part(
      'xl/_rels/workbook.xml.rels',
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    part(
      'xl/workbook.xml',
      `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="${options.sheetName ?? 'orders'}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    options.sheet ??
      part(
        'xl/worksheets/sheet1.xml',
        `<worksheet xmlns="${main}"><sheetData>${cells.join('')}</sheetData>${options.afterRows ?? ''}</worksheet>`,
      ),
    ...(options.parts ?? []),
  ]
}
