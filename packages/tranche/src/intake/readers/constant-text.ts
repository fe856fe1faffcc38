import { byEngine } from '../../sql/by-engine.ts'
import { byDialect, type Sql, type SqlParameter, sql, typed, unsafeRaw } from '../../sql/sql.ts'

/**
 * A text of the program as a literal. Patterns are written so and never bound: an engine compiles a constant pattern
 * once, and a bound one for every row.
 */
export function constantText(text: string): Sql {
  return constantValue(typed('varchar', text))
}

/** A value as a literal, for the places that bind none. */
export function constantValue(value: SqlParameter): Sql {
  return byDialect((dialect) => unsafeRaw(dialect.literal(value)))
}

/** Whether a text is as a pattern from end to end, in what RE2 and Java have in common; NULL where the text is. */
export function matchesWhole(text: Sql, pattern: string): Sql {
  return byEngine({
    duckdb: () => sql`regexp_full_match(${text}, ${constantText(pattern)})`,
    trino: () => sql`regexp_like(${text}, ${constantText(`^(?:${pattern})\\z`)})`,
  })
}
