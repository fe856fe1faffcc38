import { resolve } from 'node:path'
import type { Command } from 'commander'
import { openDuckDb } from '../../engine/duckdb.ts'
import { folderOf } from '../../engine/folder.ts'
import { TrancheError } from '../../errors.ts'
import { exportQuarantine } from '../../intake/quarantine/export-quarantine.ts'
import { listQuarantine } from '../../intake/quarantine/list-quarantine.ts'
import { inspectWorkspace } from '../../pipeline/doctor.ts'
import { openPublishedRun } from '../../pipeline/published-run.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { wholeNumber } from '../arguments.ts'
import type { Bind, Invocation } from '../program.ts'

export function addDataCommands(program: Command, bind: Bind): void {
  const quarantine = program.command('quarantine').description('rows that could not be taken in')
  quarantine
    .command('list')
    .description('what was set aside, by reason, and the rows with file, line and column')
    .option('--source <key>', 'only this source')
    .option('--limit <number>', 'rows shown', wholeNumber, 20)
    .action(bind(listCommand))
  quarantine
    .command('export')
    .description("write a source's rejected rows with its own columns, to be mended and put beside its files")
    .argument('<source>', 'key of the source')
    .option('--out <file>', 'where to write; default: SOURCE.mended.csv here')
    .action(bind(exportCommand))
  program
    .command('doctor')
    .description('what the workspace needs, and how each column that names a person is treated')
    .action(bind(doctorCommand))
}

async function listCommand(
  { dir, output }: Invocation,
  flags: { source?: string; limit: number },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  requireSource(catalogue, flags.source)
  const { warehouse, state } = await openPublishedRun(catalogue)
  try {
    const list = await listQuarantine({
      warehouse,
      folder: folderOf(dir).root,
      state,
      limit: flags.limit,
      ...(flags.source === undefined ? {} : { source: flags.source }),
    })
    if (output.json) return output.document(list)
    output.say({ en: `${list.total} rows in the quarantine`, zh: `隔离区共 ${list.total} 行` })
    for (const { source, table, column, reason, rows } of list.byReason)
      output.say(`  ${rows}  ${source} → ${table}  ${column}  ${reason}`)
    for (const { file, line, column, detail, original } of list.rows)
      output.say(
        `${file}:${line}: ${column}: ${output.pick(detail)}${original === null ? '' : `  ${JSON.stringify(original.slice(0, 120))}`}`,
      )
  } finally {
    warehouse.close()
  }
}

function requireSource({ sources }: Catalogue, asked: string | undefined): void {
  if (asked === undefined || sources.some(({ key }) => key === asked)) return
  const known = sources.map(({ key }) => key)
  throw new TrancheError(
    'not_found',
    { en: `There is no source ${JSON.stringify(asked)}.`, zh: `没有来源 ${JSON.stringify(asked)}。` },
    { hint: { en: `Sources: ${known.join(', ')}.`, zh: `现有来源：${known.join('、')}。` } },
  )
}

async function exportCommand(
  { dir, output }: Invocation,
  source: string,
  flags: { out?: string },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const opened = await openPublishedRun(catalogue)
  opened.warehouse.close()
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    const outcome = await exportQuarantine({
      warehouse,
      catalogue,
      folder: folderOf(dir).root,
      state: opened.state,
      source,
      out: resolve(flags.out ?? `${source}.mended.csv`),
    })
    if (output.json) output.document(outcome)
    output.say({
      en: `${outcome.rows} rows written to ${outcome.out}. Mend them, put the file beside the source's, and run again.`,
      zh: `已将 ${outcome.rows} 行写入 ${outcome.out}。修正后放到来源文件旁，再次运行即可。`,
    })
    if (outcome.unreadable > 0)
      output.say({
        en: `${outcome.unreadable} lines have no columns to write; mend them in the file itself.`,
        zh: `另有 ${outcome.unreadable} 行无法拆分成列，请直接在原文件中修正。`,
      })
    if (outcome.emptied.length > 0)
      output.say({
        en: `Left empty because they name a person: ${outcome.emptied.join(', ')}.`,
        zh: `因属个人标识而留空的列：${outcome.emptied.join('、')}。`,
      })
  } finally {
    warehouse.close()
  }
}

async function doctorCommand({ dir, output, streams }: Invocation): Promise<void> {
  const report = await inspectWorkspace(dir, streams.env)
  if (output.json) return output.document(report)
  for (const { ok, text } of report.checks) output.say(`${ok ? '✓' : '!'} ${output.pick(text)}`)
  output.say(output.strong(output.pick({ en: 'Columns that name a person', zh: '个人标识列' })))
  if (report.identifiers.length === 0) output.say({ en: '  none declared', zh: '  未声明' })
  for (const { source, column, kind, treatment } of report.identifiers)
    output.say(`  ${source}.${column} (${kind}): ${output.pick(treatment)}`)
}
