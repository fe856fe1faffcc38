import * as S from '@tranche/stats'
import { numbers, readColumns, readInput } from './adapter.ts'
import { dayOf, once } from './shape.ts'

// The input files of the clv area, each read once.

export const cdnow = once(() => {
  const c = readColumns('data/cdnow_customers_summary.csv')
  const column = (name: string): Float64Array => numbers(c[name]!)
  return { id: column('ID'), frequency: column('frequency'), recency: column('recency'), T: column('T') }
})
export const sample = once(() => {
  const rows = readInput('data/CDNOW_sample.txt').trim().split('\n')
  const cells = rows.map((line) => line.trim().split(/\s+/))
  const day = cells.map(([, , d]) => dayOf(`${d!.slice(0, 4)}-${d!.slice(4, 6)}-${d!.slice(6)}`))
  return { customer: numbers(cells.map((c) => c[1]!)), day, amount: numbers(cells.map((c) => c[4]!)) }
})
export const calibrationEnd = dayOf('1997-09-30')
export const daily = { observationEnd: calibrationEnd, period: 'day' } as const
export const weekly = { ...daily, periodsPerUnit: 7 }
export const sampleWeeks = once(() => S.summarizeTransactions(sample(), weekly))
export const example = once(() => {
  const c = readColumns('data/example_transactions.csv')
  return { customer: numbers(c['id']!), day: c['date']!.map(dayOf) }
})
export const donations = once(() => {
  const c = readColumns('data/donations.csv')
  const column = (name: string): Float64Array => numbers(c[name]!)
  const [frequency, recency, opportunities, weights] = ['frequency', 'recency', 'periods', 'weights'].map(
    column,
  )
  return { frequency: frequency!, recency: recency!, opportunities: opportunities!, weights: weights! }
})
