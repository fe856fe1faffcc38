import { copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { folderOf } from '../../engine/folder.ts'
import { readPointer } from '../../engine/published.ts'
import { TrancheError } from '../../errors.ts'
import { explainPublished } from '../../pipeline/explain.ts'
import { planRun } from '../../pipeline/plan.ts'
import { reconcilePublished } from '../../pipeline/reconcile.ts'
import { type RunOutcome, runPipeline } from '../../pipeline/run.ts'
import { validateWorkspace } from '../../pipeline/validate.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { wholeNumber } from '../arguments.ts'
import { createLog } from '../log.ts'
import type { Bind, Invocation } from '../program.ts'
import { createProgress } from '../progress.ts'

const asOfOption = () =>
  new Option('--as-of <instant>', 'day, instant, or now; default: the day after the newest event')

export function addRunCommands(program: Command, bind: Bind): void {
  program
    .command('validate')
    .description('check every definition; lists file, line and column')
    .action(bind(validateCommand))
  program
    .command('plan')
    .description('what a run would do and why, with ten mapped rows of each source')
    .addOption(asOfOption())
    .action(bind(planCommand))
  program
    .command('run')
    .description('take in what is new, compute, write the reports, publish')
    .addOption(asOfOption())
    .option('--seed <number>', 'seed of everything drawn', wholeNumber)
    .option('--force', 'compute again even where nothing changed', false)
    .action(bind(runCommand))
  program
    .command('reconcile')
    .description('recompute each published count and sum by a second query and compare')
    .action(bind(reconcileCommand))
  program
    .command('report')
    .description('the growth report of the published run')
    .addOption(new Option('--format <format>', 'kind of file').choices(['html', 'md']).default('html'))
    .option('--out <file>', 'where to write; default: report.LANG.FORMAT here')
    .action(bind(reportCommand))
  program
    .command('explain')
    .description("a customer's features, each with the rows that made it")
    .argument('<customer>', 'customer number')
    .option('--feature <key>', 'only this feature')
    .option('--at <instant>', 'as of another day')
    .action(bind(explainCommand))
}

async function validateCommand({ dir, output }: Invocation): Promise<void> {
  const { problems, counts } = await validateWorkspace(dir)
  if (output.json)
    output.document({
      ok: !problems.some(({ severity }) => severity === 'error'),
      counts,
      problems: problems.map(({ severity, place, text, hint }) => ({
        severity,
        ...place,
        message: text,
        hint: hint ?? null,
      })),
    })
  for (const { severity, place, text, hint } of problems) {
    const where = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':')
    const word = { error: { en: 'error', zh: '错误' }, warning: { en: 'warning', zh: '提醒' } }[severity]
    output.say(
      `${where}: ${output.pick(word)}: ${output.pick(text)}${hint === undefined ? '' : `\n  ${output.pick(hint)}`}`,
    )
  }
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (errors > 0)
    throw new TrancheError('invalid_definition', { en: `${errors} errors.`, zh: `共 ${errors} 处错误。` })
  output.say({
    en: `${counts.sources} sources, ${counts.features} features, ${counts.metrics} metrics: in order.`,
    zh: `${counts.sources} 个来源、${counts.features} 个特征、${counts.metrics} 个指标：全部正确。`,
  })
}

async function planCommand(
  { dir, output, signal, streams }: Invocation,
  flags: { asOf?: string },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const plan = await planRun(catalogue, {
    signal,
    env: streams.env,
    ...(flags.asOf === undefined ? {} : { asOf: flags.asOf }),
  })
  if (output.json) return output.document(plan)
  for (const line of plan.lines) output.say(line)
}

async function runCommand(
  invocation: Invocation,
  flags: { asOf?: string; seed?: number; force: boolean },
): Promise<void> {
  const catalogue = await loadWorkspace(invocation.dir)
  const outcome = await runWithProgress(invocation, catalogue, flags)
  if (invocation.output.json) invocation.output.document(summaryOf(outcome))
  describeRun(invocation, outcome)
}

/** Runs with a line per step on the terminal and everything in a log file. */
export async function runWithProgress(
  { output, signal, streams, dir }: Invocation,
  catalogue: Awaited<ReturnType<typeof loadWorkspace>>,
  flags: { readonly asOf?: string; readonly seed?: number; readonly force?: boolean },
): Promise<RunOutcome> {
  const log = await createLog(dir)
  const progress = createProgress(output, streams)
  try {
    return await runPipeline(catalogue, {
      signal,
      env: streams.env,
      progress: (event) => {
        progress.event(event)
        log.event(event)
      },
      ...(flags.asOf === undefined ? {} : { asOf: flags.asOf }),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.force === undefined ? {} : { force: flags.force }),
    })
  } catch (error) {
    log.error(error)
    throw error
  } finally {
    progress.stop()
    await log.close()
  }
}

function summaryOf({ run, folder, manifest, unchanged, asOf }: RunOutcome) {
  return { run, unchanged, asOf: asOf.instant, asOfOrigin: asOf.origin, folder: folder.path, manifest }
}

export function describeRun(
  { output }: Invocation,
  { run, manifest, unchanged, asOf, intake }: RunOutcome,
): void {
  const origin = {
    given: { en: 'as given', zh: '按指定' },
    newest_event: { en: 'the day after the newest event', zh: '最新事件的次日' },
    now: { en: 'today, because the data has no dates (assumed)', zh: '数据没有日期，取今天（假设）' },
  }[asOf.origin]
  output.say({ en: `As of ${asOf.instant} (${origin.en})`, zh: `截至 ${asOf.instant}（${origin.zh}）` })
  for (const { source, table, read, kept, quarantined, filtered, duplicates } of manifest.rows)
    output.say({
      en: `  ${source} → ${table}: ${read} read, ${kept} kept, ${quarantined} quarantined, ${filtered} filtered, ${duplicates} duplicates`,
      zh: `  ${source} → ${table}：读入 ${read}，保留 ${kept}，隔离 ${quarantined}，过滤 ${filtered}，重复 ${duplicates}`,
    })
  for (const { source, table, added, restated } of intake.changes)
    if (added > 0 || restated > 0)
      output.say({
        en: `  ${source} → ${table}: ${added} rows added, ${restated} restated since the last run`,
        zh: `  ${source} → ${table}：自上次运行新增 ${added} 行，更正 ${restated} 行`,
      })
  if (unchanged)
    output.say({
      en: `Nothing changed since run ${run}; it stays published.`,
      zh: `自运行 ${run} 以来没有变化，继续沿用。`,
    })
  else output.say({ en: `Published run ${run}.`, zh: `已发布运行 ${run}。` })
}

async function reconcileCommand({ dir, output }: Invocation): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const lines = await reconcilePublished(catalogue)
  if (output.json) output.document(lines)
  for (const { key, published, recomputed, agrees } of lines)
    output.say(`${agrees ? '=' : '≠'} ${key}: ${published}${agrees ? '' : ` / ${recomputed}`}`)
  const off = lines.filter(({ agrees }) => !agrees).length
  if (off > 0)
    throw new TrancheError('refused', {
      en: `${off} of ${lines.length} numbers don't reconcile.`,
      zh: `${lines.length} 个数字中有 ${off} 个对不上。`,
    })
  output.say({ en: `All ${lines.length} numbers reconcile.`, zh: `${lines.length} 个数字全部核对一致。` })
}

async function reportCommand(
  { dir, output }: Invocation,
  flags: { format: 'html' | 'md'; out?: string },
): Promise<void> {
  const current = await readPointer(folderOf(dir))
  if (current === null)
    throw new TrancheError(
      'not_found',
      { en: `Nothing is published in ${dir} yet.`, zh: `${dir} 尚无已发布的结果。` },
      { hint: { en: 'Run `tranche run` first.', zh: '请先执行 `tranche run`。' } },
    )
  const name = `report.${output.language}.${flags.format}`
  const file = resolve(flags.out ?? name)
  await copyFile(join(current.path, name), file)
  if (output.json)
    output.document({ run: current.run, file, format: flags.format, language: output.language })
  output.say({
    en: `Report of run ${current.run} written to ${file}`,
    zh: `运行 ${current.run} 的报告已写入 ${file}`,
  })
}

async function explainCommand(
  { dir, output, signal }: Invocation,
  customer: string,
  flags: { feature?: string; at?: string },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const explanation = await explainPublished(catalogue, customer, { ...flags, signal })
  if (output.json) return output.document(explanation.document)
  for (const line of explanation.lines) output.say(line)
}
