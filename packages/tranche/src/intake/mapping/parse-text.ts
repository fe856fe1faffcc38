import { join, type Sql, sql } from '../../sql/sql.ts'

export interface NumberFormat {
  readonly formats: readonly string[]
  readonly decimal?: ',' | '.'
}

export interface InstantFormat {
  readonly formats: readonly string[]
  readonly toUtc: (local: Sql) => Sql
}

export function numberFromText(text: Sql, { decimal }: NumberFormat): Sql {
  const plain =
    decimal === ',' ? sql`replace(replace(${text}, '.', ''), ',', '.')` : sql`replace(${text}, ',', '')`
  return sql`try_cast(${plain} as decimal(38, 8))`
}

export function dateFromText(text: Sql, formats: readonly string[]): Sql {
  if (formats.length === 0) return sql`try_cast(${text} as date)`
  return sql`cast(try_strptime(${text}, [${join(formats.map((format) => sql`${format}`))}]) as date)`
}

export function instantFromText(text: Sql, { formats, toUtc }: InstantFormat): Sql {
  if (formats.length === 0) return toUtc(sql`try_cast(${text} as timestamp)`)
  return toUtc(sql`try_strptime(${text}, [${join(formats.map((format) => sql`${format}`))}])`)
}
