import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunFolder } from '../engine/folder.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { checkHtmlNumbers } from '../reports/check/check-numbers.ts'
import { reportWords } from '../reports/render-report.ts'
import { readReportData } from '../reports/report-data.ts'
import { duckdbDialect } from '../sql/duckdb-dialect.ts'
import { renderInline, type Sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { broughtWhole } from './bring-standard.ts'
import { allByHand } from './by-hand/all.ts'
import { type HandWritten, type Scope, scopeOf } from './by-hand/hand-written.ts'
import { onOneThread } from './one-thread.ts'
import { openPublishedRun } from './published-run.ts'
import { tablesThere, withRowsOfRun } from './rows-of-run.ts'

/** One published number beside what a second, independent query says of it. Money and counts are exact texts. */
export interface Reconciled {
  readonly key: string
  readonly published: string | null
  readonly recomputed: string | null
  readonly agrees: boolean
}

/**
 * Recomputes published counts and sums by queries written by hand over the mapped sources, never through the compiler
 * of features, and compares them to the last minor unit; then holds every number that the reports print against the
 * tables. What rests on rows of tables of a cluster that were not brought is asked of the cluster.
 */
export async function reconcilePublished(
  catalogue: Catalogue,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<readonly Reconciled[]> {
  const opened = await openPublishedRun(catalogue)
  const { warehouse, manifest, run, state } = opened
  const elsewhere = [...tablesThere(state)].filter((name) => !broughtWhole.includes(name))
  try {
    return await withRowsOfRun(catalogue, opened, env, async (rows) => {
      const placeOf = (statement: Sql) =>
        elsewhere.some((table) => reads(statement, table)) ? rows : warehouse
      const ask: Scope['ask'] = async (statement) => await placeOf(statement).rows(statement)
      const all = await allByHand(await scopeOf(catalogue, warehouse, manifest, ask))
      // Numbers that only agree within a tolerance add doubles, and are to be the same whenever this is asked.
      const [doubles, exact] = [all.filter(isDouble), all.filter((one) => !isDouble(one))]
      const lines = new Map<HandWritten, Reconciled>()
      for (const one of exact) lines.set(one, await recompute(ask, one))
      await onOneThread(warehouse, async () => {
        for (const one of doubles) lines.set(one, await recompute(ask, one))
      })
      return [...all.map((one) => lines.get(one)!), ...(await reports(catalogue, warehouse, run))]
    })
  } finally {
    warehouse.close()
  }
}

const isDouble = ({ tolerance }: HandWritten) => tolerance !== undefined

async function recompute(
  ask: Scope['ask'],
  { key, published, recomputed, tolerance }: HandWritten,
): Promise<Reconciled> {
  const [first] = await ask<{ v: string | number | null }>(published)
  const [second] = await ask<{ v: string | number | null }>(recomputed)
  const [a, b] = [textOf(first?.v), textOf(second?.v)]
  return {
    key,
    published: a,
    recomputed: b,
    agrees: tolerance === undefined ? a === b : close(a, b, tolerance),
  }
}

/** Whether a statement reads the rows of a standard table. */
function reads(statement: Sql, table: string): boolean {
  return renderInline(statement, duckdbDialect).includes(
    renderInline(tableNamed('standard', table), duckdbDialect),
  )
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
