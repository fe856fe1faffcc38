import { createHash } from 'node:crypto'
import { sql } from '../sql/sql.ts'
import type { StateDatabase, Statements } from './state-database.ts'

/** Who did what to what. Never a customer's data: a customer is named by a keyed pseudonym. */
export interface AuditEntry {
  readonly who: string
  readonly what: string
  readonly subject: string
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

/** Whether every line is as it was written, in its place, and none is missing between. */
export type AuditVerdict =
  | { readonly status: 'whole'; readonly lines: number; readonly head: string }
  | {
      readonly status: 'broken'
      /** The first line that does not fit. */
      readonly seq: number
      readonly fault: 'missing' | 'changed'
    }
  | { readonly status: 'not_found'; readonly lines: number; readonly head: string }

interface AuditRow {
  readonly seq: number
  readonly at: string
  readonly who: string
  readonly what: string
  readonly subject: string
  readonly detail: string
  readonly previous: string
  readonly hash: string
}

/** What the first line names as its predecessor. */
const origin = '0'.repeat(64)

/** Adds a line to the chain; writers take turns, so that each follows the one before it. Gives the new head. */
export async function appendAudit(state: StateDatabase, entry: AuditEntry, at: Date): Promise<string> {
  return await state.transaction((within) => appendAuditWithin(within, entry, at), 'audit')
}

/** The same within a transaction of the turn `audit`, so that what is done and its line are written together. */
export async function appendAuditWithin(within: Statements, entry: AuditEntry, at: Date): Promise<string> {
  const audit = within.table('audit')
  const [last] = await within.rows<Pick<AuditRow, 'seq' | 'hash'>>(
    sql`select seq, hash from ${audit} order by seq desc limit 1`,
  )
  const line = {
    seq: (last?.seq ?? 0) + 1,
    at: at.toISOString(),
    who: entry.who,
    what: entry.what,
    subject: entry.subject,
    detail: JSON.stringify(entry.detail),
    previous: last?.hash ?? origin,
  }
  const hash = hashOf(line)
  await within.run(
    sql`insert into ${audit} (seq, at, who, what, subject, detail, previous, hash)
      values (${line.seq}, ${line.at}, ${line.who}, ${line.what}, ${line.subject}, ${line.detail}, ${line.previous}, ${hash})`,
  )
  return hash
}

const rowsPerPage = 1000

/**
 * Reads the whole chain and works out every hash again. A chain cut off at its end, or written anew from its beginning,
 * is whole in itself: give a head that was noted elsewhere, and it must still be part of the chain.
 */
export async function verifyAudit(state: Statements, noted?: string): Promise<AuditVerdict> {
  let seq = 0
  let head = origin
  let isFound = noted === undefined
  for (;;) {
    const page = await state.rows<AuditRow>(
      sql`select seq, at, who, what, subject, detail, previous, hash from ${state.table('audit')} where seq > ${seq} order by seq limit ${rowsPerPage}`,
    )
    for (const row of page) {
      if (row.seq !== seq + 1) return { status: 'broken', seq: seq + 1, fault: 'missing' }
      if (row.previous !== head || row.hash !== hashOf(row))
        return { status: 'broken', seq: row.seq, fault: 'changed' }
      seq = row.seq
      head = row.hash
      isFound ||= head === noted
    }
    if (page.length < rowsPerPage) break
  }
  return { status: isFound ? 'whole' : 'not_found', lines: seq, head }
}

function hashOf({ previous, seq, at, who, what, subject, detail }: Omit<AuditRow, 'hash'>): string {
  return createHash('sha256')
    .update(JSON.stringify([previous, seq, at, who, what, subject, detail]), 'utf8')
    .digest('hex')
}
