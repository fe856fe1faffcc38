import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { explainSegment } from '../../src/pipeline/explain-segment.ts'
import { previewSegment } from '../../src/pipeline/preview-segment.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { listSegments } from '../../src/pipeline/published-segments.ts'
import { showSet } from '../../src/pipeline/published-sets.ts'
import { validateWorkspace } from '../../src/pipeline/validate.ts'
import { publishSegments } from '../../src/segments/publish-segments.ts'
import { sql } from '../../src/sql/sql.ts'
import { checkWorkspace, loadWorkspace } from '../../src/workspace/load.ts'
import { bandLabel } from '../../src/workspace/segment-cells.ts'
import { command } from '../robustness/in-process.ts'

/** Sets that the bank's file `segments/sets.yaml` defines. */
export const sets = `
- key: visits
  label: {en: Purchases, zh: 购买次数}
  bands: {of: f, cuts: [2, 5]}
- key: worth
  label: {en: Worth, zh: 价值}
  bands:
    of: value_12m
    quantiles: 4
    names:
      - {key: least, label: {en: Least, zh: 最低}}
      - {key: less, label: {en: Less, zh: 较低}}
      - {key: more, label: {en: More, zh: 较高}}
      - {key: most, label: {en: Most, zh: 最高}}
- key: rhythm
  label: {en: Recency and frequency, zh: 近度与频度}
  grid:
    rows: {of: r_score, cuts: [2, 3, 4, 5]}
    columns: {of: f_score, cuts: [2, 3, 4, 5]}
    cells:
      - {key: champions, label: {en: Champions, zh: 重要价值客户}, rows: [4, 5], columns: [4, 5]}
      - {key: at_risk, label: {en: At risk, zh: 重要挽留客户}, rows: [1, 2], columns: [3, 4, 5]}
- key: kinds
  label: {en: Kind, zh: 类型}
  cluster: {features: [f, m, p_alive], k: {from: 2, to: 4}}
- key: like_lost
  label: {en: Like lost customers, zh: 与流失客户相似}
  lookalike: {of: activity_lost, features: [r, f], sizes: [0.1, 0.4]}
- key: worth_keeping
  label: {en: Most valuable champions, zh: 最有价值的活跃客户}
  rule: in_segment("worth_most") && rhythm == "champions"
`

/** What holds of the sets of a bank whose run is published. */
export function describeSets(bank: { readonly dir: string }): void {
  const catalogue = () => loadWorkspace(bank.dir)
  const file = () => join(bank.dir, 'segments', 'sets.yaml')
  const cli = (...args: string[]) => command(['-C', bank.dir, ...args])
  const databaseOf = async () => {
    const { warehouse, run } = await openPublishedRun(await catalogue())
    warehouse.close()
    return run.database
  }

  describe('A set of segments', () => {
    it('puts every customer whose inputs are known into one cell, of clusters if most of them are', async () => {
      const { warehouse } = await openPublishedRun(await catalogue())
      try {
        const [counts] = await warehouse.rows<Record<string, number>>(sql`
          select count(*) as everyone, count(visits) as visits, count(worth) as worth, count(rhythm) as rhythm,
            count(kinds) as kinds, count(f) as f,
            count(*) filter (where list_count([cast(f as double), cast(m as double), p_alive]) >= 2) as half, count(value_12m) as value, count(r_score) as scored
          from features left join customer_sets using (customer_id) left join customer_value using (customer_id)`)
        expect(counts).toMatchObject({
          visits: counts!['f'],
          worth: counts!['value'],
          rhythm: counts!['scored'],
        })
        expect(counts!['kinds']).toBe(counts!['half'])
        expect(counts!['half']).toBeLessThan(counts!['everyone']!)
        const wrong = await warehouse.row<{ n: number }>(sql`
          select count(*) as n from customer_sets join customer_value using (customer_id)
          where visits is distinct from (case when f < 2 then '1' when f < 5 then '2' when f >= 5 then '3' end)
            or (rhythm = 'champions') is distinct from (r_score >= 4 and f_score >= 4)`)
        expect(wrong.n).toBe(0)
        const quarters = await warehouse.rows<{ n: number }>(
          sql`select count(*) as n from customer_sets where worth is not null group by worth`,
        )
        expect(quarters).toHaveLength(4)
        const sizes = quarters.map(({ n }) => n)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2)
      } finally {
        warehouse.close()
      }
    })

    it('is a column that rules name, and its cells are segments that they ask about', async () => {
      const listed = await listSegments(await catalogue())
      const countOf = (key: string) => listed.find((segment) => segment.key === key)!.customers
      const preview = async (rule: string) => (await previewSegment(await catalogue(), rule)).count
      expect(await preview('worth == "most"')).toBe(countOf('worth_most'))
      expect(await preview('in_segment("visits_1") || in_segment("visits_2")')).toBe(
        countOf('visits_1') + countOf('visits_2'),
      )
      expect(countOf('worth_keeping')).toBe(
        await preview('worth == "most" && in_segment("rhythm_champions")'),
      )
      expect(listed.find(({ key }) => key === 'visits_2')!.label.en).toBe('Purchases from 2 to below 5')
    })

    it('shows how the number of clusters was chosen, and names each by what sets it apart', async () => {
      const shown = await showSet(await catalogue(), 'kinds')
      if (shown.model.kind !== 'cluster') throw new TypeError('no clusters')
      expect(shown.model.tried.map(({ k }) => k)).toEqual([2, 3, 4])
      expect(shown.cells).toHaveLength(shown.model.centers.length)
      const sizes = shown.cells.map(({ customers }) => customers)
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
      for (const { label } of shown.cells) expect(label.en).toMatch(/^Kind \d: (high|low|like)/)
      const { warehouse } = await openPublishedRun(await catalogue())
      const { unknown } = await warehouse
        .row<{ unknown: number }>(
          sql`select count(*) filter (where kinds is null) as unknown from features left join customer_sets using (customer_id)`,
        )
        .finally(() => warehouse.close())
      expect(shown.unplaced).toBe(unknown)
    })

    it('calls bands so that a number is told from the name before it', () => {
      expect(bandLabel({ en: 'Pay 0', zh: 'PAY_0' }, [0.5, 1.5], 1)).toEqual({
        en: 'Pay 0 from 0.5 to below 1.5',
        zh: 'PAY_0 0.5至1.5（不含）',
      })
      expect(bandLabel({ en: 'Age', zh: '年龄' }, [18, 35], 1).zh).toBe('年龄18至35（不含）')
    })

    it('explains why a customer is in a band by the value and its cuts', async () => {
      const { warehouse } = await openPublishedRun(await catalogue())
      const { customer_id: customer } = await warehouse
        .row<{ customer_id: string }>(
          sql`select customer_id from customer_sets where visits = '2' order by 1 limit 1`,
        )
        .finally(() => warehouse.close())
      const { document } = await explainSegment(await catalogue(), customer, 'visits_2')
      expect(document).toMatchObject({ verdict: 'in', rule: 'f >= 2 && f < 5' })
      expect(document.changes.map(({ verdict }) => verdict)).toContain('out')
    })

    it('explains a cell as unknown where one input is missing, as it is counted, though another rules it out', async () => {
      const { warehouse } = await openPublishedRun(await catalogue())
      const { customer_id: customer } = await warehouse
        .row<{ customer_id: string }>(
          sql`select customer_id from customer_sets where rhythm is null order by 1 limit 1`,
        )
        .finally(() => warehouse.close())
      for (const cell of ['champions', 'at_risk', 'other'])
        expect((await explainSegment(await catalogue(), customer, `rhythm_${cell}`)).document.verdict).toBe(
          'unknown',
        )
    })

    it('stays as it was when it is frozen, until its definition changes', async () => {
      expect((await cli('segment', 'freeze', 'kinds')).code).toBe(0)
      const before = (await showSet(await catalogue(), 'kinds')).model
      expect((await catalogue()).segmentSets.find(({ key }) => key === 'kinds')!.frozen).toEqual(before)
      const frozen = join(bank.dir, 'segments', 'frozen', 'kinds.json')
      const moved = JSON.parse(await readFile(frozen, 'utf8'))
      moved.model.centers = moved.model.centers.map((center: number[], index: number) =>
        center.map(() => index * 50),
      )
      await writeFile(frozen, JSON.stringify(moved))
      const copy = join(bank.dir, 'copy.duckdb')
      await cp(await databaseOf(), copy)
      const warehouse = await openDuckDb({ path: copy })
      try {
        const { sets: published } = await publishSegments(warehouse, await catalogue(), { run: 'one' })
        expect(published.find(({ key }) => key === 'kinds')!.model).toEqual(moved.model)
        const counted = await warehouse.rows<{ customers: number }>(
          sql`select customers from segment_sets join segment_summary using (segment) where "set" = 'kinds' and cell <> '1'`,
        )
        expect(counted.length).toBeGreaterThan(0)
        expect(counted.every(({ customers }) => customers === 0)).toBe(true)
      } finally {
        warehouse.close()
        await rm(copy)
      }
      await writeFile(file(), sets.replace('features: [f, m, p_alive]', 'features: [f, m]'))
      const { problems } = await checkWorkspace(bank.dir)
      expect(problems.map(({ severity, place }) => [severity, place.file])).toEqual([
        ['warning', join('segments', 'frozen', 'kinds.json')],
      ])
      await rm(frozen)
      await writeFile(file(), sets)
    })
  })

  describe('A set that is wrong', () => {
    it.each([
      ['of: f, cuts: [2, 5]', 'of: ff, cuts: [2, 5]', 'ff'],
      ['of: f, cuts: [2, 5]', 'of: tier, cuts: [2, 5]', 'tier is string'],
      ['cuts: [2, 5]}', 'cuts: [5, 2]}', 'rising'],
      ['key: visits', 'key: f', 'already'],
      ['columns: [3, 4, 5]}', 'columns: [3, 4, 6]}', 'band 6'],
      ['key: at_risk', 'key: other', 'by itself'],
      ['quantiles: 4', 'quantiles: 3', 'names'],
      ['features: [f, m, p_alive]', 'features: [f, rhythm]', 'rhythm'],
      ['in_segment("worth_most")', 'in_segment("worth_mots")', 'worth_most'],
    ])('%s → %s is refused with its place', async (from, to, said) => {
      await writeFile(file(), sets.replace(from, to))
      const { problems } = await validateWorkspace(bank.dir)
      await writeFile(file(), sets)
      const errors = problems.filter(({ severity }) => severity === 'error')
      expect(errors.length).toBeGreaterThan(0)
      expect(errors[0]!.place).toMatchObject({ file: 'segments/sets.yaml', line: expect.any(Number) })
      expect(errors.map(({ text, hint }) => `${text.en} ${hint?.en ?? ''}`).join('\n')).toContain(said)
    })
  })
}
