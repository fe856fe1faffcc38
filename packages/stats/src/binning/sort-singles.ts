const digitBits = 11
const digits = 1 << digitBits
/** Three digits of eleven bits hold the 32 of a number. */
const passes = 3
/** Fewer are sorted sooner by comparing. */
const fewest = 2_000

/**
 * Sorts finite numbers of single precision in place, ascending, −0 before 0: by the digits of their bits, lowest first, where
 * they are many. Cost O(n).
 * Source: Knuth (1998), The Art of Computer Programming 3, section 5.2.5, algorithm R
 */
export function sortSingles(values: Float32Array): void {
  const n = values.length
  if (n < fewest) {
    values.sort()
    return
  }
  let keys: Uint32Array = new Uint32Array(values.buffer, values.byteOffset, n)
  let other: Uint32Array = new Uint32Array(n)
  const counts = Array.from({ length: passes }, () => new Uint32Array(digits))
  const [low, middle, high] = counts as [Uint32Array, Uint32Array, Uint32Array]
  for (let i = 0; i < n; i++) {
    const bits = keys[i]!
    // In this order of bits numbers rise: of a negative one all are turned, of another the sign alone.
    const key = (bits ^ ((bits >> 31) | 0x8000_0000)) >>> 0
    keys[i] = key
    low[key & (digits - 1)]!++
    middle[(key >>> digitBits) & (digits - 1)]!++
    high[key >>> (2 * digitBits)]!++
  }
  for (const [pass, count] of counts.entries()) {
    let before = 0
    for (let digit = 0; digit < digits; digit++) {
      const here = count[digit]!
      count[digit] = before
      before += here
    }
    const shift = pass * digitBits
    for (let i = 0; i < n; i++) {
      const key = keys[i]!
      other[count[(key >>> shift) & (digits - 1)]!++] = key
    }
    ;[keys, other] = [other, keys]
  }
  // After an odd number of passes the keys lie outside, and what lay inside is the other.
  for (let i = 0; i < n; i++) {
    const key = keys[i]!
    other[i] = key >>> 31 === 1 ? key ^ 0x8000_0000 : ~key
  }
}
