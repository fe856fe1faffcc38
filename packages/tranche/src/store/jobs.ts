import { randomUUID } from 'node:crypto'
import { type Sql, sql } from '../sql/sql.ts'
import type { StateDatabase, Statements } from './state-database.ts'

export interface NewJob {
  readonly kind: string
  /** Plain JSON. */
  readonly payload: unknown
  /** Not before; at once where absent. */
  readonly runAfter?: Date
  /** How often it is tried before it is given up; 5 where absent. */
  readonly mostAttempts?: number
}

/** A job in the hands of a worker until the lease ends; a heartbeat makes the lease longer. */
export interface LeasedJob {
  readonly id: string
  readonly kind: string
  readonly payload: unknown
  /** Which attempt this is, from 1. With the worker's name it tells this lease from any other. */
  readonly attempt: number
  readonly mostAttempts: number
  readonly worker: string
}

/** `lost`: the lease had ended and another worker has the job, or had it. What was done for it must not count. */
export type LeaseOutcome = 'kept' | 'lost'

export interface JobCounts {
  readonly waiting: number
  readonly leased: number
  readonly done: number
  readonly failed: number
}

/** Puts a job in the queue; gives its id. */
export async function addJob(state: Statements, job: NewJob, now: Date): Promise<string> {
  const id = randomUUID()
  await state.run(
    sql`insert into ${state.table('jobs')} (id, kind, payload, run_after, attempts, most_attempts, created_at)
      values (${id}, ${job.kind}, ${JSON.stringify(job.payload)}, ${iso(job.runAfter ?? now)}, 0, ${job.mostAttempts ?? 5}, ${iso(now)})`,
  )
  return id
}

/**
 * Takes the job that has waited longest, or null. A job whose worker went silent is free again when its lease ends;
 * one whose workers died in every attempt is given up.
 */
export async function leaseJob(
  state: Statements,
  worker: string,
  lease: { readonly now: Date; readonly ms: number },
): Promise<LeasedJob | null> {
  const jobs = state.table('jobs')
  const now = iso(lease.now)
  const until = iso(new Date(lease.now.getTime() + lease.ms))
  const free = sql`finished_at is null and run_after <= ${now} and (leased_until is null or leased_until <= ${now})`
  await state.run(
    sql`update ${jobs} set finished_at = ${now}, outcome = 'failed', fault = 'lease_ended', leased_by = null, leased_until = null
      where ${free} and attempts >= most_attempts`,
  )
  const [row] = await state.rows<{
    id: string
    kind: string
    payload: string
    attempts: number
    most_attempts: number
  }>(
    sql`update ${jobs} set attempts = attempts + 1, leased_by = ${worker}, leased_until = ${until}
      where id = (select id from ${jobs} where ${free} order by run_after, id limit 1${skipLocked(state)})
      returning id, kind, payload, attempts, most_attempts`,
  )
  if (row === undefined) return null
  return {
    id: row.id,
    kind: row.kind,
    payload: JSON.parse(row.payload),
    attempt: row.attempts,
    mostAttempts: row.most_attempts,
    worker,
  }
}

/** Makes the lease longer, from now. */
export async function keepLease(
  state: Statements,
  job: LeasedJob,
  lease: { readonly now: Date; readonly ms: number },
): Promise<LeaseOutcome> {
  const until = iso(new Date(lease.now.getTime() + lease.ms))
  return outcome(
    await state.run(sql`update ${state.table('jobs')} set leased_until = ${until} where ${held(job)}`),
  )
}

/**
 * Ends a job. What it writes to the state in `effects` and its end are one transaction: both happen, once, or neither
 * does, whoever died in between.
 */
export async function finishJob(
  state: StateDatabase,
  job: LeasedJob,
  now: Date,
  effects: (within: Statements) => Promise<void> = async () => undefined,
): Promise<LeaseOutcome> {
  return await state.transaction(async (within) => {
    const kept = outcome(
      await within.run(
        sql`update ${within.table('jobs')} set finished_at = ${iso(now)}, outcome = 'done', leased_by = null, leased_until = null
          where ${held(job)}`,
      ),
    )
    if (kept === 'kept') await effects(within)
    return kept
  })
}

const firstDelayMs = 1000
const longestDelayMs = 3_600_000

/**
 * Gives a job back after a fault: it waits twice as long each time, an hour at the most; after its last attempt it is
 * given up. @param fault a code, never a customer's data
 */
export async function failJob(
  state: Statements,
  job: LeasedJob,
  fault: string,
  now: Date,
): Promise<LeaseOutcome> {
  const isLast = job.attempt >= job.mostAttempts
  const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (job.attempt - 1))
  const next = isLast
    ? sql`finished_at = ${iso(now)}, outcome = 'failed'`
    : sql`run_after = ${iso(new Date(now.getTime() + delayMs))}`
  return outcome(
    await state.run(
      sql`update ${state.table('jobs')} set ${next}, fault = ${fault}, leased_by = null, leased_until = null where ${held(job)}`,
    ),
  )
}

export async function countJobs(state: Statements, now: Date): Promise<JobCounts> {
  const [counts] = await state.rows<Record<keyof JobCounts, number | null>>(
    sql`select
        sum(case when finished_at is null and (leased_until is null or leased_until <= ${iso(now)}) then 1 end) as waiting,
        sum(case when finished_at is null and leased_until > ${iso(now)} then 1 end) as leased,
        sum(case when outcome = 'done' then 1 end) as done,
        sum(case when outcome = 'failed' then 1 end) as failed
      from ${state.table('jobs')}`,
  )
  const { waiting, leased, done, failed } = counts!
  return { waiting: waiting ?? 0, leased: leased ?? 0, done: done ?? 0, failed: failed ?? 0 }
}

/** The job is still in this lease's hands: nobody has taken it since. */
function held({ id, worker, attempt }: LeasedJob): Sql {
  return sql`id = ${id} and leased_by = ${worker} and attempts = ${attempt} and finished_at is null`
}

/** Workers that ask at the same moment get different jobs; in SQLite they ask one after the other. */
function skipLocked({ engine }: Statements): Sql {
  return engine === 'postgres' ? sql` for update skip locked` : sql``
}

const outcome = (rows: number): LeaseOutcome => (rows > 0 ? 'kept' : 'lost')

const iso = (instant: Date): string => instant.toISOString()
