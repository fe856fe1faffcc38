import type { Unit } from '@tranche/contract'
import { formatNumber, formatPercent, formatPoints } from '@tranche/language'
import { mayShow } from '../privacy/disclosure.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { formatValue, type ReportWords } from './format-value.ts'
import type { HeadlineMetric } from './report-data.ts'

export type Judgement = 'good' | 'bad' | 'neutral'

export interface Change {
  readonly text: string
  readonly judgement: Judgement
}

/** Above ten times, a factor says more than per cent. */
const mostChange = 9

/**
 * Whether a metric rests on enough customers to be shown: not on a few, nor on none, which says nothing. Of a share the
 * few for whom it holds, or doesn't, would be had by multiplication.
 */
export function mayPrint({ value, n, holding }: HeadlineMetric, minimum: number): boolean {
  if (value === null || n < minimum) return false
  return holding === null || (mayShow(holding, minimum) && mayShow(n - holding, minimum))
}

/** A change against an earlier value, short enough for a column: points (pp) for shares, per cent for amounts. Null where either is missing. */
export function changeOf(
  metric: HeadlineMetric,
  before: number | null,
  words: ReportWords,
  catalogue: Pick<Catalogue, 'metrics'>,
): Change | null {
  const { value } = metric
  if (value === null || before === null) return null
  const { lang } = words.labels
  const isShare = metric.unit === 'share' || metric.unit === 'rate'
  if (!isShare && !(before > 0)) return null
  const change = isShare ? value - before : value / before - 1
  const size = isShare
    ? formatPoints(Math.abs(change), { lang }).replace(/ percentage points?$/, ' pp')
    : change > mostChange
      ? `×${formatNumber(value / before, { lang, digits: 1, compact: false })}`
      : formatPercent(Math.abs(change), { lang })
  // What rounds to nothing has no direction.
  const arrow = Math.abs(change) < 0.0005 ? '' : change > 0 ? '▲ ' : '▼ '
  const direction = catalogue.metrics.find(({ key }) => key === metric.key)?.value.direction ?? 'neutral'
  const judgement =
    arrow === '' || direction === 'neutral'
      ? 'neutral'
      : change > 0 === (direction === 'higher_is_better')
        ? 'good'
        : 'bad'
  return { text: `${arrow}${size}`, judgement }
}

export function metricValueText(metric: HeadlineMetric, words: ReportWords): string {
  return metric.value === null ? '–' : formatValue(metric.value, 'by_unit', metric.unit as Unit, words)
}
