import { stat } from 'node:fs/promises'
import type { Text } from '@tranche/contract'
import { TrancheError } from '../errors.ts'
import { verifyAudit } from '../store/audit.ts'
import { countJobs } from '../store/jobs.ts'
import { type Migrated, migrate, newestVersion, versionOf } from '../store/migrate.ts'
import { openStateAsIs, openUnmigrated, stateFileOf } from '../store/open-state.ts'
import type { StateDatabase } from '../store/state-database.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { loadWorkspace } from '../workspace/load.ts'
import { stateOptionsOf } from './state.ts'

/** One thing that was looked at. */
export interface Check {
  readonly key: string
  readonly ok: boolean
  readonly text: Text
}

export interface StateInspection {
  /** Check the whole audit chain; a text is a head noted before, which must be part of it. */
  readonly audit?: string | true
}

type Environment = Readonly<Record<string, string | undefined>>

/** Brings the state to this program's version. @throws TrancheError unsupported where it is newer than the program */
export async function migrateWorkspace(dir: string, env: Environment): Promise<Migrated> {
  const options = stateOptionsOf(await loadWorkspace(dir), { env })
  const state = await openUnmigrated(options)
  try {
    return await migrate(state, options.clock)
  } finally {
    await state.close()
  }
}

/** The state as it is, without changing it: its version, who can read it, its jobs, and its audit chain where asked. */
export async function inspectState(
  catalogue: Catalogue,
  env: Environment,
  { audit }: StateInspection,
): Promise<readonly Check[]> {
  let state: StateDatabase | null = null
  try {
    state = await openStateAsIs(stateOptionsOf(catalogue, { env }))
    if (state === null) return [absent, ...(audit === undefined ? [] : [noAudit(audit)])]
    const version = await versionOf(state)
    const checks = [versionCheck(state, version), ...(await fileCheck(catalogue))]
    if (version !== newestVersion) return [...checks, ...(audit === undefined ? [] : [notNow])]
    return [
      ...checks,
      await jobCheck(state),
      ...(audit === undefined ? [] : [await auditCheck(state, audit === true ? undefined : audit)]),
    ]
  } catch (error) {
    if (!(error instanceof TrancheError)) throw error
    return [{ key: 'state', ok: false, text: error.text }]
  } finally {
    await state?.close()
  }
}

const absent: Check = {
  key: 'state',
  ok: true,
  text: {
    en: 'State: nothing was written yet; it will be .tranche/state.sqlite',
    zh: '状态库：尚无内容，首次写入时创建 .tranche/state.sqlite',
  },
}

/** A chain of which a head was noted was there once. */
const noAudit = (audit: string | true): Check => ({
  key: 'audit',
  ok: audit === true,
  text:
    audit === true
      ? { en: 'Audit chain: no lines yet', zh: '审计链：尚无记录' }
      : { en: 'Audit chain: gone; the head given is not in it', zh: '审计链：已不存在，给定的链头不在其中' },
})

const notNow: Check = {
  key: 'audit',
  ok: false,
  text: {
    en: "Audit chain: not checked, because the state is not of this program's version",
    zh: '审计链：状态库与本程序版本不符，未检查',
  },
}

function versionCheck({ place, engine }: StateDatabase, version: number): Check {
  const where = engine === 'sqlite' ? 'SQLite' : `PostgreSQL, ${place}`
  const which = {
    en: `State: version ${version} of ${newestVersion}`,
    zh: `状态库：版本 ${version}，本程序版本 ${newestVersion}`,
  }
  const advice = {
    '-1': {
      en: '; `tranche doctor --migrate` brings it forward',
      zh: '，执行 `tranche doctor --migrate` 可升级',
    },
    '0': { en: '', zh: '' },
    '1': { en: '; it is newer than this program, which will not use it', zh: '，比本程序新，无法使用' },
  }[String(Math.sign(version - newestVersion)) as '-1' | '0' | '1']
  return {
    key: 'state',
    ok: version === newestVersion,
    text: { en: `${which.en} (${where})${advice.en}`, zh: `${which.zh}（${where}）${advice.zh}` },
  }
}

async function fileCheck({ dir, workspace }: Catalogue): Promise<readonly Check[]> {
  if (workspace.state.engine !== 'sqlite')
    return workspace.state.tls === 'verify' || isLocal(workspace.state.host) ? [] : [unencrypted]
  const { mode } = await stat(stateFileOf(dir))
  if ((mode & 0o077) === 0) return []
  return [
    {
      key: 'state_file',
      ok: false,
      text: {
        en: 'State: others can read .tranche/state.sqlite; chmod 600 it',
        zh: '状态库：其他用户可读 .tranche/state.sqlite，请执行 chmod 600',
      },
    },
  ]
}

const isLocal = (host: string) => host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host)

const unencrypted: Check = {
  key: 'state_tls',
  ok: false,
  text: {
    en: 'State: the connection to the server is not encrypted (tls: none)',
    zh: '状态库：与服务器的连接未加密（tls: none）',
  },
}

async function jobCheck(state: StateDatabase): Promise<Check> {
  const { waiting, leased, failed } = await countJobs(state, new Date())
  return {
    key: 'jobs',
    ok: failed === 0,
    text: {
      en: `Jobs: ${waiting} waiting, ${leased} under way, ${failed} given up`,
      zh: `作业：等待 ${waiting}，进行中 ${leased}，已放弃 ${failed}`,
    },
  }
}

async function auditCheck(state: StateDatabase, noted: string | undefined): Promise<Check> {
  const verdict = await verifyAudit(state, noted)
  if (verdict.status === 'whole')
    return {
      key: 'audit',
      ok: true,
      text: {
        en: `Audit chain: whole, lines: ${verdict.lines}, head: ${verdict.head}`,
        zh: `审计链：完整，行数：${verdict.lines}，链头：${verdict.head}`,
      },
    }
  if (verdict.status === 'not_found')
    return {
      key: 'audit',
      ok: false,
      text: {
        en: `Audit chain: the head given is not among its ${verdict.lines} lines; it was cut off or written anew`,
        zh: `审计链：给定的链头不在现有 ${verdict.lines} 行之中，链可能被截断或重写`,
      },
    }
  const fault =
    verdict.fault === 'missing' ? { en: 'is missing', zh: '缺失' } : { en: 'was changed', zh: '被修改' }
  return {
    key: 'audit',
    ok: false,
    text: {
      en: `Audit chain: broken, line ${verdict.seq} ${fault.en}`,
      zh: `审计链：已损坏，第 ${verdict.seq} 行${fault.zh}`,
    },
  }
}
