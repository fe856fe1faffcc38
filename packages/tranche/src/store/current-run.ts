import { sql } from '../sql/sql.ts'
import type { Statements } from './state-database.ts'

/** The run whose tables are in force where several machines read them. */
export interface CurrentRun {
  readonly run: string
  /** Grows by one with every publication, so that a run that comes back is told from itself. */
  readonly revision: number
  readonly publishedAt: string
}

/** Null before the first publication. */
export async function readCurrentRun(state: Statements): Promise<CurrentRun | null> {
  const [row] = await state.rows<{ run: string; revision: number; published_at: string }>(
    sql`select run, revision, published_at from ${state.table('current_run')}`,
  )
  return row === undefined ? null : { run: row.run, revision: row.revision, publishedAt: row.published_at }
}

/**
 * Puts a run in force if what is in force is still what the publisher saw: one row, written at once.
 * @param seen what readCurrentRun gave before the run began
 * @returns false where another run was published since; nothing is changed then
 */
export async function publishCurrentRun(
  state: Statements,
  run: string,
  seen: CurrentRun | null,
  now: Date,
): Promise<boolean> {
  const current = state.table('current_run')
  const written =
    seen === null
      ? await state.run(
          sql`insert into ${current} (only_row, run, revision, published_at) values (1, ${run}, 1, ${now.toISOString()})
            on conflict (only_row) do nothing`,
        )
      : await state.run(
          sql`update ${current} set run = ${run}, revision = revision + 1, published_at = ${now.toISOString()}
            where revision = ${seen.revision}`,
        )
  return written > 0
}
