import type { TrinoFailure } from './trino-protocol.ts'

/** How often a statement is sent at most, and how long after the first failure; each wait is twice the one before. */
export const mostSends = 6
export const firstWaitMs = 200

/**
 * Whether a statement that failed may be sent again: its failure is of those that pass, none of its work had begun, and
 * beginning is all that it could have done.
 * @param text as it was written, without arguments
 */
export function maySendAgain({ errorName, begun }: TrinoFailure, text: string): boolean {
  return !begun && passing.has(errorName) && (inTasks.test(text) || repeatable.test(text))
}

/**
 * What a dead connection of a catalogue's or a source's, or a coordinator that is starting or overrun, makes of a statement.
 * A catalogue of Iceberg over PostgreSQL calls its dead connections GENERIC_INTERNAL_ERROR or ICEBERG_CATALOG_ERROR, and a
 * connection each fails one statement.
 */
const passing: ReadonlySet<string> = new Set([
  'GENERIC_INTERNAL_ERROR',
  'ICEBERG_CATALOG_ERROR',
  'HIVE_METASTORE_ERROR',
  'JDBC_ERROR',
  'SERVER_STARTING_UP',
  'NO_NODES_AVAILABLE',
  'QUERY_QUEUE_FULL',
])

/** Statements that read and write in tasks alone, so that without a task nothing was read or written. */
const inTasks =
  /^\s*(?:select|with|values|insert|delete|update|merge|alter\s+table\s+\S+\s+execute|create\s+table\b.*\bas\s+(?:select|with))\b/is

/** Those that the coordinator carries out without tasks, and that do no more when they are done twice. */
const repeatable = /^\s*(?:create\s+or\s+replace|(?:create|drop)\s+\w+\s+if\s+(?:not\s+)?exists)\b/i
