import { StatsError } from '../stats-error.ts'
import type { Baskets } from './baskets.ts'

/** Throws `outOfDomain` unless the offsets rise from 0 to the number of items and every item has a label. */
export function requireBaskets({ items, offsets, labels }: Baskets): void {
  const rising = offsets.every((at, b) => (b === 0 ? at === 0 : at >= offsets[b - 1]!))
  if (!rising || offsets.at(-1) !== items.length)
    throw new StatsError(
      'outOfDomain',
      `The offsets do not rise from 0 to ${items.length}, the number of items.`,
    )
  const at = items.findIndex((item) => item < 0 || item >= labels.length)
  if (at >= 0)
    throw new StatsError(
      'outOfDomain',
      `Item ${items[at]} has no label; 0 to ${labels.length - 1} were expected.`,
    )
}
