import type { ByteWriter } from './byte-writer.ts'
import { unknownCustomers } from './dirt.ts'
import { type Encoding, encodeWord } from './vocabulary.ts'

const comma = 44
const newline = 10
const keyWidth = 8
const fieldsOfTruncatedLine = 3
const wide: Record<Encoding, readonly Uint8Array[]> = {
  'utf-8': wideCharacters('utf-8'),
  gb18030: wideCharacters('gb18030'),
}

/** The customer number, as it is or as the kind of dirt has it; all but an unknown one mean the same customer. */
export function writeCustomerKey(
  out: ByteWriter,
  index: number,
  kind?: string,
  encoding: Encoding = 'utf-8',
): ByteWriter {
  const number = index + 1
  if (kind === 'unknown_customer') return out.ascii('C').integer(unknownCustomers + index, keyWidth)
  if (kind === 'key_lower_case') return out.ascii('c').integer(number, keyWidth)
  if (kind === 'key_spaces') return out.ascii(' C').integer(number, keyWidth).ascii('  ')
  if (kind !== 'key_full_width') return out.ascii('C').integer(number, keyWidth)
  const characters = wide[encoding]
  out.bytes(characters[10]!)
  for (const digit of String(number).padStart(keyWidth, '0')) out.bytes(characters[Number(digit)]!)
  return out
}

/**
 * A line for a genuine row, and what is planted in it or below it. `write` gets the kind where the row is to be
 * altered; see `hasOwnKey`.
 */
export function writeLine(out: ByteWriter, kind: string | undefined, write: (kind?: string) => void): void {
  const start = out.length
  if (kind === undefined || !isPlanted(kind)) {
    write(kind)
    out.byte(newline)
    return
  }
  if (kind === 'contradictory_duplicate') {
    // Of rows that contradict each other the later one holds, so the false one comes first.
    write(kind)
    out.byte(newline)
    write()
    out.byte(newline)
    return
  }
  write()
  out.byte(newline)
  const line = out.since(start)
  if (kind === 'duplicate') out.bytes(line)
  else if (kind === 'truncated_line') out.bytes(line.subarray(0, endOfFields(line))).byte(newline)
  else {
    write(kind)
    out.byte(newline)
  }
}

/** Whether the kind is a row of its own rather than a genuine row written differently. */
function isPlanted(kind: string | undefined): boolean {
  return kind !== undefined && !alterations.has(kind)
}

/** Whether a row of this kind must bear a key of its own: all that are refused for another reason than their key. */
export function hasOwnKey(kind: string | undefined): boolean {
  return isPlanted(kind) && kind !== 'contradictory_duplicate'
}

const alterations = new Set([
  'key_lower_case',
  'key_spaces',
  'key_full_width',
  'phone_with_prefix',
  'phone_with_spaces',
  'gender_alias',
  'id_number_bad_checksum',
])

/** Before the quoted fields, so that the cut opens no quotation, and never inside a character. */
function endOfFields(line: Uint8Array): number {
  let found = 0
  const end = line.findIndex((byte) => byte === comma && ++found === fieldsOfTruncatedLine)
  return end < 0 ? line.length - 2 : end
}

function wideCharacters(encoding: Encoding): readonly Uint8Array[] {
  return [...'０１２３４５６７８９Ｃ'].map((character) => encodeWord(character, encoding))
}
