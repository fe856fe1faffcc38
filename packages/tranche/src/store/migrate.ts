import { TrancheError } from '../errors.ts'
import { ident, sql } from '../sql/sql.ts'
import { version as program } from '../version.ts'
import { type Migration, migrations } from './migrations.ts'
import type { StateDatabase, Statements } from './state-database.ts'

export interface Migrated {
  readonly from: number
  readonly to: number
}

/** The version that this program works with. */
export const newestVersion = migrations.at(-1)!.version

/** The version of the state's tables; 0 where there are none yet. */
export async function versionOf(state: StateDatabase): Promise<number> {
  return (await state.has('schema_version')) ? await recordedVersion(state) : 0
}

/**
 * Brings the tables forward to this program's version. Servers that start together take turns, and the later find
 * nothing to do. @throws TrancheError unsupported where the database is newer than the program
 */
export async function migrate(
  state: StateDatabase,
  clock: () => Date,
  steps: readonly Migration[] = migrations,
): Promise<Migrated> {
  const newest = steps.at(-1)!.version
  const found = await versionOf(state)
  if (found > newest) throw newer(state, found, newest)
  if (found === newest) return { from: found, to: newest }
  return await state.transaction(async (within) => {
    await createVersionTable(state, within)
    const from = await recordedVersion(within)
    if (from > newest) throw newer(state, from, newest)
    for (const { version, name, statements } of steps.filter((step) => step.version > from)) {
      for (const statement of statements(within)) await within.run(statement)
      await within.run(
        sql`insert into ${within.table('schema_version')} (version, name, applied_at, program)
          values (${version}, ${name}, ${clock().toISOString()}, ${program})`,
      )
    }
    return { from, to: newest }
  }, 'migrate')
}

async function recordedVersion(state: Statements): Promise<number> {
  const [found] = await state.rows<{ version: number | null }>(
    sql`select max(version) as version from ${state.table('schema_version')}`,
  )
  return found?.version ?? 0
}

async function createVersionTable({ schema }: StateDatabase, within: Statements): Promise<void> {
  if (schema !== null) {
    // Asked first: whoever may not create schemas may still use one that is there.
    const [there] = await within.rows(sql`select 1 from pg_catalog.pg_namespace where nspname = ${schema}`)
    if (there === undefined) await within.run(sql`create schema ${ident(schema)}`)
  }
  await within.run(
    sql`create table if not exists ${within.table('schema_version')}
      (version integer primary key, name text not null, applied_at text not null, program text not null)`,
  )
}

function newer({ place }: StateDatabase, found: number, newest: number): TrancheError {
  return new TrancheError(
    'unsupported',
    {
      en: `The state (${place}) has version ${found}; this program knows versions up to ${newest}.`,
      zh: `状态库（${place}）的版本为 ${found}，本程序最高支持版本 ${newest}。`,
    },
    {
      hint: {
        en: 'Use the newer program that wrote it, or restore a backup of before.',
        zh: '请使用写入它的较新程序，或恢复升级前的备份。',
      },
      context: { found, newest },
    },
  )
}
