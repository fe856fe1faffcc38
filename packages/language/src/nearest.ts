/**
 * The known name closest to what was written, or undefined when none is close (more than a third of the
 * letters differ). Ties go to the first in order. O(names × length²).
 */
export function nearest(written: string, names: Iterable<string>): string | undefined {
  const wanted = [...written.toLowerCase()]
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    const letters = [...name.toLowerCase()]
    if (Math.abs(letters.length - wanted.length) >= bestDistance) continue
    const distance = editDistance(wanted, letters)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** Damerau–Levenshtein in its restricted form: insert, delete, replace, swap two neighbours. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let cost = Math.min(replace, last[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
