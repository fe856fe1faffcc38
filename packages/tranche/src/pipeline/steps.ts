import type { Step } from '@tranche/contract'
import type { ProgressEvent } from '../engine/run-context.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { sql } from '../sql/sql.ts'

/**
 * One step of a run, which replaces what it makes: one that was cut off is run again from its first statement. Statements
 * stand alone, since an engine on one machine reads what an open transaction has written on one thread only.
 */
export interface StepDefinition {
  readonly key: string
  /** Gives the rows it made, or null where rows don't say anything. */
  readonly work: () => Promise<number | null>
}

export interface StepRunner {
  readonly warehouse: Warehouse
  readonly attempt: number
  readonly clock: () => Date
  readonly signal: AbortSignal
  readonly progress: (event: ProgressEvent) => void
}

export async function prepareSteps(warehouse: Warehouse): Promise<void> {
  await warehouse.run(sql`create schema if not exists run_state`)
  await warehouse.run(sql`create table if not exists run_state.steps
    (key varchar primary key, rows bigint, started_at varchar, seconds double, attempt bigint)`)
  await warehouse.run(
    sql`create table if not exists run_state.artefacts (key varchar primary key, content varchar)`,
  )
}

/** Runs what is not done yet, in order; what a former attempt finished is passed over and recorded as its own. */
export async function runSteps(
  runner: StepRunner,
  steps: readonly StepDefinition[],
): Promise<readonly Step[]> {
  const done = await finishedSteps(runner.warehouse)
  const keys = new Set(steps.map(({ key }) => key))
  const records: Step[] = [...done.values()]
    .filter(({ key }) => !keys.has(key))
    .map((step) => ({ ...step, status: 'done' }))
  for (const { key, work } of steps) {
    const before = done.get(key)
    if (before !== undefined) {
      runner.progress({ step: key, status: 'reused', ...(before.rows === null ? {} : { rows: before.rows }) })
      records.push(before)
      continue
    }
    stopIfAsked(runner.signal)
    runner.progress({ step: key, status: 'started' })
    const startedAt = runner.clock().toISOString()
    const begin = performance.now()
    const rows = await work()
    const seconds = Math.round(performance.now() - begin) / 1000
    await runner.warehouse.run(sql`insert into run_state.steps
      select ${key}, ${rows === null ? sql`null` : sql`${rows}`}, ${startedAt}, ${seconds}, ${runner.attempt}`)
    records.push({ key, status: 'done', rows, startedAt, seconds, attempt: runner.attempt })
    runner.progress({ step: key, status: 'done', seconds, ...(rows === null ? {} : { rows }) })
  }
  return records
}

/** Keeps a JSON document with the run: a fitted model, an intake report. */
export async function saveArtefact(warehouse: Warehouse, key: string, content: unknown): Promise<void> {
  await warehouse.run(
    sql`insert or replace into run_state.artefacts select ${key}, ${JSON.stringify(content)}`,
  )
}

export async function loadArtefact<T>(warehouse: Warehouse, key: string): Promise<T | null> {
  const [found] = await warehouse.rows<{ content: string }>(
    sql`select content from run_state.artefacts where key = ${key}`,
  )
  return found === undefined ? null : (JSON.parse(found.content) as T)
}

async function finishedSteps(warehouse: Warehouse): Promise<Map<string, Step>> {
  const rows = await warehouse.rows<{
    key: string
    rows: number | null
    started_at: string
    seconds: number
    attempt: number
  }>(sql`select key, rows, started_at, seconds, attempt from run_state.steps`)
  return new Map(
    rows.map(({ key, rows: count, started_at, seconds, attempt }) => [
      key,
      { key, status: 'reused', rows: count, startedAt: started_at, seconds, attempt },
    ]),
  )
}

export function stopIfAsked(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw new TrancheError(
    'cancelled',
    {
      en: 'The run was stopped. What was published before is untouched.',
      zh: '运行已停止，之前发布的结果保持不变。',
    },
    {
      hint: { en: 'Run again to go on from the last finished step.', zh: '再次运行可从最后完成的步骤继续。' },
    },
  )
}
