import { wilsonInterval } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { mayShow } from '../../privacy/disclosure.ts'
import { sql } from '../../sql/sql.ts'
import type { Notebook } from '../draft.ts'
import { publishLevels } from '../levels.ts'
import { conversionMeasure, defaultMeasure, firstMeasure, type Measure } from '../measures.ts'
import { lastOffset } from '../purchase-months.ts'
import { byLevels, saySpread } from '../spread.ts'
import { sayPromotions } from './promotions.ts'

const section = 'cohorts'
/** Cohorts drawn in the triangle: the newest. */
const mostCohorts = 18
const checkpoints = [1, 3, 6, 12] as const

interface Cell {
  readonly cohort: string
  readonly month_offset: number
  readonly customers: number
  readonly active: number
  readonly [name: string]: string | number
}

/** Retention by month of the first purchase, and what each channel and creative brought. */
export async function sayCohorts(book: Notebook, warehouse: Warehouse): Promise<boolean> {
  const before = book.findings.length
  const cells = await warehouse.rows<Cell>(
    sql`select cohort, month_offset, customers, active from cohort_retention order by cohort, month_offset`,
  )
  const cohorts = [...new Set(cells.map(({ cohort }) => cohort))]
  if (cohorts.length >= 2) {
    sayRetention(book, cells)
    drawTriangle(book, cells, cohorts.slice(-mostCohorts))
  }
  sayQuality(book)
  await sayPromotions(book, warehouse)
  return book.findings.length > before
}

/** Share of customers who buy again in the k-th month after the first, over all cohorts for which it is over. */
function sayRetention(book: Notebook, cells: readonly Cell[]): void {
  for (const offset of checkpoints) {
    const over = cells.filter(({ month_offset }) => month_offset === offset)
    const customers = over.reduce((sum, cell) => sum + cell.customers, 0)
    const active = over.reduce((sum, cell) => sum + cell.active, 0)
    if (over.length === 0 || active < book.minimum || customers - active < book.minimum) continue
    const interval = wilsonInterval({ successes: active, n: customers })
    book.say({
      key: `cohorts.retention.month_${offset}`,
      section,
      message: 'cohorts.retention',
      subject: 'cohort',
      metric: 'retention',
      unit: 'share',
      estimate: active / customers,
      low: interval.low,
      high: interval.high,
      n: customers,
      values: { attribute: 'cohort', offset, cohorts: over.length },
      query: sql`select sum(active) / cast(sum(customers) as double) as estimate from cohort_retention where month_offset = ${offset}`,
      weight: offset === 3 ? 52 : 10,
    })
  }
}

function drawTriangle(book: Notebook, cells: readonly Cell[], cohorts: readonly string[]): void {
  const key = book.findings.find(({ message }) => message === 'cohorts.retention')?.key
  if (key === undefined) return
  const drawn = cells.filter(
    ({ cohort, month_offset }) => cohorts.includes(cohort) && month_offset <= lastOffset,
  )
  const first = new Map(
    drawn.filter((cell) => cell.month_offset === 0).map((cell) => [cell.cohort, cell.customers]),
  )
  const n = [...first.values()].reduce((sum, count) => sum + count, 0)
  const main = book.findings.find(({ key: name }) => name === 'cohorts.retention.month_3')?.key ?? key
  book.draw(
    {
      figure: 'cohorts.triangle',
      section,
      kind: 'triangle',
      finding: main,
      metric: 'retention',
      attribute: 'cohort',
      unit: 'share',
      n,
    },
    drawn
      .filter(({ month_offset }) => month_offset > 0)
      .map(({ cohort, month_offset, customers, active }) => ({
        series: cohort,
        label: cohort,
        x: month_offset,
        y: active / customers,
        low: null,
        high: null,
        n: customers,
        suppressed: !mayShow(active, book.minimum) || !mayShow(customers - active, book.minimum),
      })),
  )
}

/** What each channel and creative brought: conversion, later purchases, value, default. */
function sayQuality(book: Notebook): void {
  const { frame } = book
  const measures = [
    conversionMeasure(frame),
    firstMeasure(frame, 'value_12m'),
    defaultMeasure(frame),
    frame.numbers.has('retained_3m')
      ? ({ column: 'retained_3m', kind: 'rate', unit: 'share', weight: 56 } satisfies Measure)
      : undefined,
  ].filter((measure): measure is Measure => measure !== undefined)
  for (const attribute of ['creative', 'channel']) {
    const by = byLevels(book, attribute, 12)
    if (!by) continue
    for (const measure of measures) {
      saySpread(book, { section, measure, by, weight: measure.weight * 0.85 })
      publishLevels(book, { section, prefix: `${attribute}.${measure.column}`, by, measure })
    }
  }
}
