import type { Language } from '@tranche/contract'
import { type ReportFormat, renderReport } from '../reports/render-report.ts'
import type { ExportOptions } from '../reports/tables/export-table.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { loadWorkspace } from '../workspace/load.ts'
import { type ExplainOptions, type Explanation, explainPublished } from './explain.ts'
import { exportOnRecord, type RecordedExport } from './export.ts'
import type { LookOptions } from './look.ts'
import { type Plan, planRun } from './plan.ts'
import { openPreviews, type Previews } from './preview-segment.ts'
import { type OpenedRun, openPublishedRun } from './published-run.ts'
import { withPublishedTable } from './published-table.ts'
import { type Reconciled, reconcilePublished } from './reconcile.ts'
import { type RunOptions, type RunOutcome, runPipeline } from './run.ts'

/** A workspace with what can be done in it; see the functions of the same names. */
export interface OpenWorkspace {
  readonly catalogue: Catalogue
  plan(options?: RunOptions): Promise<Plan>
  run(options?: RunOptions): Promise<RunOutcome>
  /** The published run; close its warehouse when done. */
  published(): Promise<OpenedRun>
  reconcile(): Promise<readonly Reconciled[]>
  explain(customer: string, options?: ExplainOptions): Promise<Explanation>
  /** Rules tried on the published run; close when done. */
  previews(): Promise<Previews>
  export(options: ExportOptions & LookOptions): Promise<RecordedExport>
  /** The growth report of the published run. */
  report(options: { readonly lang: Language; readonly format: ReportFormat }): Promise<string>
}

/** Reads and checks a workspace. @throws TrancheError not_found, invalid_definition */
export async function openWorkspace(dir: string): Promise<OpenWorkspace> {
  const catalogue = await loadWorkspace(dir)
  const withPublished = async <T>(work: (opened: OpenedRun) => Promise<T>): Promise<T> => {
    const opened = await openPublishedRun(catalogue)
    try {
      return await work(opened)
    } finally {
      opened.warehouse.close()
    }
  }
  return {
    catalogue,
    plan: (options) => planRun(catalogue, options),
    run: (options) => runPipeline(catalogue, options),
    published: () => openPublishedRun(catalogue),
    reconcile: () => reconcilePublished(catalogue),
    explain: (customer, options) => explainPublished(catalogue, customer, options),
    previews: () => openPreviews(catalogue),
    export: (options) =>
      withPublishedTable(catalogue, options.table, options.env ?? process.env, (warehouse) =>
        exportOnRecord(warehouse, catalogue, options),
      ),
    report: (options) =>
      withPublished(({ warehouse, manifest }) =>
        renderReport({ warehouse, catalogue, manifest, ...options }),
      ),
  }
}
