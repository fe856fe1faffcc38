import { createHash } from 'node:crypto'
import { appendFile, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { command } from '../robustness/in-process.ts'
import { type Ended, inWorkspace, reportsOf, tranche } from './command-line.ts'

export interface RunDocument {
  readonly run: string
  readonly folder: string
  readonly unchanged: boolean
  readonly manifest: {
    readonly steps: readonly {
      readonly key: string
      readonly status: string
      readonly attempt: number
      readonly startedAt: string
    }[]
    readonly attempts: readonly { readonly pid: number }[]
    readonly inputs: readonly { readonly file: string; readonly status: string }[]
    readonly rows: readonly {
      readonly source: string
      readonly read: number
      readonly kept: number
      readonly quarantined: number
      readonly filtered: number
      readonly duplicates: number
    }[]
    readonly status: string
  }
}

export async function makeBank(dir: string, customers: number): Promise<void> {
  const made = await command(
    `simulate ${dir} --customers ${customers} --months 12 --seed 7 --dirt 0.02`.split(' '),
  )
  expect(made.stderr).not.toMatch(/Error/)
  expect(made.code).toBe(0)
}

/** Sources enough for value, tiers, products and a report; a run of them takes a third of the time of all. */
const fewSources = ['customers', 'products', 'accounts', 'ledger', 'transactions']

/** A bank that maps five of its sources and defines nothing over them, which quick tests run many times. */
export async function makeLittleBank(dir: string, customers: number): Promise<void> {
  await makeBank(dir, customers)
  for (const name of await readdir(join(dir, 'sources')))
    if (!fewSources.includes(name.replace('.yaml', ''))) await rm(join(dir, 'sources', name))
  for (const folder of ['features', 'metrics']) await rm(join(dir, folder), { recursive: true })
}

/** A copy of a workspace's files, with nothing that was derived from them. */
export async function copyOf(bank: string, dir: string): Promise<string> {
  await cp(bank, dir, { recursive: true, filter: (source) => !source.includes('.tranche') })
  return dir
}

/** Gives the next run something to do: other words to compute with, and files to read again, their rows unchanged. */
export async function change(bank: string, turn: string): Promise<void> {
  const settings = join(bank, 'tranche.yaml')
  const text = await readFile(settings, 'utf8')
  await writeFile(settings, text.replace(/en: .*/, `en: Bank ${turn}`))
  for (const name of ['customers.csv', 'accounts.csv', 'events.jsonl'])
    await appendFile(join(bank, 'data', name), '\n')
}

export async function runJson(dir: string, ...args: readonly string[]): Promise<RunDocument> {
  return documentOf(dir, await command(['-C', dir, '--json', 'run', ...args]))
}

/** The same in a process of its own, as a user starts it. */
export async function runApart(dir: string): Promise<RunDocument> {
  return documentOf(dir, await inWorkspace(dir, '--json', 'run'))
}

async function documentOf(
  dir: string,
  { code, stdout, stderr }: Pick<Ended, 'code' | 'stdout' | 'stderr'>,
): Promise<RunDocument> {
  expect(stderr).not.toMatch(/Error:|\bat .*\.ts:\d+/)
  expect(code, code === 0 ? '' : `${stderr}\n${await loggedErrors(dir)}`).toBe(0)
  return JSON.parse(stdout) as RunDocument
}

/** What the logs of a workspace hold of its failures, for the message of a test. */
async function loggedErrors(dir: string): Promise<string> {
  const logs = join(dir, '.tranche', 'logs')
  const names = await readdir(logs).catch(() => [])
  const texts = await Promise.all(names.map((name) => readFile(join(logs, name), 'utf8')))
  return texts.flatMap((text) => text.split('\n').filter((line) => line.includes('"level":50'))).join('\n')
}

/** Name of the published run, or null before the first. */
export async function pointerOf(dir: string): Promise<string | null> {
  const text = await readFile(join(dir, '.tranche', 'current.json'), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as { run: string }).run
}

export const hashOf = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex')

/** Hashes of the reports and of exports: what two equal runs must share. */
export async function fingerprints(
  dir: string,
  run: RunDocument,
  env: NodeJS.ProcessEnv = {},
): Promise<readonly string[]> {
  const files = [...reportsOf(run.folder)]
  for (const format of ['csv', 'xlsx']) {
    const file = join(dir, `value.${format}`)
    const args = ['-C', dir, 'export', 'customer_value', '--format', format, '--out', file]
    const { code, stderr } = await tranche(args, { env })
    expect(code, stderr).toBe(0)
    files.push(file)
  }
  return await Promise.all(files.map(hashOf))
}
