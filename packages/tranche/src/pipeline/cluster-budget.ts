import type { ClusterSettings, Manifest, Text } from '@tranche/contract'
import { formatCount } from '@tranche/language'
import type { RunFolder } from '../engine/folder.ts'
import type { TrinoQuery } from '../engine/trino.ts'
import { TrancheError } from '../errors.ts'
import type { ToldRows } from '../intake/intake.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { readManifest } from './manifest.ts'

type Budget = NonNullable<ClusterSettings['budget']>
type Counts = { readonly rows: readonly Manifest['rows'][number][] }

/** What a step is expected to cost the cluster. */
export interface StepCost {
  readonly step: string
  readonly queries: number
  /** Rows and bytes that its queries read. */
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
}

export interface ExpectedCost {
  readonly steps: readonly StepCost[]
  /** Rows of standard tables now. */
  readonly rows: number
  /** The run whose queries say so; null before the first one on this cluster, when there is but an estimate of the rows read. */
  readonly by: string | null
}

/** Rows that a run reads for each one of its standard tables, by what was measured: 22 of files, 25 of tables in place (docs/guide/en/cluster-sizing.md). */
const readPerRow = 25

/** What a run would cost by what the published one did cost, in proportion to the rows of its standard tables. */
export function expectedCost(
  next: Counts,
  published: Manifest | null,
  settings: ClusterSettings,
): ExpectedCost {
  const rows = keptRows(next)
  const { cluster } = published ?? {}
  const then = published === null ? 0 : keptRows(published)
  const same = cluster?.url === settings.url && cluster.catalog === settings.catalog
  if (published === null || cluster === undefined || !same || then === 0) return { steps: [], rows, by: null }
  const growth = rows / then
  const names = [...new Set(cluster.queries.map(({ step }) => step))]
  const steps = names.map((step) => {
    const own = cluster.queries.filter((query) => query.step === step)
    const { rows: read, bytes, seconds } = sumOf(own)
    return {
      step,
      queries: own.length,
      rows: Math.round(read * growth),
      bytes: Math.round(bytes * growth),
      seconds: seconds * growth,
    }
  })
  return { steps, rows, by: published.run }
}

/** What speaks against a run before it begins; null where nothing does. */
export function overBudget(
  { steps, rows, by }: ExpectedCost,
  budget: Budget | undefined,
): TrancheError | null {
  if (budget === undefined) return null
  const total = sumOf(steps)
  const expected = by === null ? { rows: readPerRow * rows, seconds: 0 } : total
  return exceeded(expected, budget, {
    en: 'The run was not begun: it would cost the cluster more than warehouse.budget allows',
    zh: '运行未开始：预计对集群的消耗超出 warehouse.budget',
  })
}

/** @throws TrancheError refused where a run would cost its cluster more than the workspace allows */
export async function requireBudget(
  { workspace }: Pick<Catalogue, 'workspace'>,
  next: Counts,
  current: RunFolder | null,
): Promise<void> {
  const { warehouse: settings } = workspace
  if (settings.engine !== 'trino') return
  const published = current === null ? null : await readManifest(current)
  const error = overBudget(expectedCost(next, published, settings), settings.budget)
  if (error !== null) throw error
}

/**
 * Before a table in place is counted for the first time.
 * @param told rows of tables in place, by the cluster's statistics
 * @param tell gets what is known so far where the run is refused
 * @throws TrancheError refused where a run over them would read more than the workspace allows, by estimate
 */
export function requireEstimate(
  { workspace }: Pick<Catalogue, 'workspace'>,
  told: readonly ToldRows[],
  tell: (lines: readonly Text[]) => void = () => {},
): void {
  const { warehouse: settings } = workspace
  if (settings.engine !== 'trino') return
  const cost = { steps: [], rows: told.reduce((sum, { rows }) => sum + (rows ?? 0), 0), by: null }
  const error = overBudget(cost, settings.budget)
  if (error === null) return
  tell([...told.map(toldLine), ...costLines(cost, undefined)])
  throw error
}

function toldLine({ source, rows }: ToldRows): Text {
  if (rows === null)
    return {
      en: `${source}: the cluster keeps no statistics of this table; taken for empty`,
      zh: `${source}：集群没有该表的统计信息，按空表计`,
    }
  return {
    en: `${source}: ${formatCount(rows, 'en')} rows by the cluster's statistics, not counted`,
    zh: `${source}：按集群的统计信息为 ${formatCount(rows, 'zh')} 行，未经计数`,
  }
}

/** Stops a run between two queries once those that it sent have cost more. @throws TrancheError refused */
export function requireWithin(
  queries: readonly Pick<TrinoQuery, 'rows' | 'bytes' | 'seconds'>[],
  budget: Budget | undefined,
): void {
  if (budget === undefined) return
  const error = exceeded(sumOf(queries), budget, {
    en: 'The run was stopped: it has cost the cluster more than warehouse.budget allows',
    zh: '运行已停止：对集群的消耗已超出 warehouse.budget',
  })
  if (error !== null) throw error
}

function exceeded(
  spent: { readonly rows: number; readonly seconds: number },
  budget: Budget,
  what: Text,
): TrancheError | null {
  const rows = budget.rows !== undefined && spent.rows > budget.rows
  const seconds = budget.seconds !== undefined && spent.seconds > budget.seconds
  if (!rows && !seconds) return null
  const [en, zh] = (['en', 'zh'] as const).map((lang) => ({
    rows: `${formatCount(spent.rows, lang)} / ${formatCount(budget.rows ?? 0, lang)}`,
    seconds: `${Math.round(spent.seconds)} / ${budget.seconds}`,
  }))
  return new TrancheError(
    'refused',
    {
      en: `${what.en} (${[rows ? `rows ${en!.rows}` : '', seconds ? `seconds ${en!.seconds}` : ''].filter(Boolean).join(', ')}). What was published before is untouched.`,
      zh: `${what.zh}（${[rows ? `行数 ${zh!.rows}` : '', seconds ? `秒数 ${zh!.seconds}` : ''].filter(Boolean).join('，')}）。之前发布的结果保持不变。`,
    },
    {
      hint: {
        en: 'Raise warehouse.budget in tranche.yaml, or compute fewer features; `tranche plan` prints the cost of each step.',
        zh: '请在 tranche.yaml 中提高 warehouse.budget，或减少特征；`tranche plan` 会列出每一步的消耗。',
      },
    },
  )
}

/** The cost as lines of a plan. */
export function costLines(cost: ExpectedCost, budget: Budget | undefined): readonly Text[] {
  const { steps, rows, by } = cost
  const refused = overBudget(cost, budget)
  const count = (value: number, lang: 'en' | 'zh') => formatCount(value, lang)
  const megabytes = (bytes: number) => Math.ceil(bytes / 1e6)
  const head =
    by === null
      ? {
          en: `On the cluster, by estimate, before a first run: ${count(rows, 'en')} rows of standard tables, of which it would read some ${count(readPerRow * rows, 'en')} (${readPerRow} for each, as measured elsewhere); seconds are known after the first run`,
          zh: `在集群上（首次运行之前的估计）：标准表 ${count(rows, 'zh')} 行，约读取 ${count(readPerRow * rows, 'zh')} 行（按他处实测，每行 ${readPerRow} 次）；秒数在首次运行后才可知`,
        }
      : {
          en: `On the cluster, by the queries of ${by}, in proportion to ${count(rows, 'en')} rows of standard tables:`,
          zh: `在集群上，按 ${by} 的查询并按标准表 ${count(rows, 'zh')} 行折算：`,
        }
  return [
    head,
    ...steps.map((step) => ({
      en: `    ${step.step}: ${step.queries} queries, ${count(step.rows, 'en')} rows, ${count(megabytes(step.bytes), 'en')} MB, ${Math.ceil(step.seconds)} s`,
      zh: `    ${step.step}：${step.queries} 条查询，${count(step.rows, 'zh')} 行，${count(megabytes(step.bytes), 'zh')} MB，${Math.ceil(step.seconds)} 秒`,
    })),
    ...(refused === null ? [] : [refused.text]),
  ]
}

function sumOf(
  parts: readonly { readonly rows: number; readonly bytes: number; readonly seconds: number }[],
) {
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
  }
}

const keptRows = ({ rows }: Counts) => rows.reduce((sum, { kept }) => sum + kept, 0)
