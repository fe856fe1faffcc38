import type { Text } from '@tranche/contract'
import { TrancheError } from '../errors.ts'
import type { TrinoFailure } from './trino-protocol.ts'

/** What the cluster said of a query, in words for people; `context.reason` is its own name for it. */
export function queryError(cause: TrinoFailure, text: string): TrancheError {
  const context = { sql: text, query: cause.queryId, reason: cause.errorName }
  if (cause.errorName === 'USER_CANCELED')
    return new TrancheError(
      'cancelled',
      { en: 'The query was cancelled.', zh: '查询已取消。' },
      { cause, context },
    )
  if (cause.errorName === 'PERMISSION_DENIED')
    return new TrancheError('refused', refusalOf(cause), {
      cause,
      context,
      hint: {
        en: 'Tranche needs to read the sources and to write in one schema.',
        zh: 'Tranche 需要读取数据源的权限，以及一个可写的 schema。',
      },
    })
  if (['NOT_FOUND', 'SCHEMA_NOT_FOUND', 'CATALOG_NOT_FOUND'].includes(cause.errorName))
    return new TrancheError(
      'not_found',
      {
        en: 'The cluster has no such catalog or schema, or hides it from its user.',
        zh: '集群中没有该 catalog 或 schema，或对该用户不可见。',
      },
      {
        cause,
        context,
        hint: {
          en: 'Look at warehouse.catalog and warehouse.schema in tranche.yaml; an administrator creates the schema.',
          zh: '请检查 tranche.yaml 中的 warehouse.catalog 与 warehouse.schema；schema 由管理员创建。',
        },
      },
    )
  return new TrancheError(
    'query_failed',
    {
      en: `A query failed on the cluster (${cause.errorName}, query ${cause.queryId}).`,
      zh: `集群执行查询失败（${cause.errorName}，查询 ${cause.queryId}）。`,
    },
    { cause, context },
  )
}

/** What it is that the user may not do; names of tables and columns, no values. */
function refusalOf({ message }: TrinoFailure): Text {
  const [, known, asked] = /^Access Denied: User (\S+) cannot impersonate user (\S+)/.exec(message) ?? []
  if (asked !== undefined)
    return {
      en: `The cluster knows this user as ${known} and does not let ${known} ask as ${asked} (warehouse.user).`,
      zh: `集群认定该用户为 ${known}，不允许以 ${asked}（warehouse.user）的身份查询。`,
    }
  const [, what] = /^Access Denied: Cannot ([\w .,$[\]-]+)/.exec(message) ?? []
  return what === undefined
    ? { en: 'The cluster refuses this to its user.', zh: '集群拒绝该用户执行此操作。' }
    : {
        en: `The cluster does not let its user ${what.trim()}.`,
        zh: `集群不允许该用户执行：${what.trim()}。`,
      }
}

/** A node that was out of breath may keep the last page of a query for ever, while the coordinator says that it runs. */
export function stalled(queryId: string): TrancheError {
  return new TrancheError(
    'unreachable',
    {
      en: `Trino has done the work of query ${queryId} and doesn't hand over its result.`,
      zh: `Trino 已完成查询 ${queryId} 的全部工作，却没有交出结果。`,
    },
    {
      hint: {
        en: 'It was cancelled. Run again: a run goes on after the last step that was finished.',
        zh: '该查询已取消。请重新运行：运行会从最后完成的步骤之后继续。',
      },
    },
  )
}

/** A cluster that serves others first, for longer than one may wait. */
export function queued(queryId: string, ms: number): TrancheError {
  const seconds = Math.round(ms / 1000)
  return new TrancheError(
    'unreachable',
    {
      en: `Query ${queryId} has stood in the queue of Trino for ${seconds} s.`,
      zh: `查询 ${queryId} 已在 Trino 的队列中等待 ${seconds} 秒。`,
    },
    {
      hint: {
        en: 'It was cancelled. Run again when the cluster has less to do, wait longer (warehouse.queue), or ask an administrator for a resource group.',
        zh: '该查询已取消。请在集群空闲时重新运行，延长等待时间（warehouse.queue），或请管理员分配资源组。',
      },
    },
  )
}

/** What a query that was asked to end ends with. */
export function cancelled(): TrancheError {
  return new TrancheError('cancelled', { en: 'The query was cancelled.', zh: '查询已取消。' })
}

/** A request that was not answered, or not as it should be. */
export function unreachable(url: URL, outcome: Error | { status: number }): TrancheError {
  const why =
    outcome instanceof Error
      ? ((outcome as NodeJS.ErrnoException).code ?? outcome.message)
      : `HTTP ${outcome.status}`
  const denied = !(outcome instanceof Error) && (outcome.status === 401 || outcome.status === 403)
  return new TrancheError(
    'unreachable',
    {
      en: `Trino at ${url.origin} can't be used (${why}).`,
      zh: `无法使用 ${url.origin} 上的 Trino（${why}）。`,
    },
    {
      cause: outcome,
      hint: denied
        ? {
            en: 'Look at the user in tranche.yaml and at TRANCHE_TRINO_PASSWORD or TRANCHE_TRINO_TOKEN.',
            zh: '请检查 tranche.yaml 中的用户以及 TRANCHE_TRINO_PASSWORD 或 TRANCHE_TRINO_TOKEN。',
          }
        : {
            en: 'Look whether the address is right and the coordinator is up.',
            zh: '请检查地址是否正确、协调节点是否在运行。',
          },
    },
  )
}
