import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Finding, Source, Text } from '@tranche/contract'
import { TrancheError } from '../errors.ts'
import {
  mappedColumns,
  packFolder,
  readPack,
  supportedDefinitions,
} from '../intake/propose/starter-catalogue.ts'
import { definitionFiles } from '../intake/propose/write-definitions.ts'
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
import { type SimulationProgress, simulate } from './simulate/simulate.ts'

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
 * Simulates an institution, gives it the starter catalogue, runs everything and compares what was planted with what
 * was found. The folder is a demo's own: an earlier demo in it is replaced, anything else is refused.
 */
export async function runDemo(options: DemoOptions): Promise<DemoOutcome> {
  const { dir, customers, seed, signal } = options
  await clearDemo(dir)
  await simulate({
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
  await addStarterCatalogue(dir)
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

/** Writes the starter features and metrics that a workspace's sources support. Gives the files written. */
export async function addStarterCatalogue(dir: string): Promise<readonly string[]> {
  const { sources } = await loadWorkspace(dir)
  const columns = mappedColumns(sources.map(({ value }) => value as Source))
  const files = definitionFiles(supportedDefinitions(await readPack(packFolder('starter')), columns))
  for (const { path, yaml } of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), yaml, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause
      throw new TrancheError(
        'invalid_input',
        { en: `${join(dir, path)} is there already.`, zh: `${join(dir, path)} 已存在。` },
        { cause },
      )
    })
  }
  return files.map(({ path }) => path)
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
