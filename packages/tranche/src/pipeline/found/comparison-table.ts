import type { TruthComparison } from './compare-truth.ts'

const header = 'key,label_en,label_zh,unit,planted,found,low,high,covered'

/** Comparisons as CSV; labels have commas, so that they are quoted. */
export function comparisonTable(comparisons: readonly TruthComparison[]): string {
  const lines = comparisons.map(({ key, label, unit, planted, found, low, high, covered }) =>
    [key, `"${label.en}"`, `"${label.zh}"`, unit, planted, found, low, high, covered].join(','),
  )
  return `${[header, ...lines].join('\n')}\n`
}
