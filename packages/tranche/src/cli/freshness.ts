import { ageWords, type Staleness, staleWords } from '../pipeline/staleness.ts'
import type { Output } from './output.ts'

/** How old the inputs of a segment are, and whether it is stale, below what is said of it. */
export function sayFreshness(output: Output, staleness: Staleness, segment?: string): void {
  const whose = segment === undefined ? '' : `${segment}: `
  for (const words of [ageWords(staleness), staleWords(staleness)])
    if (words !== null) output.say({ en: `  ${whose}${words.en}`, zh: `  ${whose}${words.zh}` })
}
