import { duckdbDialect } from '../../sql/duckdb-dialect.ts'
import { ident, join, renderInline, type Sql, sql } from '../../sql/sql.ts'
import { tightSql } from './keys.ts'
import { type RawColumn, type RawColumns, type RawRows, rawText, selectList } from './raw-columns.ts'
import type { TextReading } from './text-reading.ts'
import { type AskedRows, readingKey, type Ways } from './usual-texts.ts'

type Named = { readonly name: string; readonly value: Sql }

/**
 * Rows with every text trimmed once and every costly reading worked out once: what parses a text names it many
 * times, and a parse inside a parse would multiply.
 */
export interface LayeredRows {
  readonly columns: RawColumns
  /** A reference to a fragment over these columns, which is worked out once a row. */
  keep(fragment: Sql): Sql
  /** A reference to a text's reading, worked out once a row, in the way its texts are written if that is known. */
  read(reading: TextReading): Sql
  /** What was read, over which rows: to find out how the texts are written. */
  asked(): AskedRows
  /** The rows under the alias `s`, once all is compiled. */
  finish(): RawRows
}

/**
 * @param more further values of the rows, readable as `s."name"`
 * @param ways how texts are written, where that was found out for these rows
 */
export function layer(rows: RawRows, more: readonly Named[] = [], ways: Ways = new Map()): LayeredRows {
  const items: Named[] = [
    { name: '_line', value: rows.line },
    { name: '_part', value: rows.part },
  ]
  const columns = new Map<string, RawColumn>()
  for (const column of rows.columns.values()) {
    items.push({ name: column.name, value: column.identifier?.text ?? column.sql })
    const sealed = column.identifier?.readable === true
    if (sealed) items.push({ name: `~y:${column.name}`, value: column.sql })
    if (column.kind === 'text' && column.tight !== true)
      items.push({ name: `~c:${column.name}`, value: tightSql(rawText(column)) })
    columns.set(column.name, layeredColumn(column, sealed))
  }
  items.push(...more)
  const kept: Kept[] = []
  const readings = new Map<string, TextReading>()
  const base = () => sql`(select ${selectList(items)} from ${rows.from}) s`
  const keep = (fragment: Sql, join: Sql | null): Sql => {
    const text = renderInline(fragment, duckdbDialect)
    const known = kept.find((item) => item.text === text)
    if (known !== undefined) return ident('s', known.name)
    const name = `~p:${kept.length}`
    const below = keptIn(text).map((index) => kept[index]?.depth ?? 0)
    kept.push({ name, value: fragment, join, text, depth: 1 + Math.max(0, ...below) })
    return ident('s', name)
  }
  return {
    columns,
    keep: (fragment) => keep(fragment, null),
    read: (reading) => {
      const key = readingKey(reading)
      const way = ways.get(key)
      if (way === undefined) {
        if (!key.includes('"~p:')) readings.set(key, reading)
        return keep(reading.any(reading.text), null)
      }
      const usual = way.usual.value(reading.text, way.between)
      if (way.others === null) return keep(usual, null)
      const other = `o${way.position}`
      return keep(
        sql`case when ${ident(other, 'text')} is not null then ${ident(other, 'value')} else ${usual} end`,
        sql` left join ${ident(way.others)} ${ident(other)} on ${ident(other, 'text')} = ${reading.text}`,
      )
    },
    asked: () => ({ from: base(), readings: [...readings.values()] }),
    finish: () => {
      let from = base()
      const depth = Math.max(0, ...kept.map((item) => item.depth))
      for (let at = 1; at <= depth; at++) {
        const items = kept.filter((item) => item.depth === at)
        const joins = items.flatMap((item) => item.join ?? [])
        from = sql`(select s.*, ${selectList(items)} from ${from}${joins.length === 0 ? sql`` : join(joins, ' ')}) s`
      }
      return { from, line: sql`s._line`, part: sql`s._part`, columns }
    },
  }
}

interface Kept extends Named {
  /** What must stand beside the rows for the value to be told. */
  readonly join: Sql | null
  readonly text: string
  readonly depth: number
}

/** Positions of kept fragments that a fragment refers to, also inside parts that are built for a dialect. */
function keptIn(text: string): readonly number[] {
  return [...text.matchAll(/"~p:(\d+)"/g)].map(([, index]) => Number(index))
}

function layeredColumn(column: RawColumn, sealed: boolean): RawColumn {
  const { name, identifier } = column
  const own = identifier === undefined ? ident('s', name) : sealed ? ident('s', `~y:${name}`) : column.sql
  return {
    ...column,
    sql: own,
    ...(column.kind === 'text' ? { clean: column.tight ? own : ident('s', `~c:${name}`) } : {}),
    ...(identifier === undefined ? {} : { identifier: { ...identifier, text: ident('s', name) } }),
  }
}
