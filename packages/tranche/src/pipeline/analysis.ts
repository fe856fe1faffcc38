import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LedgerEntry, Manifest } from '@tranche/contract'
import { writeAtomically } from '../engine/atomic-file.ts'
import type { RunFolder } from '../engine/folder.ts'
import type { RunContext } from '../engine/run-context.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { type AlsoRead, FeaturePass } from '../features/feature-pass.ts'
import { computeFindings } from '../insights/compute-findings.ts'
import { createFacts, type Facts } from '../insights/facts.ts'
import { computeCustomerValue, type ValueModel } from '../models/value/customer-value.ts'
import { createHistories } from '../models/value/histories.ts'
import { purchaseTerms } from '../models/value/purchase-rows.ts'
import { renderReports } from '../reports/render-report.ts'
import { publishInputAges } from '../segments/input-ages.ts'
import type { ListSurroundings } from '../segments/match-list.ts'
import { publishSegments } from '../segments/publish-segments.ts'
import { storedDefinitions } from '../segments/stored-definitions.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { loadArtefact, type StepDefinition, saveArtefact } from './steps.ts'

export interface AnalysisOptions {
  readonly catalogue: Catalogue
  readonly warehouse: Warehouse
  readonly context: RunContext
  readonly run: RunFolder
  readonly manifest: Pick<Manifest, 'asOf' | 'snapshot' | 'version' | 'run' | 'definitions'>
  /** The run that the report compares itself with; its tables lie beside. */
  readonly before: Pick<Manifest, 'asOf' | 'definitions'> | null
  readonly ledger: readonly LedgerEntry[]
  /** Where all rows of standard tables are, if some lie in tables of a cluster; the warehouse unless said. */
  readonly rows?: Warehouse
  /** Where segments that are lists find whom they name. */
  readonly lists: ListSurroundings
}

/** Everything between the standard tables and the published run, in the order of the data's way. */
export function analysisSteps(options: AnalysisOptions): readonly StepDefinition[] {
  const { catalogue, warehouse, context } = options
  let hasHistories = false
  const pass = new FeaturePass({
    warehouse,
    catalogue,
    asOf: context.asOf,
    alsoRead: purchasesOf(options, () => {
      hasHistories = true
    }),
    signal: context.signal,
    progress: (done) => context.progress({ step: 'features', status: 'advanced', rows: done }),
  })
  return [
    { key: 'features', work: async () => (await pass.features()).rows },
    { key: 'metrics', work: async () => (await pass.metrics()).metrics },
    {
      key: 'value',
      work: async () => {
        const model = await computeCustomerValue(catalogue, warehouse, { asOf: context.asOf, hasHistories })
        await saveArtefact(warehouse, 'model:value', model)
        return model.histories.customers
      },
    },
    ...stepsAfterValue(options),
  ]
}

/** What follows from tables of one row per customer: segments, what else findings compare, findings, reports. */
export function stepsAfterValue(options: AnalysisOptions): readonly StepDefinition[] {
  const { catalogue, warehouse, context, before, ledger } = options
  return [
    {
      key: 'segments',
      work: async () => {
        const { customers, sets } = await publishSegments(warehouse, catalogue, {
          run: options.run.run,
          lists: options.lists,
        })
        for (const set of sets) await saveArtefact(warehouse, setArtefact(set.key), set)
        await saveArtefact(warehouse, definitionsArtefact, storedDefinitions(catalogue))
        await publishInputAges(warehouse, catalogue, context.asOf, options.rows)
        return customers
      },
    },
    {
      key: 'facts',
      work: async () => {
        const valueModel = await loadArtefact<ValueModel>(warehouse, 'model:value')
        const facts = await createFacts(catalogue, warehouse, { asOf: context.asOf, valueModel })
        await saveArtefact(warehouse, factsArtefact, facts)
        return facts.customers
      },
    },
    {
      key: 'findings',
      work: async () => {
        const facts = (await loadArtefact<Facts>(warehouse, factsArtefact))!
        return (await computeFindings({ warehouse, catalogue, context, facts, before, ledger })).length
      },
    },
    { key: 'reports', work: () => writeReports(options) },
  ]
}

/** Where it is kept what the table of facts holds. */
const factsArtefact = 'facts'

/** Where what segments were defined by is kept with the run. */
export const definitionsArtefact = 'segment_definitions'

/** Where the model of a set of segments is kept with the run. */
export const setArtefact = (key: string) => `segment_set:${key}`

/** Value reads no transactions of its own where features have read them before it in this very process. */
function purchasesOf({ catalogue, warehouse, context }: AnalysisOptions, done: () => void): AlsoRead {
  const { condition, amount } = purchaseTerms(catalogue, context.asOf)
  return {
    table: 'transactions',
    condition,
    amount,
    use: async (rows) => {
      await createHistories(catalogue, warehouse, context.asOf, rows)
      done()
    },
  }
}

/** The growth report in both languages, as one page and as text. */
async function writeReports({ catalogue, warehouse, run, manifest }: AnalysisOptions): Promise<number> {
  const wanted = (['en', 'zh'] as const).flatMap((lang) =>
    (['html', 'md'] as const).map((format) => ({ lang, format })),
  )
  const files = await renderReports({ warehouse, catalogue, manifest }, wanted)
  for (const [name, content] of files) {
    await mkdir(dirname(join(run.path, name)), { recursive: true, mode: 0o750 })
    await writeAtomically(join(run.path, name), content)
  }
  return wanted.length
}
