import type { Rows } from '@tranche/stats'

/** Computes on first use and keeps the result. */
export const once = <T>(make: () => T): (() => T) => {
  let value: T | undefined
  return () => (value ??= make())
}

export const matrix = (columns: readonly Float64Array[]): Rows => ({
  data: Float64Array.from(
    { length: columns[0]!.length * columns.length },
    (_, at) => columns[at % columns.length]![Math.floor(at / columns.length)]!,
  ),
  n: columns[0]!.length,
  p: columns.length,
})
