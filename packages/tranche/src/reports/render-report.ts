import type { Audience, Language } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { composePublished, composeReport } from './document/compose.ts'
import type { PageOptions, ReportDocument } from './document/report-document.ts'
import { figureFiles } from './figure-files.ts'
import type { ReportWords } from './format-value.ts'
import { htmlReport } from './html.ts'
import { createLabels } from './labels.ts'
import { readLogo } from './logo.ts'
import { markdownReport } from './markdown.ts'
import type { Persona } from './personas/persona.ts'
import { readPersonas } from './personas/read-personas.ts'
import { type ReportData, readReportData } from './report-data.ts'
import { arrange } from './report-model.ts'

/** Formats that are text. */
export type ReportFormat = 'html' | 'md'
export type ReportFileFormat = ReportFormat | 'xlsx' | 'pptx' | 'pdf'

type ReportCatalogue = Pick<
  Catalogue,
  | 'attributePolicy'
  | 'dir'
  | 'extras'
  | 'features'
  | 'metrics'
  | 'report'
  | 'segments'
  | 'sources'
  | 'workspace'
>

export interface ReportSource {
  /** Holds the published tables `findings`, `figures`, `figure_points`, `metrics`, `customer_value`. */
  readonly warehouse: Warehouse
  readonly catalogue: ReportCatalogue
  readonly manifest: PageOptions['manifest']
}

export interface ReportOptions extends ReportSource {
  readonly lang: Language
  readonly format: ReportFormat
  /** For whom, where it is not whom the policy says. */
  readonly audience?: Audience | undefined
}

/** Writes the growth report of a run in a language and format. Equal tables give equal bytes. */
export async function renderReport({ format, ...options }: ReportOptions): Promise<string> {
  const document = composePublished(await pageOptions(options))
  return format === 'html' ? htmlReport(document) : markdownReport(document, figureFolder(options.lang))
}

/**
 * Writes a report for a file of some name. Gives the content of the file itself under '', and of what stands beside it
 * by path.
 */
export async function writeReport(
  { format, ...options }: Omit<ReportOptions, 'format'> & { readonly format: ReportFileFormat },
  { name, env }: { readonly name: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const document = composePublished(await pageOptions(options))
  if (format !== 'md') return new Map([['', await wholeFile(document, format, env)]])
  const folder = `${name}.figures`
  const files = new Map([['', markdownReport(document, folder)]])
  for (const [figure, svg] of figureFiles(document)) files.set(`${folder}/${figure}`, svg)
  return files
}

/** What is only loaded where it is asked for. */
async function wholeFile(
  document: ReportDocument,
  format: Exclude<ReportFileFormat, 'md'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | Uint8Array> {
  switch (format) {
    case 'html':
      return htmlReport(document)
    case 'xlsx':
      return await (await import('./workbook-report.ts')).workbookReport(document)
    case 'pptx':
      return await (await import('./slides/slides-report.ts')).slidesReport(document)
    case 'pdf':
      return await (await import('./pdf-report.ts')).pdfReport(document, env)
  }
}

/** A report's file and, beside Markdown, those of its figures: paths and contents. */
export async function renderReports(
  source: ReportSource,
  wanted: readonly Pick<ReportOptions, 'lang' | 'format'>[],
): Promise<ReadonlyMap<string, string>> {
  const data = await readReportData(source.warehouse)
  const personas = await personasOf(source, data)
  const files = new Map<string, string>()
  const composed = new Map<Language, ReportDocument>()
  for (const { lang, format } of wanted) {
    const document =
      composed.get(lang) ?? composeReport(await pageOptions({ ...source, lang, data, personas }))
    composed.set(lang, document)
    const folder = figureFolder(lang)
    const text = format === 'html' ? htmlReport(document) : markdownReport(document, folder)
    files.set(`report.${lang}.${format}`, text)
    if (format === 'md') for (const [name, svg] of figureFiles(document)) files.set(`${folder}/${name}`, svg)
  }
  return files
}

export interface PageRequest extends ReportSource {
  readonly lang: Language
  readonly audience?: Audience | undefined
  /** What was read before, where several reports are made of the same tables. */
  readonly data?: ReportData
  readonly personas?: readonly Persona[]
}

/** Reads what a report is made from, and arranges it by the policy. */
export async function pageOptions(request: PageRequest): Promise<PageOptions> {
  const { warehouse, catalogue, manifest, lang, audience } = request
  const data = request.data ?? (await readReportData(warehouse))
  const policy = audience === undefined ? catalogue.report : { ...catalogue.report, audience }
  return {
    data,
    model: arrange(data, policy),
    personas: request.personas ?? (await personasOf(request, data)),
    words: reportWords(catalogue, lang),
    catalogue,
    manifest,
    policy,
    logo: await readLogo(catalogue.dir, policy.look.logo),
  }
}

async function personasOf(
  { warehouse, catalogue }: Pick<ReportSource, 'warehouse' | 'catalogue'>,
  { findings }: ReportData,
): Promise<readonly Persona[]> {
  return catalogue.report.personas ? await readPersonas(warehouse, catalogue, findings) : []
}

/** How a workspace's report calls things and writes its numbers in a language. */
export function reportWords(
  catalogue: Omit<ReportCatalogue, 'dir' | 'segments' | 'attributePolicy'>,
  lang: Language,
): ReportWords {
  const { workspace, report } = catalogue
  return {
    labels: createLabels(catalogue, lang),
    currency: workspace.currency,
    timeZone: workspace.timeZone,
    amounts: report.units.amounts,
    currencySign: report.units.currency,
  }
}

/** The folder of figures beside a report in Markdown. */
export function figureFolder(lang: Language): string {
  return `report.${lang}.figures`
}
