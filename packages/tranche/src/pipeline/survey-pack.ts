import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { featureSchema } from '@tranche/contract'
import { Document, type YAMLMap } from 'yaml'
import { openDuckDb } from '../engine/duckdb.ts'
import { folderOf } from '../engine/folder.ts'
import type { PackDefinition } from '../intake/propose/starter-catalogue.ts'
import { createStandardViews } from '../intake/standard-views.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { engineSettings } from './machine.ts'
import { type PackSegment, packSegment } from './packs.ts'
import { openPublishedRun } from './published-run.ts'
import { requireRowsHere } from './rows-of-run.ts'

/** Questions that fewer answered tell no groups. */
const fewestAnswers = 100
const mostQuestions = 30
/** Answers that must read as numbers. */
const numeric = 0.9

interface Asked extends Record<string, string | number> {
  readonly survey: string
  readonly question: string
}

/**
 * Features and the set of mindsets for the survey that most customers of the published run answered: a feature for each question on
 * a scale, clusters over them, and whom of the others the first two are like. Empty where there is no such survey.
 * @throws TrancheError not_found where no run is published
 */
export async function surveyPack(
  catalogue: Catalogue,
): Promise<{ readonly definitions: readonly PackDefinition[]; readonly segments: readonly PackSegment[] }> {
  const questions = await questionsOf(catalogue)
  if (questions.length < 2) return { definitions: [], segments: [] }
  const features = questions.map(({ survey, question }, index) => ({
    key: `answer_${keyOf(question) ?? index + 1}`,
    label: { en: `Answer to ${question}`, zh: `${question} 的答案` },
    from: 'survey_answers',
    where: `survey == ${JSON.stringify(survey)} && question == ${JSON.stringify(question)}`,
    measure: { last: 'value', by: ['answered_at'], as: 'number' },
    unit: 'number',
    missing: { en: 'The customer was not asked', zh: '未询问该客户' },
  }))
  const mindset = {
    key: 'mindset',
    label: { en: 'Mindset', zh: '心态' },
    cluster: { features: features.map(({ key }) => key), k: { from: 2, to: Math.min(6, 20) } },
  }
  const alike = [1, 2].map((cell) => ({
    key: `like_mindset_${cell}`,
    label: { en: `Like mindset ${cell}`, zh: `与心态${cell}相似` },
    lookalike: {
      of: `mindset_${cell}`,
      features: ['age_years', 'income_annual', 'spend_365d', 'purchases_365d'],
    },
  }))
  return {
    definitions: features.map((feature) => ({
      kind: 'feature' as const,
      key: feature.key,
      file: 'psychographic.yaml',
      node: nodeOf(feature),
      value: featureSchema.parse(feature),
    })),
    segments: [mindset, ...alike].map((set) => packSegment(nodeOf(set), set)),
  }
}

async function questionsOf(catalogue: Catalogue): Promise<readonly Asked[]> {
  if (!catalogue.mapped.has('survey_answers')) return []
  const { state, warehouse: published } = await openPublishedRun(catalogue, 'results')
  published.close()
  requireRowsHere(state, { en: 'The pack of survey questions', zh: '问卷策略包' }, ['survey_answers'])
  const folder = folderOf(catalogue.dir)
  const spillTo = join(folder.spill, `pack-${process.pid}`)
  await mkdir(spillTo, { recursive: true, mode: 0o700 })
  const warehouse = await openDuckDb({ path: ':memory:', spillTo, ...engineSettings(catalogue.workspace) })
  try {
    await createStandardViews({ warehouse, catalogue, folder: folder.root, state })
    return await warehouse.rows<Asked>(sql`
      with asked as ( -- one row per question of a survey that is answered on a scale
        select survey, question, count(distinct customer_id) as customers from standard.survey_answers
        group by survey, question
        having count(distinct customer_id) >= ${fewestAnswers} and count(distinct value) between 2 and 20
          and count(try_cast(value as double)) >= ${numeric} * count(value)
      ), largest as (
        select survey from asked group by survey order by max(customers) desc, survey limit 1
      )
      select survey, question from asked where survey in (select survey from largest)
      order by question limit ${mostQuestions}`)
  } finally {
    warehouse.close()
    await rm(spillTo, { recursive: true, force: true })
  }
}

function keyOf(question: string): string | undefined {
  const key = question
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40)
  return /^[a-z0-9][a-z0-9_]*$/.test(key) ? key : undefined
}

function nodeOf(value: Readonly<Record<string, unknown>>): YAMLMap {
  const document = new Document()
  const node = document.createNode(value) as YAMLMap
  for (const pair of node.items) {
    const inner = pair.value as { flow?: boolean } | null
    if (inner !== null && typeof inner === 'object' && 'items' in inner) inner.flow = true
  }
  return node
}
