import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding, Text } from '@tranche/contract'
import { sentenceOf } from '../reports/findings-text.ts'
import { createLabels } from '../reports/labels.ts'
import { readReportData } from '../reports/report-data.ts'
import { chooseSummary, sectionsOf } from '../reports/report-model.ts'
import { plainText } from '../reports/sentence.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { loadWorkspace } from '../workspace/load.ts'
import { compareTruth, type TruthComparison } from './found/compare-truth.ts'
import { comparisonTable } from './found/comparison-table.ts'
import { openPublishedRun } from './published-run.ts'
import type { RunOutcome } from './run.ts'
import type { SimulationProgress } from './simulate/simulate.ts'
import { simulateWorkspace } from './simulate/simulate-workspace.ts'

export interface DemoOptions {
  readonly dir: string
  readonly customers: number
  readonly seed: number
  readonly run: (catalogue: Catalogue) => Promise<RunOutcome>
  readonly simulated?: (progress: SimulationProgress) => void
  readonly signal?: AbortSignal
}

export interface DemoOutcome {
  readonly run: RunOutcome
  readonly findings: readonly { readonly key: string; readonly text: Text }[]
  readonly truth: readonly TruthComparison[]
  readonly someCustomer: string
}

/**
 * Simulates an institution, runs everything and compares what was planted with what
 * was found. The folder is a demo's own: an earlier demo in it is replaced, anything else is refused.
 */
export async function runDemo(options: DemoOptions): Promise<DemoOutcome> {
  const { dir, customers, seed, signal } = options
  await clearDemo(dir)
  await simulateWorkspace({
    dir,
    customers,
    months: 24,
    seed,
    dirt: 0.01,
    effects: 'default',
    ...(signal === undefined ? {} : { signal }),
    ...(options.simulated === undefined ? {} : { progress: options.simulated }),
  })
  await writeFile(
    join(dir, marker),
    'This folder was made by `tranche demo` and is replaced by the next one.\n',
  )
  const catalogue = await loadWorkspace(dir)
  const run = await options.run(catalogue)
  const opened = await openPublishedRun(catalogue)
  try {
    const found = await opened.warehouse.rows<{ customer_id: string }>(
      sql`select customer_id from customer_value where tier = 'high' order by customer_id limit 1`,
    )
    const truth = await compareTruth({ warehouse: opened.warehouse, truthFile: join(dir, 'truth.json') })
    await writeFile(join(dir, comparisonFile), comparisonTable(truth))
    return {
      run,
      findings: await topFindings(opened.warehouse, catalogue),
      truth,
      someCustomer: found[0]?.customer_id ?? '',
    }
  } finally {
    opened.warehouse.close()
  }
}

const marker = '.tranche-demo'
/** Every planted number beside what was found, in the demo's folder. */
export const comparisonFile = 'planted-and-found.csv'

async function clearDemo(dir: string): Promise<void> {
  const found = await readFile(join(dir, marker)).catch(() => null)
  if (found !== null) await rm(dir, { recursive: true, force: true })
}

/** The findings that the report opens with, as sentences. */
async function topFindings(
  warehouse: Parameters<typeof readReportData>[0],
  catalogue: Catalogue,
): Promise<DemoOutcome['findings']> {
  const { findings } = await readReportData(warehouse)
  const words = (lang: 'en' | 'zh') => ({
    labels: createLabels(catalogue, lang),
    currency: catalogue.workspace.currency,
  })
  const text = (finding: Finding, lang: 'en' | 'zh') => plainText(sentenceOf(finding, words(lang)))
  return chooseSummary(findings, {
    most: 10,
    weight: catalogue.report.thresholds.weight,
    sections: sectionsOf(catalogue.report),
  }).map((finding) => ({
    key: finding.key,
    text: { en: text(finding, 'en'), zh: text(finding, 'zh') },
  }))
}
