import { StatsError } from '../stats-error.ts'

/** A deterministic source of random numbers. Equal seed and stream give equal numbers on every machine. */
export interface RandomGenerator {
  /** A whole number in [0, 2³²). */
  uint32(): number
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number
  /** A generator whose numbers never overlap with this one's: same seed, another stream. */
  stream(index: number): RandomGenerator
}

/**
 * A counter-based generator, Philox 4×32 with ten rounds: seed is the key, stream and position are the counter,
 * so any number of streams are independent by construction and work can be shared out in any order.
 * Cost O(1) a number.
 * Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", https://doi.org/10.1145/2063384.2063405
 * @param seed a whole number in [0, 2⁵³)
 * @param stream a whole number in [0, 2³²)
 * @throws StatsError `invalidOption`
 * @example
 * const random = createRandom(7)
 * random.uint32() // → 4099963437
 * createRandom(7).uniform() === createRandom(7).uniform() // → true
 */
export function createRandom(seed: number, stream = 0): RandomGenerator {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new StatsError(
      'invalidOption',
      `The seed is ${seed}; a whole number between 0 and 2^53 − 1 was expected.`,
    )
  return philox(seed >>> 0, Math.floor(seed / 4294967296) >>> 0, [], stream)
}

function philox(keyLow: number, keyHigh: number, path: readonly number[], stream: number): RandomGenerator {
  if (!Number.isInteger(stream) || stream < 0 || stream > 0xffffffff)
    throw new StatsError(
      'invalidOption',
      `The stream is ${stream}; a whole number between 0 and 2^32 − 1 was expected.`,
    )
  const block = new Uint32Array(4)
  let low = 0
  let high = 0
  let used = 4
  const depth = path.length
  const uint32 = (): number => {
    if (used === 4) {
      block[0] = low
      block[1] = high
      block[2] = stream
      block[3] = depth
      rounds(block, keyLow, keyHigh)
      low = (low + 1) >>> 0
      if (low === 0) high = (high + 1) >>> 0
      used = 0
    }
    return block[used++]!
  }
  return {
    uint32,
    uniform: () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992,
    stream: (index) => {
      if (depth === 0 && stream === 0) return philox(keyLow, keyHigh, [0], index)
      // A stream of a stream gets a key of its own, drawn from a counter no sequence uses.
      const key = new Uint32Array([0xffffffff, 0xffffffff, stream, depth])
      rounds(key, keyLow, keyHigh)
      return philox(key[0]!, key[1]!, [...path, stream], index)
    },
  }
}

function rounds(block: Uint32Array, keyLow: number, keyHigh: number): void {
  let c0 = block[0]!
  let c1 = block[1]!
  let c2 = block[2]!
  let c3 = block[3]!
  let k0 = keyLow
  let k1 = keyHigh
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0)
    const low0 = Math.imul(0xd2511f53, c0)
    const high1 = multiplyHigh(0xcd9e8d57, c2)
    const low1 = Math.imul(0xcd9e8d57, c2)
    c0 = high1 ^ c1 ^ k0
    c1 = low1
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    k0 = (k0 + 0x9e3779b9) | 0
    k1 = (k1 + 0xbb67ae85) | 0
  }
  block[0] = c0
  block[1] = c1
  block[2] = c2
  block[3] = c3
}

/** The upper 32 bits of a 32 × 32 bit product, in halves because a double holds 53 bits. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const low = aLow * bLow
  const middle = aHigh * bLow + (low >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) >>> 0
}
