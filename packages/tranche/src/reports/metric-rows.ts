import type { Unit } from '@tranche/contract'
import { formatPercent, formatPoints } from '@tranche/language'
import type { Catalogue } from '../workspace/catalogue.ts'
import { formatValue, type ReportWords } from './format-value.ts'
import type { HeadlineMetric } from './report-data.ts'

export type Judgement = 'good' | 'bad' | 'neutral'

export interface Change {
  readonly text: string
  readonly judgement: Judgement
}

/** A change against an earlier value: points for shares, per cent for amounts. Null where either is missing. */
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
  const size = isShare ? formatPoints(Math.abs(change), { lang }) : formatPercent(Math.abs(change), { lang })
  const arrow = change > 0 ? '▲ ' : change < 0 ? '▼ ' : ''
  const direction = catalogue.metrics.find(({ key }) => key === metric.key)?.value.direction ?? 'neutral'
  const judgement =
    change === 0 || direction === 'neutral'
      ? 'neutral'
      : change > 0 === (direction === 'higher_is_better')
        ? 'good'
        : 'bad'
  return { text: `${arrow}${size}`, judgement }
}

export function metricValueText(metric: HeadlineMetric, words: ReportWords): string {
  return metric.value === null ? '–' : formatValue(metric.value, 'by_unit', metric.unit as Unit, words)
}
