import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { adjustedRand } from '@tranche/stats'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { runPipeline } from '../../src/pipeline/run.ts'
import { simulate } from '../../src/pipeline/simulate/simulate.ts'
import type { Truth } from '../../src/pipeline/simulate/truth.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'

const questions = ['q1', 'q2', 'q3', 'q4', 'q5', 'q6']
const events = ['app_open', 'view_product', 'view_wealth', 'click_banner', 'search', 'share']

const features = [
  ...questions.map(
    (question) =>
      `- {key: ${question}, label: {en: ${question}, zh: ${question}}, from: survey_answers, where: 'question == "${question}"', measure: {last: value, by: [answered_at], as: number}}`,
  ),
  ...events.map(
    (event) =>
      `- {key: share_${event}, label: {en: ${event}, zh: ${event}}, from: events, where: 'name != "app_registered"', measure: {share: 'name == "${event}"', of: rows}}`,
  ),
].join('\n')

const sets = `
- key: mindset
  label: {en: Mindset, zh: 心态}
  cluster: {features: [${questions.join(', ')}], k: {from: 2, to: 5}}
- key: behaviour
  label: {en: Behaviour in the app, zh: App 行为}
  cluster: {features: [${events.map((event) => `share_${event}`).join(', ')}], k: {from: 2, to: 5}}
`

export interface Recovered {
  readonly group: string
  /** Customers whom the set places. */
  readonly placed: number
  readonly clusters: number
  readonly adjustedRand: number
}

/** Simulates an institution, runs sets whose features a workspace names, and compares cells with the planted groups. */
export async function recoverGroups(
  dir: string,
  options: { readonly customers: number; readonly seed: number },
): Promise<readonly Recovered[]> {
  await simulate({ dir, ...options })
  for (const [folder, text] of [
    ['features', features],
    ['segments', sets],
  ] as const) {
    await mkdir(join(dir, folder))
    await writeFile(join(dir, folder, 'groups.yaml'), text)
  }
  const catalogue = await loadWorkspace(dir)
  await runPipeline(catalogue)
  const truth = JSON.parse(await readFile(join(dir, 'truth.json'), 'utf8')) as Truth
  const { warehouse } = await openPublishedRun(catalogue)
  try {
    const recovered: Recovered[] = []
    for (const group of ['mindset', 'behaviour'] as const) {
      const rows = await warehouse.rows<{ number: number; cell: string }>(sql`
        select cast(substr(customer_id, 2) as bigint) as number, ${ident(group)} as cell from customer_sets
        where ${ident(group)} is not null and customer_id similar to 'C[0-9]+' order by customer_id`)
      const { codes } = truth.groups![group]
      const known = rows.filter(({ number }) => number >= 1 && number <= codes.length)
      const planted = known.map(({ number }) => Number(codes[number - 1]))
      const found = known.map(({ cell }) => Number(cell))
      recovered.push({
        group,
        placed: known.length,
        clusters: new Set(found).size,
        adjustedRand: adjustedRand(planted, found),
      })
    }
    return recovered
  } finally {
    warehouse.close()
  }
}
