import type { Dialect } from './dialect.ts'
import { byDialect, type Sql } from './sql.ts'

/** A fragment that each engine says in its own words; only those of the engine that it is rendered for are made. */
export function byEngine(words: Readonly<Record<Dialect['name'], () => Sql>>): Sql {
  return byDialect(({ name }) => words[name]())
}
