import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explainSegment } from '../../src/pipeline/explain-segment.ts'
import type { PlannedSegment } from '../../src/pipeline/planned-segments.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import type { Staleness } from '../../src/pipeline/staleness.ts'
import { sql } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { command } from '../robustness/in-process.ts'

interface PlanDocument {
  readonly segments: { readonly changed: readonly PlannedSegment[]; readonly open: readonly string[] }
}

/** What a run keeps of its definitions, and what a plan says of changed ones; the bank's files are left as they were. */
export function describeThen(bank: { readonly dir: string }): void {
  const catalogue = () => loadWorkspace(bank.dir)
  const cli = (...args: string[]) => command(['-C', bank.dir, ...args])
  const fileOf = (...path: string[]) => join(bank.dir, ...path)
  /** Does the work while a file says something else. */
  const meanwhile = async <T>(
    path: readonly string[],
    change: (text: string) => string,
    work: () => Promise<T>,
  ): Promise<T> => {
    const text = await readFile(fileOf(...path), 'utf8')
    const changed = change(text)
    expect(changed).not.toBe(text)
    await writeFile(fileOf(...path), changed)
    try {
      return await work()
    } finally {
      await writeFile(fileOf(...path), text)
    }
  }
  const planned = async () => {
    const { code, stdout, stderr } = await cli('--json', 'plan')
    expect(code, stderr).toBe(0)
    return (JSON.parse(stdout) as PlanDocument).segments
  }

  describe('The definitions that a run keeps', () => {
    it('explain by the rule of that run what was changed or taken away since, and say so', async () => {
      const { warehouse, manifest } = await openPublishedRun(await catalogue())
      const { customer_id: customer } = await warehouse
        .row<{ customer_id: string }>(
          sql`select customer_id from customer_value where age_years between 36 and 44 and f >= 1 order by 1 limit 1`,
        )
        .finally(() => warehouse.close())
      const now = await explainSegment(await catalogue(), customer, 'grown_up')
      expect(now.document).toMatchObject({ verdict: 'in', changed: false, since: manifest.asOf })
      expect(now.document.features.find(({ key }) => key === 'age_years')!.madeOf).toMatchObject({
        kind: 'rows',
        table: 'customer_versions',
      })
      const ours = ['segments', 'ours.yaml']
      await meanwhile(
        ours,
        (text) => text.replace('age_years >= 35', 'age_years >= 45'),
        async () => {
          const then = await explainSegment(await catalogue(), customer, 'grown_up')
          expect(then.document).toMatchObject({ verdict: 'in', changed: true, rule: now.document.rule })
          expect(then.lines.map(({ en }) => en).join('\n')).toContain('changed since this run')
        },
      )
      await meanwhile(
        ours,
        (text) => text.replace('key: nobody', 'key: somebody').replaceAll('f > 100000', 'f >= 1'),
        async () => {
          const gone = await explainSegment(await catalogue(), customer, 'nobody', { at: manifest.asOf })
          expect(gone.document).toMatchObject({ verdict: 'out', changed: true, rule: 'f > 100000' })
          const added = await explainSegment(await catalogue(), customer, 'somebody')
          expect(added.document).toMatchObject({ changed: false, rule: 'f >= 1' })
          const early = await cli('explain', customer, '--segment', 'somebody', '--at', manifest.asOf)
          expect(early.code).toBe(1)
          expect(early.stderr).toContain('had no segment "somebody" yet')
        },
      )
    })
  })

  it('A stale segment is marked wherever it appears, with the ages of its inputs beside each', async () => {
    const listed = async () =>
      JSON.parse((await cli('--json', 'segment', 'list')).stdout) as (Staleness & { readonly key: string })[]
    const fresh = (await listed()).find(({ key }) => key === 'grown_up')!
    const { warehouse, manifest } = await openPublishedRun(await catalogue())
    const newest = await warehouse
      .rows<{ input: string; newest: string }>(sql`
        select 'transactions' as input, max(occurred_at) as newest from standard.transactions
        union all select 'customer_versions', max(valid_from) from standard.customer_versions`)
      .finally(() => warehouse.close())
    const ages = newest
      .filter((one) => one.newest !== null)
      .map((one) => Math.floor((Date.parse(manifest.asOf) - Date.parse(one.newest)) / 86_400_000))
    expect(fresh).toMatchObject({
      stale: false,
      changed: false,
      youngestInputDays: Math.min(...ages),
      oldestInputDays: Math.max(...ages),
    })
    const ways = [
      ['segment', 'show', 'grown_up'],
      ['segment', 'list'],
      ['segment', 'compare', 'grown_up'],
      ['segment', 'health'],
      ['segment', 'members', 'grown_up', '--out', fileOf('theirs.csv')],
    ] as const
    const marks = async (mark: RegExp, lang: string) => {
      const found: boolean[] = []
      for (const way of ways) {
        const { code, stdout, stderr } = await cli('--lang', lang, ...way)
        expect(code, stderr).toBe(0)
        found.push(mark.test(stdout + stderr))
      }
      return found
    }
    expect(await marks(/grown_up.*stale|stale: defined/, 'en')).toEqual(ways.map(() => false))
    await meanwhile(
      ['segments', 'ours.yaml'],
      (text) => text.replace('age_years >= 35', 'age_years >= 45'),
      async () => {
        expect(await marks(/grown_up.*stale|stale: defined/, 'en')).toEqual(ways.map(() => true))
        expect(await marks(/已过时/, 'zh')).toEqual(ways.map(() => true))
      },
    )
    await meanwhile(
      ['tranche.yaml'],
      (text) => `${text}\nsegments: {staleAfterDays: 1}\n`,
      async () => {
        const old = (await listed()).filter(({ stale }) => stale)
        expect(old.every(({ oldestInputDays }) => oldestInputDays! > 1)).toBe(true)
        expect(old.length > 0).toBe(Math.max(...ages) > 1)
      },
    )
  }, 60_000)

  it('The plan says of changed sets who would go from which cell to which, of all kinds, and what they are worth', async () => {
    const changed = await meanwhile(
      ['segments', 'sets.yaml'],
      (text) => text.replace('cuts: [2, 5]', 'cuts: [3, 5]'),
      planned,
    )
    const { warehouse } = await openPublishedRun(await catalogue())
    const moved = await warehouse
      .row<{ n: number; value: string }>(
        sql`select count(*) as n, cast(cast(coalesce(sum(value_12m), 0) as decimal(38, 2)) as varchar) as value from customer_value where f = 2`,
      )
      .finally(() => warehouse.close())
    expect(moved.n).toBeGreaterThan(0)
    const of = (key: string) => changed.changed.find(({ segment }) => segment === key)!
    expect(of('visits_1')).toMatchObject({ enter: moved.n, leave: 0, valueIn: moved.value, isNew: false })
    expect(of('visits_2')).toMatchObject({ enter: 0, leave: moved.n, valueOut: moved.value })
    expect(of('visits_3')).toMatchObject({ enter: 0, leave: 0 })
    expect(changed.changed.every(({ segment }) => segment.startsWith('visits_'))).toBe(true)
  }, 60_000)

  it('The plan fits clusters anew, takes what rests on them along, and leaves the run as it was', async () => {
    const before = await cli('--json', 'segment', 'list')
    const plan = await meanwhile(
      ['segments', 'sets.yaml'],
      (text) => text.replace(/k: (\{[^}]*\}|\d+)/, 'k: 2'),
      planned,
    )
    const cells = plan.changed.filter(({ segment }) => segment.startsWith('kinds_'))
    expect(cells.filter(({ isGone }) => !isGone).map(({ segment }) => segment)).toEqual([
      'kinds_1',
      'kinds_2',
    ])
    const everyone = (of: 'before' | 'after') => cells.reduce((sum, cell) => sum + cell[of], 0)
    expect(everyone('after')).toBe(everyone('before'))
    expect(everyone('after')).toBeGreaterThan(0)
    expect(plan.open).toEqual([])
    expect((await cli('--json', 'segment', 'list')).stdout).toBe(before.stdout)
  }, 60_000)

  it('Features of a kept run are explained by its definitions too, and a plan leaves open what rests on one that changed', async () => {
    const { warehouse, manifest } = await openPublishedRun(await catalogue())
    const { customer_id: customer, n } = await warehouse
      .row<{ customer_id: string; n: number }>(
        sql`select customer_id, purchases_90d as n from features where purchases_90d > 0 order by 1 limit 1`,
      )
      .finally(() => warehouse.close())
    const file = fileOf('segments', 'more.yaml')
    await writeFile(
      file,
      "- {key: buys, label: {en: Buys, zh: 消费}, rule: purchases_90d >= 1 || used >= 1, counts: {buys_7d: {of: transactions, last: 7}}, sequences: {used: {of: accounts, in: transactions, followed_by: 'true', within: 900, last: 3650}}}\n",
    )
    try {
      expect((await cli('run')).code).toBe(0)
      const both = await explainSegment(await catalogue(), customer, 'buys')
      const { madeOf } = both.document.features.find(({ key }) => key === 'used')!
      expect(madeOf).toMatchObject({ kind: 'rows', table: 'accounts', following: { table: 'transactions' } })
      const [accounts, transactions] = madeOf.kind === 'rows' ? [madeOf.rows, madeOf.following!.rows] : []
      expect(accounts!.length * transactions!.length).toBeGreaterThan(0)
      const lines = both.lines.map(({ en }) => en).join('\n')
      expect(lines).toMatch(
        new RegExp(
          `used rests on ${accounts!.length} rows? of accounts and ${transactions!.length} rows? of transactions`,
        ),
      )
      await meanwhile(
        ['features', 'ours.yaml'],
        (text) => text.replace('key: purchases_90d', 'key: purchases_90d, where: amount > 1000000000'),
        async () => {
          const { document } = await explainSegment(await catalogue(), customer, 'buys', {
            at: manifest.asOf,
          })
          expect(document).toMatchObject({ verdict: 'in', changed: true })
          expect(document.features[0]!.value).toBe(n)
          const { changed, open } = await planned()
          expect(open).toContain('buys')
          expect(changed.map(({ segment }) => segment)).not.toContain('buys')
        },
      )
    } finally {
      await rm(file)
    }
    expect((await planned()).changed).toEqual([
      expect.objectContaining({ segment: 'buys', isGone: true, after: 0 }),
    ])
  }, 120_000)
}
