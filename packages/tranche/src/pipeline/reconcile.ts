import type { Catalogue } from '../workspace/catalogue.ts'
import { openPublishedRun } from './published-run.ts'
import { handWritten } from './reconcile-queries.ts'

/** One published number beside what a second, independent query says of it. Money and counts are exact texts. */
export interface Reconciled {
  readonly key: string
  readonly published: string | null
  readonly recomputed: string | null
  readonly agrees: boolean
}

/**
 * Recomputes published counts and sums by queries written by hand over the mapped sources, never through the compiler
 * of features, and compares them to the last minor unit.
 */
export async function reconcilePublished(catalogue: Catalogue): Promise<readonly Reconciled[]> {
  const { warehouse, manifest } = await openPublishedRun(catalogue)
  try {
    const lines: Reconciled[] = []
    for (const { key, published, recomputed, tolerance } of await handWritten({
      catalogue,
      warehouse,
      manifest,
    })) {
      const [first] = await warehouse.rows<{ v: string | number | null }>(published)
      const [second] = await warehouse.rows<{ v: string | number | null }>(recomputed)
      const [a, b] = [textOf(first?.v), textOf(second?.v)]
      lines.push({
        key,
        published: a,
        recomputed: b,
        agrees: tolerance === undefined ? a === b : close(a, b, tolerance),
      })
    }
    return lines
  } finally {
    warehouse.close()
  }
}

const textOf = (value: string | number | null | undefined) =>
  value === null || value === undefined ? null : String(value)

/** Rates and means are doubles; they agree to the relative tolerance of their statement. */
function close(a: string | null, b: string | null, tolerance: number): boolean {
  if (a === null || b === null) return a === b
  const [x, y] = [Number(a), Number(b)]
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y))
}
