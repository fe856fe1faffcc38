import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { type Command, Option } from 'commander'
import { openDuckDb } from '../../engine/duckdb.ts'
import { TrancheError } from '../../errors.ts'
import { proposeWorkspace, writeProposal } from '../../intake/propose/propose.ts'
import { runDemo } from '../../pipeline/demo.ts'
import { simulate } from '../../pipeline/simulate/simulate.ts'
import { share, wholeNumber } from '../arguments.ts'
import type { Bind, Invocation } from '../program.ts'
import { createProgress } from '../progress.ts'
import { describeRun, runWithProgress } from './run.ts'

const templates = ['lending', 'cards', 'wealth', 'insurance', 'retail'] as const

export function addStartCommands(program: Command, bind: Bind): void {
  program
    .command('demo')
    .description(
      'simulate an institution, run the pipeline, write the report, compare planted truth with what was found',
    )
    .argument('[dir]', 'folder', 'tranche-demo')
    .option('--customers <number>', 'customers of the institution', wholeNumber, 20_000)
    .option('--seed <number>', 'seed of the simulation', wholeNumber, 1)
    .action(bind(demoCommand))
  program
    .command('init')
    .description('start a workspace: from files of your own, or from a template')
    .argument('<dir>', 'folder of the new workspace')
    .option('--from <files...>', 'CSV, Excel, JSON Lines or Parquet files, folders or globs')
    .addOption(new Option('--template <name>', 'start from a model institution').choices(templates))
    .option('--name <name>', "the institution's name")
    .option('--yes', 'ask nothing', false)
    .action(bind(initCommand))
  program
    .command('simulate')
    .description('write the files of a simulated institution, with its planted truth')
    .argument('<dir>', 'folder')
    .option('--customers <number>', 'customers', wholeNumber, 20_000)
    .option('--months <number>', 'months of history', wholeNumber, 24)
    .option('--seed <number>', 'seed', wholeNumber, 1)
    .option('--dirt <rate>', 'share of rows with planted dirt', share, 0.01)
    .addOption(
      new Option('--effects <which>', 'planted effects').choices(['default', 'none']).default('default'),
    )
    .action(bind(simulateCommand))
}

interface SimulateFlags {
  readonly customers: number
  readonly months: number
  readonly seed: number
  readonly dirt: number
  readonly effects: 'default' | 'none'
}

async function simulateCommand(
  { output, signal, streams }: Invocation,
  dir: string,
  flags: SimulateFlags,
): Promise<void> {
  await requireEmpty(resolve(dir))
  const progress = createProgress(output, streams)
  const { truth, rows } = await simulate({
    dir: resolve(dir),
    ...flags,
    signal,
    progress: ({ customers }) => progress.event({ step: 'simulate', status: 'advanced', rows: customers }),
  })
  progress.stop()
  if (output.json) return output.document({ dir: resolve(dir), customers: truth.customers, rows })
  output.say({
    en: `${truth.customers} customers and ${rows['transactions'] ?? 0} transactions written to ${dir}. Next: tranche -C ${dir} run`,
    zh: `已在 ${dir} 写入 ${truth.customers} 位客户、${rows['transactions'] ?? 0} 笔交易。下一步：tranche -C ${dir} run`,
  })
}

async function demoCommand(
  invocation: Invocation,
  dir: string,
  flags: { customers: number; seed: number },
): Promise<void> {
  const { output, signal, streams } = invocation
  const target = resolve(dir)
  const progress = createProgress(output, streams)
  const outcome = await runDemo({
    dir: target,
    customers: flags.customers,
    seed: flags.seed,
    signal,
    simulated: ({ customers }) => progress.event({ step: 'simulate', status: 'advanced', rows: customers }),
    run: async (catalogue) => {
      progress.stop()
      return await runWithProgress({ ...invocation, dir: target }, catalogue, {})
    },
  })
  progress.stop()
  if (output.json)
    return output.document({
      run: outcome.run.run,
      folder: outcome.run.folder.path,
      rows: outcome.run.manifest.rows,
      findings: outcome.findings,
      truth: outcome.truth,
    })
  describeRun(invocation, outcome.run)
  output.say('')
  output.say(output.strong(output.pick({ en: 'What matters most', zh: '最重要的结论' })))
  outcome.findings.forEach(({ text }, index) => {
    output.say(`${String(index + 1).padStart(3)}. ${output.pick(text)}`)
  })
  output.say('')
  output.say(
    output.strong(output.pick({ en: 'Planted truth beside what was found', zh: '预埋真值与实际发现' })),
  )
  for (const { label, planted, found, low, high, covered } of outcome.truth)
    output.say(
      `  ${covered ? '✓' : '✗'} ${output.pick(label)}: ${number(planted)} | ${number(found)} [${number(low)}, ${number(high)}]`,
    )
  const shown = relative(process.cwd(), target) || '.'
  output.say('')
  output.say(output.strong(output.pick({ en: 'The report', zh: '报告' })))
  for (const language of ['en', 'zh'])
    output.say(`  ${join(relative(process.cwd(), outcome.run.folder.path), `report.${language}.html`)}`)
  output.say('')
  output.say(output.strong(output.pick({ en: 'Type next', zh: '接下来可以输入' })))
  output.say('  tranche init my-bank --from my-files…')
  output.say(`  tranche -C ${shown} explain ${outcome.someCustomer}`)
  output.say(`  tranche -C ${shown} export customer_value --format xlsx --out value.xlsx`)
}

const number = (value: number) => String(Number(value.toPrecision(4)))

interface InitFlags {
  readonly from?: readonly string[]
  readonly template?: string
  readonly name?: string
  readonly yes: boolean
}

async function initCommand(
  { output, signal, streams }: Invocation,
  dir: string,
  flags: InitFlags,
): Promise<void> {
  const target = resolve(dir)
  await requireEmpty(target)
  if (flags.from === undefined && flags.template === undefined)
    throw new TrancheError(
      'invalid_input',
      { en: 'Nothing to start from.', zh: '没有可用的起点。' },
      {
        hint: {
          en: `Name files (--from customers.csv orders.xlsx) or a template (--template ${templates.join('|')}).`,
          zh: `请给出文件（--from 客户.csv 订单.xlsx）或模板（--template ${templates.join('|')}）。`,
        },
      },
    )
  const warehouse = await openDuckDb({ path: ':memory:' })
  const stop = () => warehouse.interrupt()
  signal.addEventListener('abort', stop)
  try {
    const proposal = await proposeWorkspace({
      files: (flags.from ?? []).map((file) => resolve(file)),
      target,
      name: flags.name ?? basename(target),
      warehouse,
      signal,
      ...(flags.template === undefined ? {} : { template: flags.template }),
    })
    for (const note of proposal.notes) output.say(`  ${output.pick(note)}`)
    if (
      !flags.yes &&
      !output.json &&
      process.stdin.isTTY &&
      !(await agreed(
        output.pick({ en: 'Write this workspace? [Y/n] ', zh: '写入该工作区？[Y/n] ' }),
        streams,
      ))
    )
      return
    const files = await writeProposal(target, proposal)
    if (output.json) output.document({ dir: target, files, notes: proposal.notes })
    output.say({
      en: `${files.length} files written to ${dir}. Next: tranche -C ${dir} run`,
      zh: `已在 ${dir} 写入 ${files.length} 个文件。下一步：tranche -C ${dir} run`,
    })
  } finally {
    signal.removeEventListener('abort', stop)
    warehouse.close()
  }
}

async function agreed(question: string, streams: Invocation['streams']): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: streams.stdout as NodeJS.WritableStream })
  const answer = await lines.question(question)
  lines.close()
  return !/^\s*(n|no|否|不)/i.test(answer)
}

/** A workspace is never written over. */
async function requireEmpty(dir: string): Promise<void> {
  if (!existsSync(dir)) return
  const found = await readdir(dir)
  if (!found.some((name) => name === 'tranche.yaml' || name === 'sources')) return
  throw new TrancheError(
    'invalid_input',
    { en: `${dir} holds a workspace already.`, zh: `${dir} 已经是一个工作区。` },
    { hint: { en: 'Name another folder.', zh: '请换一个文件夹。' } },
  )
}
