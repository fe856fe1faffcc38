import type { RunFolder } from '../engine/folder.ts'
import type { RunContext } from '../engine/run-context.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { computeFeatures } from '../features/compute-features.ts'
import { computeFindings } from '../insights/compute-findings.ts'
import { computeCustomerValue } from '../models/value/customer-value.ts'
import { publishStandingSegments } from '../segments/standing.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { type StepDefinition, saveArtefact } from './steps.ts'

export interface AnalysisOptions {
  readonly catalogue: Catalogue
  readonly warehouse: Warehouse
  readonly context: RunContext
  readonly run: RunFolder
}

/** Everything between the standard tables and the published run, in the order of the data's way. */
export function analysisSteps({ catalogue, warehouse, context }: AnalysisOptions): readonly StepDefinition[] {
  return [
    {
      key: 'features',
      work: async () => {
        const { rows } = await computeFeatures({
          warehouse,
          catalogue,
          asOfs: [context.asOf],
          signal: context.signal,
          progress: (done) => context.progress({ step: 'features', status: 'advanced', rows: done }),
        })
        return rows
      },
    },
    {
      key: 'value',
      work: async () => {
        const model = await computeCustomerValue(catalogue, warehouse, context)
        await saveArtefact(warehouse, 'model:value', model)
        return model.histories.customers
      },
    },
    { key: 'segments', work: () => publishStandingSegments(warehouse) },
    {
      key: 'findings',
      work: async () => (await computeFindings({ warehouse, catalogue, context })).length,
    },
  ]
}
