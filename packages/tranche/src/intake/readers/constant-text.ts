import { byDialect, type Sql, typed, unsafeRaw } from '../../sql/sql.ts'

/**
 * A text of the program as a literal. Patterns are written so and never bound: an engine compiles a constant pattern
 * once, and a bound one for every row.
 */
export function constantText(text: string): Sql {
  return byDialect((dialect) => unsafeRaw(dialect.literal(typed('varchar', text))))
}
