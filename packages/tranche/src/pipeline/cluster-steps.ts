import type { Manifest, Step } from '@tranche/contract'
import { readyToGive, takeTable } from '../engine/load-table.ts'
import type { RunContext } from '../engine/run-context.ts'
import { sideBySide } from '../engine/side-by-side.ts'
import type { TrinoWarehouse } from '../engine/trino.ts'
import { bringTables } from '../engine/trino-bring.ts'
import type { SharedFolder } from '../engine/trino-load.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { FeaturePass } from '../features/feature-pass.ts'
import { requireUnchanged } from '../intake/cluster/unchanged.ts'
import type { IntakeState } from '../intake/intake-state.ts'
import { refuseFailures } from '../intake/quality/gate.ts'
import { noticedThere } from '../intake/quality/noticed.ts'
import { addQualityRows } from '../intake/quality/quality-row.ts'
import { createStandardViews } from '../intake/standard-views.ts'
import { computeCustomerValue } from '../models/value/customer-value.ts'
import { historiesName, historiesOf } from '../models/value/histories.ts'
import { publishSegmentsBySql } from '../segments/publish-by-sql.ts'
import { join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { type AnalysisOptions, analysisSteps, stepsAfterValue } from './analysis.ts'
import { bringStandard } from './bring-standard.ts'
import { keepMeeting } from './meeting.ts'
import { createStandardOnCluster } from './standard-on-cluster.ts'
import { loadArtefact, runSteps, type StepDefinition, type StepRunner, saveArtefact } from './steps.ts'

type Asked = NonNullable<Manifest['cluster']>['queries'][number]

/** What a run computes on a cluster, and what it does with it here. */
export interface ClusterSteps {
  /** From the standard tables to the value of customers, and what of it comes to this machine. */
  readonly first: readonly StepDefinition[]
  /** What follows once these are done: `here` on what was brought, or the segments that the cluster makes alone. */
  readonly later: (here: readonly StepDefinition[]) => Promise<readonly StepDefinition[]>
  /** Where all rows of standard tables are. */
  readonly rows: Warehouse
}

export interface ClusterStepsOptions {
  /** The engine on this machine, in which the standard views are, and which gets what is brought. */
  readonly local: Warehouse
  readonly context: RunContext
  /** A folder on this machine for what passes through. */
  readonly scratch: string
  /** `.tranche`, and what was taken in. */
  readonly folder: string
  readonly state: IntakeState
}

interface Place extends ClusterStepsOptions {
  readonly catalogue: Catalogue
  readonly cluster: TrinoWarehouse
  readonly shared: SharedFolder | undefined
  /** Customers up to whom their tables are brought. */
  readonly most: number
  readonly asked: (query: Asked) => void
  readonly isBrought: () => void
}

/** Tables of the cluster that segments, findings and reports read here, in the order that they have where a run makes them here. */
function broughtTables({ catalogue, context }: Place): readonly (readonly [string, Sql])[] {
  const byCustomer = sql`customer_id`
  const keys = catalogue.metrics.map(({ key }) => sql`${key}`)
  return [
    ['features', byCustomer],
    ['metrics', keys.length === 0 ? sql`key` : sql`list_position([${join(keys)}], key)`],
    ['customer_metrics', byCustomer],
    ['customer_value', byCustomer],
    // Findings follow customers by their histories, which go when they are done.
    [historiesName(context.asOf), byCustomer],
  ]
}

/** Tables made here that the cluster gets, for those who read its runs there. */
export const givenTables = [
  'segment_membership',
  'segment_summary',
  'segment_sets',
  'segment_stays',
  'findings',
]

const broughtArtefact = 'cluster:brought'

export function clusterSteps(place: Place): ClusterSteps {
  return {
    first: firstSteps(place),
    later: async (here) => await laterSteps(place, here),
    rows: hasRowsThere(place.state) ? place.cluster : place.local,
  }
}

const hasRowsThere = ({ files }: IntakeState) => files.some(({ there }) => there !== undefined)

/** All steps of a run: those of the analysis, or on a cluster first its own, on which depends what follows. */
export async function runAllSteps(
  runner: StepRunner,
  analysis: AnalysisOptions,
  cluster: ClusterSteps | null,
): Promise<readonly Step[]> {
  if (cluster === null) return await runSteps(runner, analysisSteps(analysis))
  const first = await runSteps(runner, cluster.first)
  const later = await cluster.later(stepsAfterValue({ ...analysis, rows: cluster.rows }))
  const then = await runSteps(runner, later)
  return [...first, ...then.filter(({ key }) => later.some((step) => step.key === key))]
}

function firstSteps(place: Place): readonly StepDefinition[] {
  const { catalogue, cluster, local, context, most } = place
  const { asOf, signal, progress } = context
  const { files } = place.state
  const pass = new FeaturePass({
    warehouse: cluster,
    catalogue,
    asOf,
    signal,
    progress: (done) => progress({ step: 'features', status: 'advanced', rows: done }),
  })
  return [
    recorded(place, 'standard', async () => {
      const { rows, derived, spelled, met } = await createStandardOnCluster({
        ...{ ...place, signal },
        progress: (done) => progress({ step: 'standard', status: 'advanced', rows: done }),
      })
      const quality = [...met.quality, ...noticedThere(derived, spelled, met.noticed)]
      await addQualityRows(local, quality)
      refuseFailures(quality)
      await keepMeeting(local, met)
      return rows
    }),
    recorded(place, 'features', async () => (await pass.features()).rows),
    recorded(place, 'metrics', async () => (await pass.metrics()).metrics),
    recorded(place, 'value', async () => {
      const model = await computeCustomerValue(catalogue, cluster, { asOf })
      await saveArtefact(local, 'model:value', model)
      return model.histories.customers
    }),
    recorded(place, 'bring', async () => {
      const { customers } = await cluster.row<{ customers: number }>(
        sql`select count(*) as customers from ${tableNamed('customer_value')}`,
      )
      const brought = customers <= most
      await saveArtefact(local, broughtArtefact, { customers, brought })
      return brought ? await bringAll(place) : 0
    }),
    ...(files.some(({ summed }) => summed !== undefined)
      ? [recorded(place, 'unchanged', async () => await requireUnchanged(cluster, files))]
      : []),
  ]
}

async function bringAll(place: Place): Promise<number> {
  const { cluster, local, context, shared, scratch } = place
  context.signal.throwIfAborted()
  const brought = await bringTables(broughtTables(place), { cluster, local, shared, scratch })
  let rows = brought.reduce((sum, n) => sum + n, 0)
  context.progress({ step: 'bring', status: 'advanced', rows })
  rows += await bringStandard(place)
  const { catalogue, folder, state } = place
  await createStandardViews({ warehouse: local, catalogue, folder, state })
  return rows
}

async function laterSteps(place: Place, here: readonly StepDefinition[]): Promise<readonly StepDefinition[]> {
  const { catalogue, cluster, local, context, shared } = place
  const histories = historiesOf(context.asOf)
  const bySql = async () => {
    await cluster.run(sql`drop table if exists ${histories}`)
    const { customers, leftOut } = await publishSegmentsBySql(cluster, catalogue)
    await saveArtefact(local, 'segments:left_out', leftOut)
    return customers
  }
  const decided = await loadArtefact<{ readonly brought: boolean }>(local, broughtArtefact)
  if (decided?.brought !== true) return [recorded(place, 'segments', bySql)]
  place.isBrought()
  const give = async () => {
    await local.run(sql`drop table if exists ${histories}`)
    // Without a folder for them the cluster makes what it can by itself.
    if (shared === undefined) return await bySql()
    await cluster.run(sql`drop table if exists ${histories}`)
    const given = await sideBySide(
      givenTables,
      async (table) => await readyToGive(table, shared, local),
      async (ready) => await takeTable(cluster, ready),
    )
    return given.reduce((sum, n) => sum + n, 0)
  }
  return [...here.map(({ key, work }) => recorded(place, key, work)), recorded(place, 'give', give)]
}

/** A step whose queries are kept with the run, also of one that fails. */
function recorded<T extends number | null>(
  { cluster, asked }: Pick<Place, 'cluster' | 'asked'>,
  key: string,
  work: () => Promise<T>,
): StepDefinition {
  return {
    key,
    work: async () => {
      const first = cluster.queries.length
      try {
        return await work()
      } finally {
        await cluster.settled()
        for (const query of cluster.queries.slice(first)) asked({ ...query, step: key })
      }
    },
  }
}
