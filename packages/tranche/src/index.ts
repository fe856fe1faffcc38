/**
 * The programmatic interface: open a workspace, check it, plan, run with progress and a signal, read what is
 * published, render a report. The command line stands on these functions, and nothing else.
 */
export type { DuckDbWarehouse } from './engine/duckdb.ts'
export type { ProgressEvent } from './engine/run-context.ts'
export type { Cell, Column, Columns, Row, Warehouse } from './engine/warehouse.ts'
export { type ErrorCode, exitCode, type Place, TrancheError } from './errors.ts'
export {
  type Proposal,
  type ProposeOptions,
  proposeWorkspace,
  writeProposal,
} from './intake/propose/propose.ts'
export type { ValueModel } from './models/value/customer-value.ts'
export { type ExplainOptions, type Explanation, explainPublished } from './pipeline/explain.ts'
export { explainSegment } from './pipeline/explain-segment.ts'
export { exportOnRecord, type RecordedExport } from './pipeline/export.ts'
export type { LookOptions } from './pipeline/look.ts'
export { type OpenWorkspace, openWorkspace } from './pipeline/open-workspace.ts'
export { type Plan, planRun } from './pipeline/plan.ts'
export {
  openPreviews,
  type Previews,
  previewSegment,
  type SegmentPreview,
} from './pipeline/preview-segment.ts'
export { type OpenedRun, openPublishedRun } from './pipeline/published-run.ts'
export { listSegments, type PublishedSegment } from './pipeline/published-segments.ts'
export { type Reconciled, reconcilePublished } from './pipeline/reconcile.ts'
export { type Replay, type ReplayOptions, replayRun } from './pipeline/replay.ts'
export { type RunOptions, type RunOutcome, runPipeline } from './pipeline/run.ts'
export type { SimulateOptions, SimulationSummary } from './pipeline/simulate/simulate.ts'
export { simulateWorkspace as simulate } from './pipeline/simulate/simulate-workspace.ts'
export { type Validation, validateWorkspace } from './pipeline/validate.ts'
export { type ReportFormat, type ReportOptions, renderReport } from './reports/render-report.ts'
export type { ExportOptions } from './reports/tables/export-table.ts'
export { version } from './version.ts'
export type { Catalogue, Definition } from './workspace/catalogue.ts'
