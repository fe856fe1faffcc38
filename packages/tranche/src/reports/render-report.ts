import type { Language, Manifest } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { htmlReport } from './html.ts'
import { createLabels } from './labels.ts'
import { markdownReport } from './markdown.ts'
import { readReportData } from './report-data.ts'
import { arrange } from './report-model.ts'

export type ReportFormat = 'html' | 'md'

export interface ReportOptions {
  /** Holds the published tables `findings`, `figures`, `figure_points`, `metrics`, `customer_value`. */
  readonly warehouse: Warehouse
  readonly catalogue: Pick<Catalogue, 'features' | 'metrics' | 'extras' | 'sources' | 'workspace'>
  readonly manifest: Pick<Manifest, 'asOf' | 'snapshot' | 'version'>
  readonly lang: Language
  readonly format: ReportFormat
}

/** Writes the growth report of a run in a language and format. Equal tables give equal bytes. */
export async function renderReport({ lang, format, ...options }: ReportOptions): Promise<string> {
  const [report] = await renderReports(options, [{ lang, format }])
  return report!
}

/** Writes the growth report in several languages and formats from tables that are read once. */
export async function renderReports(
  { warehouse, catalogue, manifest }: Omit<ReportOptions, 'lang' | 'format'>,
  wanted: readonly Pick<ReportOptions, 'lang' | 'format'>[],
): Promise<readonly string[]> {
  const data = await readReportData(warehouse)
  const model = arrange(data)
  return wanted.map(({ lang, format }) => {
    const words = { labels: createLabels(catalogue, lang), currency: catalogue.workspace.currency }
    const options = { data, model, words, catalogue, manifest }
    return format === 'html' ? htmlReport(options) : markdownReport(options)
  })
}
