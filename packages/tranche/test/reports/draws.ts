import { createHash } from 'node:crypto'

/** Whole numbers below a bound, the same in every run. */
export function drawOf(seed: string): (below: number) => number {
  let count = 0
  return (below) => {
    const bytes = createHash('sha256').update(`${seed} ${count++}`).digest()
    return Number(bytes.readBigUInt64BE() % BigInt(below))
  }
}
