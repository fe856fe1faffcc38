import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunFolder } from '../engine/folder.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { checkHtmlNumbers } from '../reports/check/check-numbers.ts'
import { reportWords } from '../reports/render-report.ts'
import { readReportData } from '../reports/report-data.ts'
import { duckdbDialect } from '../sql/duckdb-dialect.ts'
import { renderInline } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { broughtWhole } from './bring-standard.ts'
import { allByHand } from './by-hand/all.ts'
import { type HandWritten, scopeOf } from './by-hand/hand-written.ts'
import { onOneThread } from './one-thread.ts'
import { openPublishedRun } from './published-run.ts'
import { tablesThere } from './rows-of-run.ts'

/** One published number beside what a second, independent query says of it. Money and counts are exact texts. */
export interface Reconciled {
  readonly key: string
  readonly published: string | null
  readonly recomputed: string | null
  readonly agrees: boolean
}

/** Numbers that are not recomputed, since they rest on rows that lie in tables of a cluster. */
export interface LeftOut {
  readonly numbers: number
  readonly tables: readonly string[]
}

/**
 * Recomputes published counts and sums by queries written by hand over the mapped sources, never through the compiler
 * of features, and compares them to the last minor unit; then holds every number that the reports print against the
 * tables.
 */
export async function reconcilePublished(
  catalogue: Catalogue,
  leftOut: (notice: LeftOut) => void = () => undefined,
): Promise<readonly Reconciled[]> {
  const { warehouse, manifest, run, state } = await openPublishedRun(catalogue)
  try {
    const scope = await scopeOf(catalogue, warehouse, manifest)
    const all = await allByHand(scope)
    const there = [...tablesThere(state)].filter((name) => !broughtWhole.includes(name))
    const here = all.filter((one) => !there.some((table) => reads(one, table)))
    if (here.length < all.length) leftOut({ numbers: all.length - here.length, tables: there })
    // Numbers that only agree within a tolerance add doubles, and are to be the same whenever this is asked.
    const [doubles, exact] = [here.filter(isDouble), here.filter((one) => !isDouble(one))]
    const lines = new Map<HandWritten, Reconciled>()
    for (const one of exact) lines.set(one, await recompute(warehouse, one))
    await onOneThread(warehouse, async () => {
      for (const one of doubles) lines.set(one, await recompute(warehouse, one))
    })
    return [...here.map((one) => lines.get(one)!), ...(await reports(catalogue, warehouse, run))]
  } finally {
    warehouse.close()
  }
}

const isDouble = ({ tolerance }: HandWritten) => tolerance !== undefined

async function recompute(
  warehouse: Warehouse,
  { key, published, recomputed, tolerance }: HandWritten,
): Promise<Reconciled> {
  const [first] = await warehouse.rows<{ v: string | number | null }>(published)
  const [second] = await warehouse.rows<{ v: string | number | null }>(recomputed)
  const [a, b] = [textOf(first?.v), textOf(second?.v)]
  return {
    key,
    published: a,
    recomputed: b,
    agrees: tolerance === undefined ? a === b : close(a, b, tolerance),
  }
}

/** Whether a statement reads the rows of a standard table. */
function reads({ published, recomputed, from }: HandWritten, table: string): boolean {
  return [published, recomputed, ...(from === undefined ? [] : [from])].some((statement) => {
    const text = renderInline(statement, duckdbDialect)
    return new RegExp(`\\bstandard"?\\."?${table}\\b`).test(text)
  })
}

/** Per report how many of its numbers the tables bear out, and each that they don't. */
async function reports(catalogue: Catalogue, warehouse: Warehouse, run: RunFolder): Promise<Reconciled[]> {
  const data = await readReportData(warehouse)
  const lines: Reconciled[] = []
  for (const lang of ['en', 'zh'] as const) {
    const name = `report.${lang}.html`
    const words = reportWords(catalogue, lang)
    const html = await readFile(join(run.path, name), 'utf8')
    const { checked, lies } = checkHtmlNumbers(html, data, words, catalogue)
    // Sentences take their words from labels, which may have changed since; numbers don't.
    const off = lies.filter(({ mark }) => !mark.startsWith('sentence='))
    lines.push({
      key: `${name}.numbers`,
      published: String(checked),
      recomputed: String(checked - off.length),
      agrees: off.length === 0,
    })
    for (const { mark, shown, expected } of off)
      lines.push({ key: `${name}: ${mark}`, published: shown, recomputed: expected, agrees: false })
  }
  return lines
}

const textOf = (value: string | number | null | undefined) =>
  value === null || value === undefined ? null : String(value)

/** Rates and means are doubles; they agree to the relative tolerance of their statement. */
function close(a: string | null, b: string | null, tolerance: number): boolean {
  if (a === null || b === null) return a === b
  const [x, y] = [Number(a), Number(b)]
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y))
}
