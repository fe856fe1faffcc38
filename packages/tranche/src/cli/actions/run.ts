import { counted, formatCount } from '@tranche/language'
import { type RunOptions, type RunOutcome, runPipeline } from '../../pipeline/run.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { createLog } from '../log.ts'
import type { Invocation } from '../program.ts'
import { createProgress } from '../progress.ts'

export async function act(
  invocation: Invocation,
  flags: { asOf?: string; seed?: number; force: boolean },
): Promise<void> {
  const catalogue = await loadWorkspace(invocation.dir)
  const outcome = await runWithProgress(invocation, catalogue, flags)
  if (invocation.output.json) invocation.output.document(summaryOf(outcome))
  describeRun(invocation, outcome)
}

/** Runs, telling of each step. */
export async function runWithProgress(
  invocation: Invocation,
  catalogue: Awaited<ReturnType<typeof loadWorkspace>>,
  flags: { readonly asOf?: string; readonly seed?: number; readonly force?: boolean },
): Promise<RunOutcome> {
  return await withProgress(invocation, (options) =>
    runPipeline(catalogue, {
      ...options,
      ...(flags.asOf === undefined ? {} : { asOf: flags.asOf }),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.force === undefined ? {} : { force: flags.force }),
    }),
  )
}

/** Does long work with a line per step on the terminal and everything in a log file. */
export async function withProgress<T>(
  { output, signal, streams, dir }: Invocation,
  work: (options: Required<Pick<RunOptions, 'signal' | 'env' | 'progress'>>) => Promise<T>,
): Promise<T> {
  const log = await createLog(dir)
  const progress = createProgress(output, streams)
  try {
    return await work({
      signal,
      env: streams.env,
      progress: (event) => {
        progress.event(event)
        log.event(event)
      },
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
  const count = (value: number) => formatCount(value, output.language)
  for (const { source, table, read, kept, quarantined, filtered, duplicates } of manifest.rows)
    output.say({
      en: `  ${source} → ${table}: ${count(read)} read, ${count(kept)} kept, ${count(quarantined)} quarantined, ${count(filtered)} filtered, ${counted(duplicates, 'duplicate', 'duplicates')}`,
      zh: `  ${source} → ${table}：读入 ${count(read)}，保留 ${count(kept)}，隔离 ${count(quarantined)}，过滤 ${count(filtered)}，重复 ${count(duplicates)}`,
    })
  for (const { source, table, added, restated } of intake.changes)
    if (added > 0 || restated > 0)
      output.say({
        en: `  ${source} → ${table}: ${counted(added, 'row', 'rows')} added, ${count(restated)} restated since the last run`,
        zh: `  ${source} → ${table}：自上次运行新增 ${count(added)} 行，更正 ${count(restated)} 行`,
      })
  if (unchanged)
    output.say({
      en: `Nothing changed since run ${run}; it stays published.`,
      zh: `自运行 ${run} 以来没有变化，继续沿用。`,
    })
  else output.say({ en: `Published run ${run}.`, zh: `已发布运行 ${run}。` })
}
