import { ident, type Sql, sql } from '../sql/sql.ts'
import type { Statements } from './state-database.ts'

type Names = Pick<Statements, 'engine' | 'table'>

/** One step forward of the state's tables. Once released, it never changes; the next one comes after it. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly statements: (names: Names) => readonly Sql[]
}

export const migrations: readonly Migration[] = [
  { version: 1, name: 'consents, jobs, audit chain, current run', statements: firstTables },
  { version: 2, name: 'what became of recommendations', statements: recommendationSteps },
]

function firstTables(names: Names): readonly Sql[] {
  const { engine, table } = names
  // Texts are in the order of their bytes in both databases, whatever the server's own order.
  const text = engine === 'postgres' ? sql`text collate "C"` : sql`text`
  return [
    sql`create table ${table('consents')} (
      customer_id ${text} not null,
      purpose ${text} not null,
      granted integer not null check (granted in (0, 1)),
      notice_version ${text},
      decided_at ${text} not null,
      evidence ${text},
      recorded_at ${text} not null,
      primary key (customer_id, purpose, decided_at))`,
    sql`create table ${table('jobs')} (
      id ${text} primary key,
      kind ${text} not null,
      payload ${text} not null,
      run_after ${text} not null,
      attempts integer not null,
      most_attempts integer not null,
      leased_by ${text},
      leased_until ${text},
      finished_at ${text},
      outcome ${text} check (outcome in ('done', 'failed')),
      fault ${text},
      created_at ${text} not null)`,
    sql`create index jobs_waiting on ${table('jobs')} (run_after, id) where finished_at is null`,
    sql`create table ${table('audit')} (
      seq bigint primary key,
      at ${text} not null,
      who ${text} not null,
      what ${text} not null,
      subject ${text} not null,
      detail ${text} not null,
      previous ${text} not null,
      hash ${text} not null)`,
    sql`create table ${table('current_run')} (
      only_row integer primary key check (only_row = 1),
      run ${text} not null,
      revision integer not null,
      published_at ${text} not null)`,
    ...appendOnly(names, ['consents', 'audit']),
  ]
}

/** What became of each recommendation, one row a step. */
function recommendationSteps(names: Names): readonly Sql[] {
  const { engine, table } = names
  const text = engine === 'postgres' ? sql`text collate "C"` : sql`text`
  return [
    sql`create table ${table('recommendation_steps')} (
      key ${text} not null,
      seq integer not null,
      status ${text} not null check (status in ('proposed', 'accepted', 'refused', 'running', 'measured')),
      at ${text} not null,
      who ${text} not null,
      run ${text} not null,
      reason ${text},
      document ${text} not null,
      primary key (key, seq))`,
    ...keptFromChange(names, ['recommendation_steps']),
  ]
}

/** Rows that are written once: the database itself refuses to change or delete them. */
function appendOnly(names: Names, kept: readonly KeptTable[]): readonly Sql[] {
  if (names.engine === 'sqlite') return keptFromChange(names, kept)
  return [
    sql`create function ${names.table('keep_rows')}() returns trigger language plpgsql as $$ begin raise exception ${refusal}; end $$`,
    ...keptFromChange(names, kept),
  ]
}

type KeptTable = 'consents' | 'audit' | 'recommendation_steps'
const refusal = sql`'append-only: rows are not changed'`

function keptFromChange({ engine, table }: Names, names: readonly KeptTable[]): readonly Sql[] {
  if (engine === 'sqlite')
    return names.flatMap((name) =>
      (['update', 'delete'] as const).map(
        (change) =>
          sql`create trigger ${ident(`${name}_keeps_from_${change}`)} before ${events[change]} on ${table(name)} begin select raise(abort, ${refusal}); end`,
      ),
    )
  return names.map(
    (name) =>
      sql`create trigger ${ident(`${name}_keeps`)} before update or delete or truncate on ${table(name)} for each statement execute function ${table('keep_rows')}()`,
  )
}

const events = { update: sql`update`, delete: sql`delete` } as const
