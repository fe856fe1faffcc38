export interface CountedCell {
  /** People in the cell. */
  readonly n: number
}

/** A cell that may be shown, or why it may not: too few people, or it would give away one that has too few. */
export type DisclosedCell<T extends CountedCell> =
  | { readonly shown: true; readonly cell: T }
  | { readonly shown: false; readonly cell: T; readonly why: 'small' | 'complement' }

export interface DisclosureOptions {
  /** Least number of people a shown cell may have. */
  readonly minimum: number
  /** Whether readers know the total of these cells, so that a lone hidden one could be had by subtraction. */
  readonly totalKnown: boolean
}

/**
 * Hides cells of one breakdown with 1 to minimum − 1 people. Where a single hidden cell, or hidden cells that
 * together are still under the minimum, could be had from the total, the smallest shown one is hidden too.
 * Cells without people are shown: nobody is in them. Order is kept; ties go to the earlier cell.
 */
export function suppressSmallCells<T extends CountedCell>(
  cells: readonly T[],
  { minimum, totalKnown }: DisclosureOptions,
): readonly DisclosedCell<T>[] {
  const why = cells.map(({ n }): 'small' | 'complement' | undefined =>
    n > 0 && n < minimum ? 'small' : undefined,
  )
  if (totalKnown && why.includes('small')) {
    const hidden = () => cells.filter((_, index) => why[index] !== undefined)
    const giveAway = () => hidden().length < 2 || hidden().reduce((sum, { n }) => sum + n, 0) < minimum
    while (giveAway()) {
      const next = smallestShown(cells, why)
      if (next === undefined) break
      why[next] = 'complement'
    }
  }
  return cells.map((cell, index) => {
    const reason = why[index]
    return reason === undefined ? { shown: true, cell } : { shown: false, cell, why: reason }
  })
}

/** Whether a count of people may be shown by itself. */
export function mayShow(n: number, minimum: number): boolean {
  return n === 0 || n >= minimum
}

function smallestShown(
  cells: readonly CountedCell[],
  why: readonly (string | undefined)[],
): number | undefined {
  let found: number | undefined
  cells.forEach(({ n }, index) => {
    if (why[index] !== undefined || n === 0) return
    if (found === undefined || n < cells[found]!.n) found = index
  })
  return found
}
