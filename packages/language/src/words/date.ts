import type { Language } from '@tranche/contract'
import { dateParts, parseDate } from '../calendar.ts'

/** A calendar day `YYYY-MM-DD`: `5 March 2026`; `2026年3月5日`. Throws RangeError for what is no day. */
export function formatDate(day: string, lang: Language): string {
  const { year, month, day: dayOfMonth } = partsOf(day)
  return lang === 'zh' ? `${year}年${month}月${dayOfMonth}日` : `${dayOfMonth} ${months[month - 1]} ${year}`
}

/** The month of a day `YYYY-MM-DD` or of `YYYY-MM`: `March 2026`; `2026年3月`. */
export function formatMonth(day: string, lang: Language): string {
  const { year, month } = partsOf(/^\d{4}-\d{2}$/.test(day) ? `${day}-01` : day)
  return lang === 'zh' ? `${year}年${month}月` : `${months[month - 1]} ${year}`
}

/** From the first to the last day, both within: `1 March 2026 to 5 April 2026`; `2026年3月1日至2026年4月5日`. */
export function formatPeriod(first: string, last: string, lang: Language): string {
  if (first === last) return formatDate(first, lang)
  return `${formatDate(first, lang)}${lang === 'zh' ? '至' : ' to '}${formatDate(last, lang)}`
}

/** An instant (ISO text or ms since 1970) in a zone: `5 March 2026, 14:30`; `2026年3月5日 14:30`. */
export function formatInstant(
  instant: string | number,
  { lang, timeZone }: { readonly lang: Language; readonly timeZone: string },
): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) throw new RangeError(`"${instant}" is not an instant.`)
  const parts: Record<string, string> = {}
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  for (const { type, value } of format.formatToParts(date)) parts[type] = value
  const day = formatDate(`${parts['year']?.padStart(4, '0')}-${parts['month']}-${parts['day']}`, lang)
  return `${day}${lang === 'zh' ? ' ' : ', '}${parts['hour']}:${parts['minute']}`
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

function partsOf(day: string) {
  const days = parseDate(day)
  if (days === undefined) throw new RangeError(`"${day}" is not a calendar day written YYYY-MM-DD.`)
  return dateParts(days)
}
