import { formatCount, formatDate } from '@tranche/language'
import { provincesAsOf } from '../../insights/code-lists/china.ts'
import type { FigureData } from '../charts/figure-data.ts'
import type { ReportWords } from '../format-value.ts'

/** What a figure measures, over what, on how many of all customers, in which period. */
export function figureCaption({ figure, finding, words }: FigureData, customers: number): string {
  const { labels } = words
  const { lang } = labels
  const measure = labels.measure(figure.metric)
  const over = labels.attribute(figure.attribute)
  const n = formatCount(figure.n, lang)
  const all = formatCount(customers, lang)
  const hasInterval = figure.kind === 'dots' || figure.kind === 'curve' || figure.kind === 'tiles'
  if (lang === 'zh') {
    const what =
      figure.kind === 'density'
        ? `${measure}与${over}（对数坐标，颜色越深客户越多）`
        : `${measure}，按${over}`
    const interval = hasInterval ? '；线段或阴影为95%区间' : ''
    const provinces = figure.kind === 'tiles' ? `；省份名录截至${formatDate(provincesAsOf, lang)}` : ''
    return `${what}；${all}位客户中的${n}位；${periodOf(finding, words)}${interval}${provinces}`
  }
  const what =
    figure.kind === 'density'
      ? `${capital(measure)} against ${over}, logarithmic, darker where there are more customers`
      : `${capital(measure)} by ${over}`
  const interval = hasInterval ? '; lines and bands are 95% intervals' : ''
  const provinces = figure.kind === 'tiles' ? `; provinces as of ${formatDate(provincesAsOf, lang)}` : ''
  return `${what}; ${n} of ${all} ${customers === 1 ? 'customer' : 'customers'}; ${periodOf(finding, words)}${interval}${provinces}`
}

/** The period a finding speaks of: so many days before its instant, or all that was known by then. */
export function periodOf(
  { period_start, as_of }: { readonly period_start: string | null; readonly as_of: string },
  { labels: { lang }, timeZone }: ReportWords,
): string {
  const day = formatDate(dayIn(as_of, timeZone ?? 'UTC'), lang)
  if (period_start === null) return lang === 'zh' ? `截至${day}` : `as of ${day}`
  const days = Math.round((Date.parse(as_of) - Date.parse(period_start)) / 86_400_000)
  return lang === 'zh'
    ? `${day}之前的${days}天`
    : days === 1
      ? `the day before ${day}`
      : `the ${days} days before ${day}`
}

/** The calendar day of an instant in a zone. */
function dayIn(instant: string, timeZone: string): string {
  return formatOf(timeZone).format(new Date(instant))
}

/** Making a format takes longer than using it a hundred times; zones are few, and formats don't change. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const made = new Intl.DateTimeFormat('en-CA', { timeZone, calendar: 'gregory', ...parts })
  formats.set(timeZone, made)
  return made
}

const formats = new Map<string, Intl.DateTimeFormat>()

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
