import type { Warehouse } from '../../engine/warehouse.ts'
import { duckdbDialect } from '../../sql/duckdb-dialect.ts'
import { ident, join, renderInline, type Sql, sql } from '../../sql/sql.ts'
import { type Between, instantMs } from './local-time.ts'
import type { TextReading, UsualWay } from './text-reading.ts'

/** Readings that a mapping asks for, and the rows whose texts they read, under the alias `s`. */
export interface AskedRows {
  readonly from: Sql
  readonly readings: readonly TextReading[]
}

/** How the texts of one reading are written. */
export interface FoundWay {
  readonly usual: UsualWay
  readonly between: Between | null
  /** Table of the texts written otherwise, each once, with their values; null where there are none. */
  readonly others: string | null
  /** Tells its table from those of other readings in one query. */
  readonly position: number
}

/** By `readingKey`. */
export type Ways = ReadonlyMap<string, FoundWay>

export function readingKey({ kind, text }: TextReading): string {
  return `${kind}\x1f${renderInline(text, duckdbDialect)}`
}

/** Above both, texts that are written otherwise are not gathered but read where they stand. */
const mostOthers = 100_000
const mostOthersShare = 0.1

/**
 * Finds out how texts are written, in one look at them: where all are written the usual way, nothing else need be
 * planned or asked; the few that are not are read beforehand, each once. `tables` are to be dropped afterwards.
 */
export async function findWays(
  warehouse: Warehouse,
  { from, readings }: AskedRows,
  records: number,
  prefix: string,
): Promise<{ readonly ways: Ways; readonly tables: readonly string[] }> {
  const asked = readings.filter(({ ways }) => ways.length > 0)
  const [first] = asked
  if (first === undefined) return { ways: new Map(), tables: [] }
  const found = await warehouse.row<Record<string, number | string | null>>(
    sql`select ${join(asked.flatMap(countsOf))} from ${from}`,
  )
  const chosen = asked.flatMap((reading, position) => {
    const texts = Number(found[`n${position}`])
    const fitting = reading.ways.map((_, at) => Number(found[`n${position}_${at}`]))
    const best = fitting.indexOf(Math.max(...fitting))
    const others = texts - fitting[best]!
    if (others > Math.max(mostOthers, records * mostOthersShare)) return []
    const [fromMs, toMs] = ['lo', 'hi'].map((end) => instantMs(textOf(found[`${end}${position}_${best}`])))
    const between =
      fromMs == null || toMs == null ? null : { fromMs: fromMs - marginMs, toMs: toMs + marginMs }
    return [{ reading, usual: reading.ways[best]!, between, others, position }]
  })
  const tables = new Map<string, string>()
  for (const [kind, items] of Map.groupBy(chosen, ({ reading }) => reading.kind)) {
    const odd = items.filter(({ others }) => others > 0)
    if (odd.length === 0) continue
    const table = `${prefix}_${tables.size}`
    const texts = odd.map(
      ({ reading: { text }, usual }) =>
        sql`select distinct ${text} as text from ${from} where ${text} is not null and not ${usual.fits(text)}`,
    )
    await warehouse.run(
      sql`create or replace temp table ${ident(table)} as select text, ${odd[0]!.reading.any(ident('t', 'text'))} as value from (${join(texts, ' union ')}) t`,
    )
    tables.set(kind, table)
  }
  const ways = chosen.map(({ reading, usual, between, others, position }): [string, FoundWay] => [
    readingKey(reading),
    { usual, between, others: others === 0 ? null : tables.get(reading.kind)!, position },
  ])
  return { ways: new Map(ways), tables: [...tables.values()] }
}

const marginMs = 2 * 86_400_000

function countsOf({ text, ways }: TextReading, position: number): readonly Sql[] {
  return [
    sql`count(${text}) as ${ident(`n${position}`)}`,
    ...ways.flatMap(({ fits, time }, at) => {
      const fitting = fits(text)
      return [
        sql`count_if(${fitting}) as ${ident(`n${position}_${at}`)}`,
        ...(time === undefined
          ? []
          : [
              sql`cast(min(${time(text)}) filter (where ${fitting}) as varchar) as ${ident(`lo${position}_${at}`)}`,
              sql`cast(max(${time(text)}) filter (where ${fitting}) as varchar) as ${ident(`hi${position}_${at}`)}`,
            ]),
      ]
    }),
  ]
}

function textOf(value: number | string | null | undefined): string | null {
  return typeof value === 'string' ? value : null
}
