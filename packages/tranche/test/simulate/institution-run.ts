import { compareTruth, type TruthComparison } from '../../src/pipeline/found/compare-truth.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { runPipeline } from '../../src/pipeline/run.ts'
import { simulateWorkspace } from '../../src/pipeline/simulate/simulate-workspace.ts'
import type { SourceRows, Truth } from '../../src/pipeline/simulate/truth.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'

/** What one run over a simulated institution says. */
export interface InstitutionRun {
  readonly truth: Truth
  readonly comparisons: readonly TruthComparison[]
  /** Rows by source as the run counted them. */
  readonly rows: readonly SourceRows[]
}

/** Simulates an institution, runs the product on it as a user would, and compares what it found. */
export async function runInstitution(
  dir: string,
  options: { readonly customers: number; readonly seed: number; readonly transactionsPerCustomer?: number },
): Promise<InstitutionRun> {
  const { truth } = await simulateWorkspace({ dir, transactionsPerCustomer: 20, ...options })
  const catalogue = await loadWorkspace(dir)
  const { manifest } = await runPipeline(catalogue)
  const { warehouse } = await openPublishedRun(catalogue)
  try {
    const comparisons = await compareTruth({ warehouse, truthFile: `${dir}/truth.json` })
    const rows = manifest.rows
      .map(({ source, read, kept, quarantined, filtered, duplicates }) => ({
        source,
        read,
        kept,
        quarantined,
        filtered,
        duplicates,
      }))
      .sort((a, b) => (a.source < b.source ? -1 : 1))
    return { truth, comparisons, rows }
  } finally {
    warehouse.close()
  }
}
