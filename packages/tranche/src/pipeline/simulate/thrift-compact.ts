/**
 * Writes structures in Thrift's compact protocol, in which Parquet keeps what it says about its pages and columns:
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export type ThriftValue =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly bool: boolean }
  | { readonly bytes: Uint8Array | string }
  | { readonly list: readonly ThriftValue[] }
  | ThriftStruct
/** Fields by their numbers, in ascending order; absent ones are left out. */
export type ThriftStruct = {
  readonly fields: readonly (readonly [id: number, value: ThriftValue | undefined])[]
}

export function encodeThrift(struct: ThriftStruct): Uint8Array {
  const out: number[] = []
  writeStruct(out, struct)
  return Uint8Array.from(out)
}

const typeCode = { true: 1, false: 2, i32: 5, i64: 6, bytes: 8, list: 9, struct: 12 } as const

function codeOf(value: ThriftValue): number {
  if ('i32' in value) return typeCode.i32
  if ('i64' in value) return typeCode.i64
  if ('bool' in value) return value.bool ? typeCode.true : typeCode.false
  if ('bytes' in value) return typeCode.bytes
  return 'list' in value ? typeCode.list : typeCode.struct
}

function writeStruct(out: number[], { fields }: ThriftStruct): void {
  let last = 0
  for (const [id, value] of fields) {
    if (value === undefined) continue
    if (id <= last || id - last > 15) throw new RangeError(`Field ${id} cannot follow field ${last}.`)
    out.push(((id - last) << 4) | codeOf(value))
    last = id
    writeValue(out, value)
  }
  out.push(0)
}

function writeValue(out: number[], value: ThriftValue): void {
  if ('i32' in value) writeWhole(out, value.i32)
  else if ('i64' in value) writeWhole(out, value.i64)
  else if ('bytes' in value) {
    const bytes = typeof value.bytes === 'string' ? new TextEncoder().encode(value.bytes) : value.bytes
    writeVarint(out, bytes.length)
    out.push(...bytes)
  } else if ('list' in value) {
    const size = value.list.length
    const element = size === 0 ? typeCode.i32 : codeOf(value.list[0]!)
    out.push((Math.min(size, 15) << 4) | element)
    if (size >= 15) writeVarint(out, size)
    for (const item of value.list) writeValue(out, item)
  } else if ('fields' in value) writeStruct(out, value)
}

/** Zigzag: small whole numbers of either sign take few bytes. */
function writeWhole(out: number[], value: number): void {
  writeVarint(out, value < 0 ? -2 * value - 1 : 2 * value)
}

function writeVarint(out: number[], value: number): void {
  while (value > 127) {
    out.push((value % 128) | 128)
    value = Math.floor(value / 128)
  }
  out.push(value)
}
