import type { Finding, Manifest, ReportPolicy, Section } from '@tranche/contract'
import type { Catalogue } from '../../workspace/catalogue.ts'
import type { FigureData } from '../charts/figure-data.ts'
import type { ReportWords } from '../format-value.ts'
import type { Change } from '../metric-rows.ts'
import type { Persona } from '../personas/persona.ts'
import type { PersonaCard } from '../personas/persona-card.ts'
import type { HeadlineMetric, ReportData } from '../report-data.ts'
import type { ReportModel } from '../report-model.ts'
import type { Part } from '../sentence.ts'

/** What a report is made from. */
export interface PageOptions {
  readonly data: ReportData
  readonly model: ReportModel
  readonly words: ReportWords
  readonly personas: readonly Persona[]
  readonly catalogue: Pick<Catalogue, 'features' | 'metrics' | 'workspace'>
  readonly manifest: Pick<Manifest, 'asOf' | 'snapshot' | 'version'> &
    Partial<Pick<Manifest, 'run' | 'definitions'>>
  readonly policy: ReportPolicy
  /** The firm's mark as a data address. */
  readonly logo?: string | undefined
}

/** The report before it takes a form: every format is written from this, so all say the same in the same order. */
export interface ReportDocument {
  readonly title: string
  readonly meta: string
  readonly summary: readonly Statement[]
  /** Stands where there is no message. */
  readonly emptySummary: string
  readonly headline: HeadlineTable | undefined
  readonly sections: readonly DocumentSection[]
  readonly personas: readonly PersonaCard[]
  readonly unproven: readonly Statement[]
  readonly unprovenMore: number
  readonly limits: readonly Statement[]
  readonly definitions: readonly DefinitionRow[]
  readonly signOffs: readonly { readonly role: string; readonly name: string }[]
  /** By number, in the order in which the report first refers to them. */
  readonly notes: readonly Note[]
  readonly options: PageOptions
}

/** A sentence of the report with what stands under it. */
export interface Statement {
  readonly finding: Finding
  readonly parts: readonly Part[]
  /** Number of its note. */
  readonly note: number
  readonly assumption: string | undefined
  /** Command that exports the group it speaks of; once a section. */
  readonly members: { readonly command: string; readonly n: number } | undefined
}

export interface DocumentFigure extends Statement {
  readonly data: FigureData
  readonly number: number
  readonly caption: string
  /** The picture at desk width; one SVG below the other. */
  readonly picture: readonly string[]
}

export interface DocumentSection {
  readonly section: Section
  readonly title: string
  /** In reading order. */
  readonly items: readonly (Statement | DocumentFigure)[]
}

export interface HeadlineTable {
  readonly caption: string
  readonly hasChange: boolean
  readonly rows: readonly HeadlineRow[]
}

export interface HeadlineRow {
  readonly metric: HeadlineMetric
  readonly value: string
  readonly previousPeriod: Change | null
  readonly previousYear: Change | null
  readonly note: number
}

export interface DefinitionRow {
  readonly label: string
  readonly key: string
  readonly place: string
  readonly hash: string
}

export type Note =
  | { readonly kind: 'finding'; readonly number: number; readonly finding: Finding }
  | { readonly kind: 'metric'; readonly number: number; readonly metric: HeadlineMetric }

export function isFigure(item: Statement | DocumentFigure): item is DocumentFigure {
  return 'picture' in item
}
