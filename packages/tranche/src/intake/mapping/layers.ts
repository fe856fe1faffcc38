import { duckdbDialect } from '../../sql/dialect.ts'
import { ident, renderInline, type Sql, sql } from '../../sql/sql.ts'
import { tightSql } from './keys.ts'
import { type RawColumn, type RawColumns, type RawRows, rawText, selectList } from './raw-columns.ts'

type Named = { readonly name: string; readonly value: Sql }

/**
 * Rows with every text trimmed once and every costly reading worked out once: what parses a text names it many
 * times, and a parse inside a parse would multiply.
 */
export interface LayeredRows {
  readonly columns: RawColumns
  /** A reference to a fragment over these columns, which is worked out once a row. */
  keep(fragment: Sql): Sql
  /** The rows under the alias `s`, once all is compiled. */
  finish(): RawRows
}

/** @param more further values of the rows, readable as `s."name"` */
export function layer(rows: RawRows, more: readonly Named[] = []): LayeredRows {
  const items: Named[] = [
    { name: '_line', value: rows.line },
    { name: '_part', value: rows.part },
  ]
  const columns = new Map<string, RawColumn>()
  for (const column of rows.columns.values()) {
    items.push({ name: column.name, value: column.identifier?.text ?? column.sql })
    const sealed = column.identifier?.readable === true
    if (sealed) items.push({ name: `~y:${column.name}`, value: column.sql })
    if (column.kind === 'text') items.push({ name: `~c:${column.name}`, value: tightSql(rawText(column)) })
    columns.set(column.name, layeredColumn(column, sealed))
  }
  items.push(...more)
  const kept: (Named & { readonly text: string; readonly depth: number })[] = []
  return {
    columns,
    keep: (fragment) => {
      const text = renderInline(fragment, duckdbDialect)
      const known = kept.find((item) => item.text === text)
      if (known !== undefined) return ident('s', known.name)
      const name = `~p:${kept.length}`
      const below = keptIn(text).map((index) => kept[index]?.depth ?? 0)
      kept.push({ name, value: fragment, text, depth: 1 + Math.max(0, ...below) })
      return ident('s', name)
    },
    finish: () => {
      let from = sql`(select ${selectList(items)} from ${rows.from}) s`
      const depth = Math.max(0, ...kept.map((item) => item.depth))
      for (let at = 1; at <= depth; at++)
        from = sql`(select s.*, ${selectList(kept.filter((item) => item.depth === at))} from ${from}) s`
      return { from, line: sql`s._line`, part: sql`s._part`, columns }
    },
  }
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
    ...(column.kind === 'text' ? { clean: ident('s', `~c:${name}`) } : {}),
    ...(identifier === undefined ? {} : { identifier: { ...identifier, text: ident('s', name) } }),
  }
}
