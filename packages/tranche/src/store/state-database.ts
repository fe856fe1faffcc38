import type { Sql } from '../sql/sql.ts'

export type StateTable =
  | 'schema_version'
  | 'consents'
  | 'jobs'
  | 'audit'
  | 'current_run'
  | 'recommendation_steps'

/** What is done one at a time, over all processes and machines that share a state. */
export type Turn = 'migrate' | 'audit'

/** Statements on the state: on their own, or within a transaction. */
export interface Statements {
  readonly engine: 'sqlite' | 'postgres'
  /** A table of the state, or the function that keeps its rows, by its full name. */
  table(name: StateTable | 'keep_rows'): Sql
  /** All rows of a small result. */
  rows<T>(statement: Sql): Promise<readonly T[]>
  /** Runs a statement for its effect; gives how many rows it touched. */
  run(statement: Sql): Promise<number>
}

/**
 * The small, transactional state of a workspace: what people decided, what is to be done, who looked at what.
 * Instants are ISO texts in UTC with milliseconds, booleans 0 or 1, documents JSON texts: the same in both databases.
 */
export interface StateDatabase extends Statements {
  /** Where it lies, for people; never with a password. */
  readonly place: string
  /** Schema that holds the tables; null where the database is the state's own. */
  readonly schema: string | null
  has(table: StateTable): Promise<boolean>
  /**
   * All of the work's statements, or none. Statements outside of it wait. With a turn, no other transaction of that turn
   * runs at the same time anywhere.
   */
  transaction<T>(work: (within: Statements) => Promise<T>, turn?: Turn): Promise<T>
  /** Keeps runs of other machines away until it is released. @throws TrancheError busy */
  lockRuns(): Promise<{ release(): Promise<void> }>
  close(): Promise<void>
}
