import { type StandardTable, type StandardTableName, standardTables, type Text } from '@tranche/contract'
import { counted, formatCount, plural } from '@tranche/language'
import { isInPlace } from '../cluster/place.ts'
import type { ResolutionNote } from '../intake-state.ts'
import type { QualityRow } from './quality-row.ts'
import { steppedOver } from './stepped-over.ts'
import type { TableCheckContext } from './table-expectations.ts'

export type Noticed = Pick<QualityRow, 'source' | 'table' | 'column' | 'kind' | 'status' | 'message'> &
  Partial<Pick<QualityRow, 'n' | 'failed' | 'observed'>>

/** What intake says of the data without being asked. */
export function noticed(context: TableCheckContext): readonly QualityRow[] {
  const rows = [
    ...rowsSetAside(context),
    ...steppedOver(context.state),
    ...knownAt(context),
    ...late(context),
    ...systems(context),
    ...context.state.resolution.notes.map(resolutionNote),
    ...derived(context),
    ...sealed(context),
    ...readerNotes(context),
  ]
  return rows.map(qualityRow)
}

/** What shows only on the cluster: customers known from rows of other tables alone, and numbers spelled unlike the others. */
export function noticedThere(
  derived: number,
  spelled: number,
  others: readonly Noticed[] = [],
): readonly QualityRow[] {
  const folded = {
    kind: 'folded_keys',
    source: '',
    table: 'customer_versions',
    column: 'customer_id',
  } as const
  return [
    ...(spelled === 0 ? [] : [resolutionNote({ ...folded, n: spelled, failed: spelled })]),
    ...(derived === 0 ? [] : [derivedCustomers(derived)]),
    ...others,
  ].map(qualityRow)
}

function qualityRow(row: Noticed): QualityRow {
  return {
    observed: null,
    n: null,
    failed: null,
    ...row,
    threshold: null,
    severity: 'info',
    key: [row.source, row.table, row.column, row.kind].filter((part) => part !== '').join('.'),
  }
}

function rowsSetAside({ rows, catalogue }: TableCheckContext): readonly Noticed[] {
  const inPlace = new Set(catalogue.sources.filter(({ value }) => isInPlace(value)).map(({ key }) => key))
  return rows.flatMap(({ source, table, read, quarantined, filtered, duplicates }) => [
    ...setAside(
      ...([source, table, read, quarantined, 'quarantine', 'warn'] as const),
      inPlace.has(source)
        ? {
            en: `${formatCount(quarantined, 'en')} of ${counted(read, 'row', 'rows')} ${plural(quarantined, 'is', 'are')} stepped over ${plural(quarantined, 'where it lies', 'where they lie')}.`,
            zh: `${read} 行中有 ${quarantined} 行在原表中被跳过。`,
          }
        : {
            en: `${formatCount(quarantined, 'en')} of ${counted(read, 'row', 'rows')} ${plural(quarantined, 'is', 'are')} in the quarantine; tranche quarantine list says why.`,
            zh: `${read} 行中有 ${quarantined} 行被隔离，可用 tranche quarantine list 查看原因。`,
          },
    ),
    ...setAside(source, table, read, duplicates, 'duplicates', 'info', {
      en: `${formatCount(duplicates, 'en')} of ${counted(read, 'row', 'rows')} ${plural(duplicates, 'repeats another and counts once', 'repeat another and count once')}.`,
      zh: `${read} 行中有 ${duplicates} 行与其他行重复，只计一次。`,
    }),
    ...setAside(source, table, read, filtered, 'filtered', 'info', {
      en: `${formatCount(filtered, 'en')} of ${counted(read, 'row', 'rows')} ${plural(filtered, 'was', 'were')} filtered by the mapping.`,
      zh: `${read} 行中有 ${filtered} 行被映射条件过滤。`,
    }),
  ])
}

function setAside(
  source: string,
  table: string,
  n: number,
  failed: number,
  kind: string,
  status: QualityRow['status'],
  message: Text,
): readonly Noticed[] {
  return failed === 0
    ? []
    : [{ source, table, column: '', kind, status, n, failed, observed: failed / n, message }]
}

/** From when rows count as known: as mapped, from their own time, or always. */
function knownAt({ catalogue }: TableCheckContext): readonly Noticed[] {
  return catalogue.sources.flatMap(({ key, value }) =>
    value.tables.flatMap(({ table, columns }) => {
      if (columns['known_at'] !== undefined) return []
      const time = timeOf(table)
      const dated = time !== undefined && columns[time] !== undefined
      const message: Text = dated
        ? {
            en: `Assumed: each row was known at its ${time}, since known_at is not mapped.`,
            zh: `假定：未映射 known_at，每行以 ${time} 为获知时间。`,
          }
        : {
            en: 'Assumed: rows without a date are valid and known from the beginning.',
            zh: '假定：没有日期的行自始有效且已知。',
          }
      return [{ source: key, table, column: 'known_at', kind: 'known_at', status: 'info' as const, message }]
    }),
  )
}

function timeOf(name: StandardTableName): string | undefined {
  return standardTables.find(
    (table): table is StandardTable & typeof table => table.name === name && 'time' in table,
  )?.time
}

function late({ state }: TableCheckContext): readonly Noticed[] {
  const sums = new Map<string, { source: string; table: string; n: number; failed: number }>()
  for (const file of state.files)
    for (const { table, kept, knownLate } of file.tables) {
      if (knownLate === 0) continue
      const sum = sums.get(`${file.source} ${table}`) ?? { source: file.source, table, n: 0, failed: 0 }
      sums.set(`${file.source} ${table}`, { ...sum, n: sum.n + kept, failed: sum.failed + knownLate })
    }
  return [...sums.values()].map(({ source, table, n, failed }) => ({
    source,
    table,
    column: 'known_at',
    kind: 'known_late',
    status: 'info',
    n,
    failed,
    observed: failed / n,
    message: {
      en: `${formatCount(failed, 'en')} of ${counted(n, 'row', 'rows')} became known more than a day after ${plural(failed, 'its', 'their')} time.`,
      zh: `${n} 行中有 ${failed} 行在发生一天以后才获知。`,
    },
  }))
}

function systems({ state }: TableCheckContext): readonly Noticed[] {
  return state.resolution.identity.map(
    ({ systems: [first, second], method, matched, unmatched, conflicting }) => ({
      source: `${first}+${second}`,
      table: 'customer_keys',
      column: '',
      kind: `identity_${method}`,
      status: conflicting > 0 ? 'warn' : 'info',
      n: matched + unmatched + conflicting,
      failed: conflicting,
      message: {
        en: `Of the customers of ${second}, ${matched} are matched with ${first}, ${unmatched} are not, ${conflicting} conflict and stay apart.`,
        zh: `${second} 的客户中，${matched} 个与 ${first} 匹配，${unmatched} 个未匹配，${conflicting} 个有冲突而未合并。`,
      },
    }),
  )
}

export function resolutionNote({ kind, source, table, column, n, failed }: ResolutionNote): Noticed {
  const base = { source, table, column, kind, n, failed, observed: n === 0 ? null : failed / n }
  switch (kind) {
    case 'superseded':
      return {
        ...base,
        status: 'info',
        message: {
          en: `${counted(n, 'row', 'rows')} gave way to another source of the same customer or key; ${failed} of them disagreed with it.`,
          zh: `${n} 行让位于同一键的其他来源，其中 ${failed} 行内容不一致。`,
        },
      }
    case 'folded_keys':
      return {
        ...base,
        status: 'info',
        message: {
          en: `${counted(n, 'customer number', 'customer numbers')} differed from the others in case only and ${plural(n, 'was', 'were')} spelled like them.`,
          zh: `${n} 个客户编号仅大小写不同，已统一写法。`,
        },
      }
    case 'missing_rates':
      return {
        ...base,
        status: 'warn',
        message: {
          en: `${formatCount(failed, 'en')} of ${counted(n, 'transaction', 'transactions')} in ${column} ${plural(failed, 'has no exchange rate for its day; its', 'have no exchange rate for their day; their')} amount_base is missing.`,
          zh: `${n} 笔 ${column} 交易中有 ${failed} 笔当日没有汇率，其本位币金额缺失。`,
        },
      }
  }
}

function derived({ state }: TableCheckContext): readonly Noticed[] {
  const n = state.resolution.derivedCustomers
  return n === 0 ? [] : [derivedCustomers(n)]
}

function derivedCustomers(n: number): Noticed {
  return {
    source: '',
    table: 'customer_versions',
    column: 'customer_id',
    kind: 'derived_customers',
    status: 'info',
    n,
    message: {
      en: `${counted(n, 'customer is', 'customers are')} known from ${plural(n, 'rows', 'their rows')} in other tables only.`,
      zh: `${n} 个客户仅出现在其他表中，没有客户资料。`,
    },
  }
}

function sealed({ catalogue }: TableCheckContext): readonly Noticed[] {
  const what = {
    drop: { en: 'was dropped', zh: '已丢弃' },
    match: { en: 'is used for matching only, as a keyed pseudonym', zh: '仅以加密假名用于匹配' },
    pseudonym: { en: 'is replaced by a keyed pseudonym', zh: '已替换为加密假名' },
  } as const
  return catalogue.sources.flatMap(({ key, value }) =>
    Object.entries(value.identifiers).map(([column, { kind, use }]) => ({
      source: key,
      table: '',
      column,
      kind: 'identifier',
      status: 'info' as const,
      message: {
        en: `${column} (${kind}) ${what[use].en}.`,
        zh: `${column}（${kind}）${what[use].zh}。`,
      },
    })),
  )
}

function readerNotes({ state }: TableCheckContext): readonly Noticed[] {
  return state.files.flatMap(({ source, path, notes, copyOf }) => [
    ...(copyOf === null
      ? []
      : [
          {
            source,
            table: '',
            column: '',
            kind: 'copy',
            status: 'warn' as const,
            message: {
              en: `${path} has the same content as ${copyOf}; its rows are duplicates.`,
              zh: `${path} 与 ${copyOf} 内容相同，其各行均为重复。`,
            },
          },
        ]),
    ...notes.map((note) => ({
      source,
      table: '',
      column: '',
      kind: 'reading',
      status: 'info' as const,
      message: { en: `${path}: ${note.en}`, zh: `${path}：${note.zh}` },
    })),
  ])
}
