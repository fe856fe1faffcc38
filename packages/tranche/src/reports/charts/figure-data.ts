import type { Figure, FigurePoint, Finding } from '@tranche/contract'
import { formatValue, type ReportWords } from '../format-value.ts'

/** A figure with its marks, and how its numbers are written. */
export interface FigureData {
  readonly figure: Figure
  readonly points: readonly FigurePoint[]
  /** The finding it shows. */
  readonly finding: Finding
  /** Other findings, for what a figure marks besides (the golden age). */
  readonly others: ReadonlyMap<string, Finding>
  readonly words: ReportWords
}

export function shownPoints({ points }: FigureData): readonly FigurePoint[] {
  return points.filter(({ suppressed, y }) => !suppressed && y !== null)
}

/** A value of the figure's measure, short. */
export function formatY({ figure, words }: FigureData, value: number): string {
  return formatValue(value, figure.metric === 'lift' ? 'ratio' : 'by_unit', figure.unit, words)
}

/** A tick: like a value, without digits that say nothing. */
export function formatTick(data: FigureData, value: number): string {
  const { figure, words } = data
  if (figure.unit === 'share' || figure.unit === 'rate') return `${Number((value * 100).toFixed(1))}%`
  if (figure.unit === 'money') return formatValue(value, 'money', 'money', words).replace(/\.00(?!\d)/, '')
  return formatY(data, value)
}

/** What a level is called. Words begin with a capital, so that those of one figure look alike; names of a source's own stay. */
export function labelOf({ figure, words: { labels } }: FigureData, label: string): string {
  const text = labels.level(figure.attribute, label)
  const isWord = text !== label || /^[a-z]{3,}(?:[ _-][a-z]+)*$/.test(label)
  return isWord ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text
}

/** At most five round ticks that cover a range. */
export function niceTicks(low: number, high: number, most = 5): readonly number[] {
  const span = high - low || Math.abs(high) || 1
  const raw = span / (most - 1)
  const power = 10 ** Math.floor(Math.log10(raw))
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? 10 * power
  const ticks: number[] = []
  for (let tick = Math.floor(low / step) * step; ; tick += step) {
    ticks.push(Number(tick.toPrecision(12)))
    if (tick >= high - 1e-9 * span) break
  }
  return ticks
}
