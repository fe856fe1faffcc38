import { rm } from 'node:fs/promises'
import type { Input, RowCounts, Text } from '@tranche/contract'
import { counted } from '@tranche/language'
import { openDuckDb } from '../engine/duckdb.ts'
import { createFolder, type Folder, type RunFolder } from '../engine/folder.ts'
import { readPointer } from '../engine/published.ts'
import type { Row } from '../engine/warehouse.ts'
import { standardRows } from '../intake/cluster/standard-rows.ts'
import { createClocks } from '../intake/mapping/compile-table.ts'
import { createStandardViews, homeSystem } from '../intake/standard-views.ts'
import type { ListSurroundings } from '../segments/match-list.ts'
import { ident, sql, whole } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { costLines, type ExpectedCost, expectedCost } from './cluster-budget.ts'
import { hasSegments, isOnThisMachine } from './cluster-refusal.ts'
import { type IntakePhase, intakePhase, pendingRun } from './intake-phase.ts'
import { takeLock } from './lock.ts'
import { recordLook } from './look.ts'
import { readManifest } from './manifest.ts'
import { type PlannedSegments, plannedLines, plannedSegments } from './planned-segments.ts'
import { type Running, type RunOptions, runningOf } from './run.ts'
import { identifyRun } from './run-identity.ts'
import { sourcesOnCluster } from './sources-on-cluster.ts'
import { withRunState } from './state.ts'
import { requireSound } from './validate.ts'

/** Mapped rows shown of each source and table. */
const rowsShown = 10

export interface Plan {
  readonly asOf: string
  readonly run: string
  /** Whether a run would compute anything: false where the published run already is this one. */
  readonly computes: boolean
  readonly inputs: readonly Input[]
  readonly rows: readonly RowCounts[]
  readonly definitions: { readonly features: number; readonly metrics: number }
  /** Who would enter and leave segments whose definition changed; null before the first run. */
  readonly segments: PlannedSegments | null
  readonly samples: readonly {
    readonly source: string
    readonly table: string
    readonly rows: readonly Row[]
  }[]
  /** What it would cost the cluster, step by step; null where the workspace computes on this machine. */
  readonly cost: ExpectedCost | null
  readonly lines: readonly Text[]
  /** Why the look at the mapped rows is not on record; null where it is. */
  readonly unrecorded: Text | null
}

export interface PlanOptions extends RunOptions {
  /** Gets what is known where the plan is refused before a table in place is counted: it is thrown right after. */
  readonly tell?: (lines: readonly Text[]) => void
}

/**
 * What a run would do and why, with mapped rows of every source. Files are read and checked as a run would; what was
 * read is kept, so that the run does not read it again. Nothing is published; the look at the rows goes on record.
 */
export async function planRun(catalogue: Catalogue, options: PlanOptions = {}): Promise<Plan> {
  requireSound(catalogue)
  const folder = await createFolder(catalogue.dir)
  const lock = await takeLock(folder.lock, options.clock ?? (() => new Date()))
  try {
    return await withRunState(catalogue, options, (state) =>
      planned(runningOf(catalogue, folder, options, state), options),
    )
  } finally {
    await rm(pendingRun(folder).path, { recursive: true, force: true })
    await lock.release()
  }
}

async function planned(running: Running, options: PlanOptions): Promise<Plan> {
  const { catalogue, folder } = running
  const phase = await intakePhase(running, options)
  const current = await readPointer(folder)
  const { name: run, published } = await identifyRun(running, phase, current)
  const plan = {
    asOf: phase.asOf.instant,
    run,
    computes: published === null,
    inputs: phase.intake.inputs,
    rows: phase.intake.rows,
    definitions: { features: catalogue.features.length, metrics: catalogue.metrics.length },
    segments: (await comparesSegments(catalogue, current))
      ? await plannedSegments(catalogue, running.env, listsOf(running, phase))
      : null,
    samples: await samplesOf(running, phase),
    cost: await costOf(catalogue, phase, current),
  }
  const detail = { rows: plan.samples.reduce((sum, { rows }) => sum + rows.length, 0) }
  const unrecorded = await recordLook(catalogue, { what: 'plan', subject: 'sources', detail }, options)
  return { ...plan, lines: linesOf(plan, current?.run ?? null, budgetOf(catalogue)), unrecorded }
}

/** Where lists that changed find whom they name, as a run would. */
function listsOf({ catalogue, folder }: Running, { intake, keyring }: IntakePhase): ListSurroundings {
  const { dir, sources } = catalogue
  return { dir, folder: folder.root, state: intake.state, keyring, sources }
}

/** Segments are compared with those of the run in force, where it has any that this workspace reaches. */
async function comparesSegments({ workspace }: Catalogue, current: RunFolder | null): Promise<boolean> {
  const manifest = current === null ? null : await readManifest(current)
  if (manifest === null || !hasSegments(manifest)) return false
  return isOnThisMachine(manifest) || workspace.warehouse.engine === 'trino'
}

async function costOf(
  { workspace }: Catalogue,
  { intake }: IntakePhase,
  current: RunFolder | null,
): Promise<ExpectedCost | null> {
  const { warehouse: settings } = workspace
  if (settings.engine !== 'trino') return null
  return expectedCost(intake, current === null ? null : await readManifest(current), settings)
}

const budgetOf = ({ workspace: { warehouse } }: Catalogue) =>
  warehouse.engine === 'trino' ? warehouse.budget : undefined

async function samplesOf(running: Running, phase: IntakePhase): Promise<Plan['samples']> {
  const { catalogue, folder } = running
  const { intake } = phase
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    await createStandardViews({
      warehouse,
      catalogue,
      folder: (folder satisfies Folder).root,
      state: intake.state,
    })
    const samples: Plan['samples'][number][] = []
    const inPlace = await samplesInPlace(running, phase)
    for (const { source, table } of intake.rows) {
      const there = inPlace.find((sample) => sample.source === source && sample.table === table)
      if (there !== undefined) samples.push(there)
      if (there !== undefined) continue
      const rows = await warehouse.rows(
        sql`select * from ${ident('standard', table)} where source = ${source} order by _file, _line limit ${rowsShown}`,
      )
      samples.push({ source, table, rows })
    }
    return samples
  } finally {
    warehouse.close()
  }
}

/** Mapped rows of tables that lie on the cluster, any of them. */
async function samplesInPlace(
  { catalogue, env, signal }: Running,
  { intake }: IntakePhase,
): Promise<Plan['samples']> {
  const { files } = intake.state
  const there = files.filter((file) => file.there !== undefined)
  const sources = sourcesOnCluster(catalogue, env, signal)
  if (there.length === 0 || sources === null) return []
  const clocks = createClocks(catalogue.workspace.timeZone)
  const options = { catalogue, clocks, home: homeSystem(catalogue) }
  try {
    const cluster = await sources.open()
    const samples: Plan['samples'][number][] = []
    for (const file of there)
      for (const taken of file.tables) {
        const rows = await cluster.rows(
          sql`select * from (${standardRows(options, { file, taken })}) limit ${whole(rowsShown)}`,
        )
        samples.push({ source: file.source, table: taken.table, rows })
      }
    return samples
  } finally {
    sources.close()
  }
}

const statusWords: Readonly<Record<Input['status'], Text>> = {
  new: { en: 'new', zh: '新文件' },
  changed: { en: 'changed', zh: '已变更' },
  unchanged: { en: 'unchanged, not read again', zh: '未变，不再读取' },
}

function linesOf(
  plan: Omit<Plan, 'lines' | 'unrecorded'>,
  current: string | null,
  budget: ReturnType<typeof budgetOf>,
): readonly Text[] {
  const { asOf, inputs, rows, definitions, segments, samples, computes, cost } = plan
  const results =
    cost === null
      ? { en: 'values, findings and both reports', zh: '客户价值、结论和中英文报告' }
      : {
          en: 'values and, for as many customers as warehouse.bring allows, segments, findings and both reports',
          zh: '客户价值；客户数在 warehouse.bring 允许范围内时，还包括客群、结论和中英文报告',
        }
  return [
    { en: `As of ${asOf}`, zh: `截至 ${asOf}` },
    ...inputs.flatMap(({ source, file, status, notes }) => [
      {
        en: `${source}: ${file}, ${statusWords[status].en}`,
        zh: `${source}：${file}，${statusWords[status].zh}`,
      },
      ...notes.map(({ en, zh }) => ({ en: `    ${en}`, zh: `    ${zh}` })),
    ]),
    ...samples.flatMap(({ source, table, rows: shown }) => {
      const counts = rows.find((row) => row.source === source && row.table === table)
      return [
        {
          en: `${source} → ${table}: ${counts?.kept} of ${counted(counts?.read ?? 0, 'row', 'rows')} would be kept`,
          zh: `${source} → ${table}：${counts?.read} 行中将保留 ${counts?.kept} 行`,
        },
        ...shown.map((row) => {
          const text = Object.entries(row)
            .filter(([name, value]) => value !== null && !name.startsWith('_') && name !== 'source')
            .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
            .join('  ')
          return { en: `    ${text}`, zh: `    ${text}` }
        }),
      ]
    }),
    ...(segments === null ? [] : plannedLines(segments)),
    ...(cost === null || !computes ? [] : costLines(cost, budget)),
    computes
      ? {
          en: `A run would compute ${counted(definitions.features, 'feature', 'features')}, ${counted(definitions.metrics, 'metric', 'metrics')}, ${results.en}${current === null ? '' : ', because inputs, definitions or the as-of differ from the published run'}.`,
          zh: `运行将计算 ${definitions.features} 个特征、${definitions.metrics} 个指标、${results.zh}${current === null ? '' : '，因为输入、定义或截至时点与已发布的运行不同'}。`,
        }
      : {
          en: 'Nothing differs from the published run; a run would change nothing.',
          zh: '与已发布的运行没有差别，运行不会改变任何结果。',
        },
  ]
}
