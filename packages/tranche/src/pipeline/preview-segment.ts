import { mkdtemp, rm } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { openDuckDb } from '../engine/duckdb.ts'
import { folderOf } from '../engine/folder.ts'
import { publishedTable } from '../engine/published.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import {
  type CustomerSample,
  drawSample,
  previewOnSample,
  type SampledPreview,
  sampleOf,
} from '../insights/preview-on-sample.ts'
import { checkRule, type SegmentRules, segmentRules } from '../segments/check-segments.ts'
import { countClauses } from '../segments/count-clauses.ts'
import { namesOf, previewRule, type RulePreview } from '../segments/preview-rule.ts'
import { ResidentColumns } from '../segments/resident-columns.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { publishedColumns, requireColumns } from './published-segments.ts'
import { openPublishedTables } from './published-table.ts'
import { agesOfNames, type Staleness } from './staleness.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What a rule would select: counts of everybody, value and differences of a sample. */
export type SegmentPreview = RulePreview & SampledPreview & Staleness

/**
 * Rules that are saved nowhere, tried one after another on one published run. The sample is drawn once; where the run's tables are on
 * this machine, columns that rules read stay in memory too, at most 1.5 GB of them, so that rules about the same ones are counted
 * without a scan.
 */
export interface Previews {
  /** @throws TrancheError invalid_input */
  preview(rule: string): Promise<SegmentPreview>
  close(): void
}

/** What a rule that is saved nowhere would select in the published run. @throws TrancheError invalid_input */
export async function previewSegment(
  catalogue: Catalogue,
  text: string,
  env: Environment = process.env,
): Promise<SegmentPreview> {
  // A rule that can't be understood is refused before anything is read.
  checkRule(text, segmentRules(catalogue).scope)
  const previews = await open(catalogue, env, { columns: 'scanned' })
  try {
    return await previews.preview(text)
  } finally {
    previews.close()
  }
}

/** @throws TrancheError not_found before the first run; unsupported where tranche.yaml no longer names the cluster */
export async function openPreviews(catalogue: Catalogue, env: Environment = process.env): Promise<Previews> {
  return await open(catalogue, env, { columns: 'kept' })
}

async function open(
  catalogue: Catalogue,
  env: Environment,
  // Of one rule alone a scan counts quicker than its columns are read into memory.
  how: { readonly columns: 'kept' | 'scanned' },
): Promise<Previews> {
  const rules = segmentRules(catalogue)
  const minimum = catalogue.workspace.disclosure.minimumCell
  const { warehouse } = await openPublishedTables(catalogue, env)
  try {
    const known = await publishedColumns(warehouse, rules.scope)
    const here = warehouse.dialect.name === 'duckdb'
    const columns =
      here && how.columns === 'kept'
        ? new ResidentColumns(warehouse, rules.scope, { tableOf: publishedTable })
        : undefined
    let sample: CustomerSample | undefined
    const preview = async (text: string): Promise<SegmentPreview> => {
      const rule = checkRule(text, rules.scope)
      const names = namesOf(rule, rules)
      requireColumns(names, known)
      sample ??= await (here
        ? drawSample(warehouse, [...known], rules)
        : bring(catalogue, warehouse, known, rules))
      const table = await columns?.table(names)
      const counted =
        table === undefined ? await previewRule(warehouse, rules, rule) : countClauses(table, rules, rule)
      return {
        ...counted,
        ...previewOnSample(sample, rules, rule, counted.population, minimum),
        ...(await agesOfNames(warehouse, names, catalogue)),
      }
    }
    return { close: () => warehouse.close(), preview: oneByOne(preview) }
  } catch (error) {
    warehouse.close()
    throw error
  }
}

/** The next begins when the one before it has ended: a connection answers one question at a time. */
function oneByOne<Question, Answer>(
  work: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  let before: Promise<unknown> = Promise.resolve()
  return (question) => {
    const answer = before.then(() => work(question))
    before = answer.catch(() => undefined)
    return answer
  }
}

/** The sample of a run on a cluster. */
async function bring(
  catalogue: Catalogue,
  cluster: Warehouse,
  known: ReadonlySet<string>,
  rules: SegmentRules,
): Promise<CustomerSample> {
  const folder = await mkdtemp(joinPath(folderOf(catalogue.dir).root, 'brought-'))
  const local = await openDuckDb({ path: ':memory:' })
  try {
    const file = joinPath(folder, 'sample.parquet')
    await cluster.writeParquet(sampleOf([...known], rules), file)
    return await drawSample(local, [...known], rules, sql`read_parquet(${file})`)
  } finally {
    local.close()
    await rm(folder, { recursive: true, force: true })
  }
}
