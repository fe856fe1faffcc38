import { dirname, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { folderOf } from '../../engine/folder.ts'
import { openRun, readPointer } from '../../engine/published.ts'
import { TrancheError } from '../../errors.ts'
import { loadArtefact } from '../../pipeline/steps.ts'
import { type ExportFormat, exportTable } from '../../reports/tables/export-table.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Bind, Invocation } from '../program.ts'

interface ExportFlags {
  readonly format: ExportFormat
  readonly encoding: 'utf-8' | 'utf-8-bom' | 'gb18030'
  readonly out?: string
  readonly where?: string
  readonly columns?: string
  readonly split: boolean
}

export function addTableCommands(program: Command, bind: Bind): void {
  program
    .command('export')
    .description('write a published table to a file')
    .argument('<table>', 'customer_value, features, metrics, findings, quality, segment_membership …')
    .addOption(
      new Option('--format <format>', 'kind of file')
        .choices(['csv', 'jsonl', 'parquet', 'xlsx'])
        .default('csv'),
    )
    .addOption(
      new Option('--encoding <encoding>', 'of CSV and JSON Lines')
        .choices(['utf-8', 'utf-8-bom', 'gb18030'])
        .default('utf-8'),
    )
    .option('--where <rule>', 'only rows for which this rule is true, e.g. tier == "high" && age_years >= 35')
    .option('--columns <names>', 'columns, separated by commas')
    .option('--out <file>', 'where to write; default: TABLE.FORMAT here')
    .option('--split', 'several spreadsheets where one is too small', false)
    .action(bind(exportCommand))

  const model = program.command('model').description('fitted models')
  model
    .command('list')
    .description('models of the published run')
    .action(bind(async (invocation) => showModel(invocation, null)))
  model
    .command('show')
    .description('parameters, diagnostics and back-test of a model')
    .argument('<key>', 'value')
    .action(bind(showModel))
}

async function exportCommand(invocation: Invocation, table: string, flags: ExportFlags): Promise<void> {
  const catalogue = await loadWorkspace(invocation.dir)
  const warehouse = await openCurrent(invocation)
  try {
    const file = resolve(flags.out ?? `${table}.${flags.format}`)
    const outcome = await exportTable(warehouse, catalogue, {
      table,
      file,
      format: flags.format,
      encoding: flags.encoding,
      language: invocation.output.language,
      split: flags.split,
      ...(flags.where === undefined ? {} : { where: flags.where }),
      ...(flags.columns === undefined
        ? {}
        : { columns: flags.columns.split(',').map((name) => name.trim()) }),
    })
    if (invocation.output.json) invocation.output.document(outcome)
    const files = outcome.files.map((name) =>
      dirname(name) === process.cwd() ? name.slice(process.cwd().length + 1) : name,
    )
    invocation.output.say({
      en: `${outcome.rows} rows of ${table} written to ${files.join(', ')}`,
      zh: `已将 ${table} 的 ${outcome.rows} 行写入 ${files.join('、')}`,
    })
  } finally {
    warehouse.close()
  }
}

async function showModel(invocation: Invocation, key: string | null): Promise<void> {
  const warehouse = await openCurrent(invocation)
  try {
    const value = await loadArtefact<Record<string, unknown>>(warehouse, 'model:value')
    const models = value === null ? [] : [{ key: 'value', ...value }]
    if (key === null) {
      if (invocation.output.json) invocation.output.document(models.map(({ key: name }) => ({ key: name })))
      else for (const { key: name } of models) invocation.output.say(name)
      return
    }
    const found = models.find((candidate) => candidate.key === key)
    if (found === undefined)
      throw new TrancheError(
        'not_found',
        { en: `There is no model ${JSON.stringify(key)}.`, zh: `没有名为 ${JSON.stringify(key)} 的模型。` },
        { hint: { en: 'There is: value.', zh: '可用的模型：value。' } },
      )
    const { purchases, ...rest } = found as unknown as {
      purchases: { bgNbd: Fitted; gammaGamma: Fitted }
    } & Record<string, unknown>
    const document = {
      ...rest,
      bgNbd: flat(purchases.bgNbd, (purchases as unknown as { timeUnit: string }).timeUnit),
      gammaGamma: flat(purchases.gammaGamma, undefined),
    }
    if (invocation.output.json) invocation.output.document(document)
    else invocation.output.say(JSON.stringify(document, null, 2))
  } finally {
    warehouse.close()
  }
}

type Fitted = { readonly parameters: Record<string, number>; readonly [part: string]: unknown } | null

/** Parameters first, where people look for them; the rest of the fit beside them. */
function flat(model: Fitted, timeUnit: string | undefined): unknown {
  if (model === null) return null
  const { parameters, standardErrors, diagnostics, data, independence } = model
  return {
    ...parameters,
    ...(timeUnit === undefined ? {} : { timeUnit }),
    standardErrors,
    diagnostics,
    data,
    independence,
  }
}

/** The published run, open for reading. @throws TrancheError not_found before the first run */
export async function openCurrent({ dir }: Pick<Invocation, 'dir'>) {
  const current = await readPointer(folderOf(dir))
  if (current === null)
    throw new TrancheError(
      'not_found',
      { en: `Nothing is published in ${dir} yet.`, zh: `${dir} 尚无已发布的结果。` },
      { hint: { en: 'Run `tranche run` first.', zh: '请先执行 `tranche run`。' } },
    )
  return await openRun(current)
}
