import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Advice } from '../../src/insights/advise/advise.ts'
import type { Discovery } from '../../src/insights/advise/discover.ts'
import type { ShownSet } from '../../src/pipeline/published-sets.ts'
import { command } from '../robustness/in-process.ts'

const data = process.env['TRANCHE_DATA']
if (data === undefined) console.log('TRANCHE_DATA names no folder: segments of real data are skipped.')
const mostRows = 3_000

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tranche-segments-real-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** What somebody does who has a file: init, his own sets, run. Of the file every so many lines, so that order plays no part. */
async function institution(name: string, file: string, sets: string): Promise<string> {
  const bytes = await readFile(join(data!, name, file))
  const [header, ...lines] = gunzipSync(bytes).toString('utf8').trimEnd().split('\n')
  const step = Math.max(1, lines.length / mostRows)
  const kept = Array.from(
    { length: Math.floor(lines.length / step) },
    (_, at) => lines[Math.floor(at * step)]!,
  )
  const csv = join(root, `${name}.csv`)
  const dir = join(root, name)
  await writeFile(csv, [header, ...kept].join('\n'))
  expect((await command(['init', dir, '--from', csv, '--yes'])).stderr).not.toMatch(/Error/)
  await mkdir(join(dir, 'segments'))
  await writeFile(join(dir, 'segments', 'sets.yaml'), sets)
  const run = await command(['-C', dir, 'run'])
  expect(run.code, run.stderr).toBe(0)
  return dir
}

async function document<T>(dir: string, ...args: string[]): Promise<T> {
  const said = await command(['-C', dir, '--json', ...args])
  expect(said.code, said.stderr).toBe(0)
  return JSON.parse(said.stdout) as T
}

describe.skipIf(data === undefined)('real data, from a file to its segments', { timeout: 300_000 }, () => {
  it('card holders in clusters that leave at different rates', async () => {
    const features = 'total_trans_amt, total_trans_ct, total_revolving_bal, avg_utilization_ratio'
    const dir = await institution(
      'bankchurners',
      'BankChurners.csv.gz',
      `- {key: kinds, label: {en: Card use, zh: 用卡}, cluster: {features: [${features}], k: {from: 3, to: 5}}}`,
    )
    const shown = await document<ShownSet>(dir, 'segment', 'show', 'kinds')
    const [outcome] = shown.outcomes
    expect(outcome!.outcome).toBe('attrition_flag_rate')
    expect(shown.cells.reduce((sum, { customers }) => sum + customers, 0)).toBe(mostRows)
    expect(outcome!.cells.map(({ cell }) => cell)).toEqual(shown.cells.map(({ cell }) => cell))
    const [least, greatest] = [
      outcome!.cells.reduce((a, b) => (b.rate < a.rate ? b : a)),
      outcome!.cells.reduce((a, b) => (b.rate > a.rate ? b : a)),
    ]
    expect(least.high).toBeLessThan(greatest.low)
    const chinese = await command(['-C', dir, '--lang', 'zh', 'segment', 'show', 'kinds'])
    expect(chinese.stdout).toContain('轮廓系数')
    const list = await command(['-C', dir, 'segment', 'list'])
    expect(list.stdout).toContain('for want of purchases')
  })

  it('calls of a bank: the advisor names what goes with a conversion, and says that it is of one day', async () => {
    const dir = await institution('uci_bank_marketing', 'bank-full.csv.gz', '[]')
    const advice = await document<Advice>(dir, 'segment', 'advise', '--goal', 'y_rate')
    expect(advice.sameDay).toBe(true)
    expect(advice.customers).toBe(mostRows)
    const names = advice.dimensions.filter(({ priority }) => priority > 0).map(({ name }) => name)
    expect(names[0]).toBe('duration')
    expect(names).toContain('poutcome')
    expect(advice.dimensions.map(({ name }) => name)).not.toContain('y')
    const found = await document<Discovery>(dir, 'segment', 'discover', '--goal', 'y_rate', '--leaves', '4')
    expect(found.groups.some(({ shown, lift }) => shown && lift! > 2)).toBe(true)
    expect(found.groups.map(({ rule }) => rule).join(' ')).not.toContain('known(duration)')
    const said = await command(['-C', dir, '--lang', 'zh', 'segment', 'advise', '--goal', 'y_rate'])
    expect(said.stdout).toContain('并非预测')
  })

  it('card holders in default: bands of risk hold out of sample', async () => {
    const optimal = 'optimal: {against: default_payment_next_month_rate, most: 4}'
    const dir = await institution(
      'taiwan_credit_default',
      'UCI_Credit_Card.csv.gz',
      `- {key: lateness, label: {en: Lateness, zh: 逾期}, bands: {of: pay_0, ${optimal}}}`,
    )
    const { model } = await document<ShownSet>(dir, 'segment', 'show', 'lateness')
    if (model.kind !== 'bands') throw new Error('bands were expected')
    const { judged } = model.optimal!
    expect(judged.length).toBe(model.cuts.length + 1)
    expect(judged.length).toBeGreaterThan(2)
    const rate = ({ n, events }: { readonly n: number; readonly events: number }) => events / n
    const order = (half: 'fitted' | 'held') =>
      judged.map((_, band) => band).sort((a, b) => rate(judged[a]![half]) - rate(judged[b]![half]))
    expect(order('held').at(-1)).toBe(order('fitted').at(-1))
    expect(rate(judged.at(-1)!.held)).toBeGreaterThan(2.5 * rate(judged[0]!.held))
    const said = await command(['-C', dir, 'segment', 'show', 'lateness'])
    expect(said.stdout).toContain('others')
  })

  it('answers of a survey: groups of minds, with the people that each respondent stands for', async () => {
    const answers =
      'propplan_1, propplan_2, propplan_3, propplan_4, manage1_1, manage1_2, savehabit, goalconf'
    const dir = await institution(
      'cfpb_financial_wellbeing',
      'NFWBS_PUF_2016_data.csv.gz',
      `- {key: mindset, label: {en: Mindset, zh: 心态}, cluster: {features: [${answers}], weight: finalwt, k: 2}}`,
    )
    const shown = await document<ShownSet>(dir, 'segment', 'show', 'mindset')
    expect(shown.cells).toHaveLength(2)
    expect(shown.cells.reduce((sum, { weighted }) => sum + weighted!, 0)).toBeCloseTo(1, 9)
    const first = shown.cells[0]!
    const counted = first.customers / shown.cells.reduce((sum, { customers }) => sum + customers, 0)
    expect(Math.abs(first.weighted! - counted)).toBeGreaterThan(0.005)
    const source = await readFile(join(dir, 'sources', 'cfpb_financial_wellbeing.yaml'), 'utf8')
    expect(source).toMatch(/manage1_1: \{from: MANAGE1_1, missing: \["-1"/)
  })
})
