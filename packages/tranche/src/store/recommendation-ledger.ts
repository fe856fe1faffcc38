import {
  type LedgerEntry,
  ledgerEntrySchema,
  type Realised,
  type RecommendationStatus,
} from '@tranche/contract'
import { TrancheError } from '../errors.ts'
import { sql, typed } from '../sql/sql.ts'
import type { Statements } from './state-database.ts'

/** A step of a recommendation. None is ever changed; the newest one counts. */
export interface LedgerStep {
  readonly key: string
  readonly status: RecommendationStatus
  readonly who: string
  /** The run that is published. */
  readonly run: string
  readonly reason: string | null
  /** What it says as it is published; kept with the first step, and with every proposal that is new. */
  readonly expected?: LedgerEntry['expected']
  readonly realised?: Realised
}

interface StepRow {
  readonly key: string
  readonly seq: number
  readonly status: RecommendationStatus
  readonly at: string
  readonly who: string
  readonly run: string
  readonly reason: string | null
  readonly document: string
}

export interface RecordedStep extends Omit<StepRow, 'document'> {
  readonly expected: LedgerEntry['expected'] | null
  readonly realised: Realised | null
}

/** From which status another one may follow. */
const before: Readonly<Record<Exclude<RecommendationStatus, 'proposed'>, readonly RecommendationStatus[]>> = {
  accepted: ['proposed', 'refused', 'measured'],
  refused: ['proposed', 'accepted', 'running'],
  running: ['accepted'],
  measured: ['running'],
}

/**
 * Adds a step, with the proposal before it where that is new. To be called within a transaction of the turn `audit`, so
 * that two people decide one after the other. @throws TrancheError refused where the step does not follow
 */
export async function appendStep(within: Statements, step: LedgerStep, now: Date): Promise<void> {
  const steps = await stepsOf(within, step.key)
  const last = steps.at(-1)
  const status = last?.status ?? 'proposed'
  const allowed = step.status === 'proposed' ? [] : before[step.status]
  if (!allowed.includes(status)) throw outOfOrder(step, status)
  const at = now.toISOString()
  let seq = last?.seq ?? 0
  if (step.expected !== undefined && (step.status === 'accepted' || step.status === 'refused')) {
    const known = steps.findLast(({ expected }) => expected !== null)?.expected
    if (JSON.stringify(known) !== JSON.stringify(step.expected))
      await insert(within, { ...step, status: 'proposed', reason: null }, ++seq, at, {
        expected: step.expected,
      })
  }
  await insert(within, step, ++seq, at, step.realised === undefined ? {} : { realised: step.realised })
}

/** All steps of a recommendation, in order. */
export async function stepsOf(state: Statements, key: string): Promise<readonly RecordedStep[]> {
  const rows = await state.rows<StepRow>(
    sql`select key, seq, status, at, who, run, reason, document from ${state.table('recommendation_steps')} where key = ${key} order by seq`,
  )
  return rows.map(recorded)
}

/**
 * What became of every recommendation that somebody decided about, in the order of keys.
 * @param until ISO in UTC: what was recorded later is left out; nothing unless said
 */
export async function ledgerEntries(state: Statements, until?: string): Promise<readonly LedgerEntry[]> {
  const rows = await state.rows<StepRow>(
    sql`select key, seq, status, at, who, run, reason, document from ${state.table('recommendation_steps')} order by key, seq`,
  )
  const then = rows.filter(({ at }) => until === undefined || at <= until)
  const byKey = Map.groupBy(then.map(recorded), ({ key }) => key)
  return [...byKey].map(([key, steps]) => {
    const { status, at, run, reason, realised } = steps.at(-1)!
    const expected = steps.findLast((step) => step.expected !== null)?.expected
    return ledgerEntrySchema.parse({ key, status, at, run, reason, expected, realised })
  })
}

async function insert(
  within: Statements,
  { key, status, who, run, reason }: LedgerStep,
  seq: number,
  at: string,
  document: unknown,
): Promise<void> {
  await within.run(
    sql`insert into ${within.table('recommendation_steps')} (key, seq, status, at, who, run, reason, document)
      values (${key}, ${seq}, ${status}, ${at}, ${who}, ${run}, ${typed('varchar', reason)}, ${JSON.stringify(document)})`,
  )
}

function recorded({ document, ...row }: StepRow): RecordedStep {
  const { expected = null, realised = null } = JSON.parse(document) as Partial<
    Pick<RecordedStep, 'expected' | 'realised'>
  >
  return { ...row, expected, realised }
}

const words: Readonly<Record<RecommendationStatus, { readonly en: string; readonly zh: string }>> = {
  proposed: { en: 'proposed', zh: '已提出' },
  accepted: { en: 'accepted', zh: '已采纳' },
  refused: { en: 'refused', zh: '已拒绝' },
  running: { en: 'running', zh: '进行中' },
  measured: { en: 'measured', zh: '已衡量' },
}

function outOfOrder({ key, status }: LedgerStep, found: RecommendationStatus): TrancheError {
  const from = status === 'proposed' ? [] : before[status]
  return new TrancheError(
    'refused',
    {
      en: `${key} is ${words[found].en}; only what is ${from.map((one) => words[one].en).join(' or ')} can be ${words[status].en}.`,
      zh: `${key} 当前为${words[found].zh}，只有${from.map((one) => words[one].zh).join('或')}的建议才能变为${words[status].zh}。`,
    },
    {
      hint: {
        en: `See its steps: tranche recommend show ${key}`,
        zh: `查看其步骤：tranche recommend show ${key}`,
      },
    },
  )
}
