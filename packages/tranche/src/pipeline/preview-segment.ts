import { mkdtemp, rm } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { type DuckDbWarehouse, openDuckDb } from '../engine/duckdb.ts'
import { folderOf } from '../engine/folder.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import {
  type CustomerSample,
  drawSample,
  previewOnSample,
  type SampledPreview,
  sampleTable,
} from '../insights/preview-on-sample.ts'
import { checkRule, segmentRules } from '../segments/check-segments.ts'
import { sampleSql } from '../segments/customer-sample.ts'
import { namesOf, previewRule, type RulePreview } from '../segments/preview-rule.ts'
import { type Sql, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { publishedColumns, requireColumns } from './published-segments.ts'
import { openPublishedTables } from './published-table.ts'
import { agesOfNames, type Staleness } from './staleness.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What a rule would select: counts of everybody, value and differences of a sample. */
export type SegmentPreview = RulePreview & SampledPreview & Staleness

/** Rules that are saved nowhere, tried on one published run: what they share is read once, when it is opened. */
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
  const previews = await openPreviews(catalogue, env)
  try {
    return await previews.preview(text)
  } finally {
    previews.close()
  }
}

/** @throws TrancheError not_found before the first run; unsupported where tranche.yaml no longer names the cluster */
export async function openPreviews(catalogue: Catalogue, env: Environment = process.env): Promise<Previews> {
  const rules = segmentRules(catalogue)
  const minimum = catalogue.workspace.disclosure.minimumCell
  const { warehouse } = await openPublishedTables(catalogue, env)
  let brought: Warehouse | undefined
  let sample: CustomerSample | undefined
  const close = () => {
    brought?.close()
    warehouse.close()
  }
  try {
    const known = await publishedColumns(warehouse, rules.scope)
    return {
      close,
      preview: async (text) => {
        const rule = checkRule(text, rules.scope)
        const names = namesOf(rule, rules)
        requireColumns(names, known)
        if (sample === undefined && warehouse.dialect.name !== 'duckdb')
          brought = await bring(catalogue, warehouse, sampleSql([...known], rules.scope))
        sample ??= await drawSample(warehouse, [...known], rules, brought)
        const counted = await previewRule(warehouse, rules, rule)
        return {
          ...counted,
          ...(await previewOnSample(sample, rules, rule, counted.population, minimum)),
          ...(await agesOfNames(warehouse, names, catalogue)),
        }
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

/** The sample of a run on a cluster, in an engine on this machine. */
async function bring(catalogue: Catalogue, cluster: Warehouse, drawn: Sql): Promise<DuckDbWarehouse> {
  const folder = await mkdtemp(joinPath(folderOf(catalogue.dir).root, 'brought-'))
  const local = await openDuckDb({ path: ':memory:' })
  try {
    const file = joinPath(folder, 'sample.parquet')
    await cluster.writeParquet(drawn, file)
    await local.run(sql`create table ${sampleTable} as select * from read_parquet(${file})`)
    return local
  } catch (error) {
    local.close()
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
