import { type Command, Option } from 'commander'
import type { Bind } from '../program.ts'

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
    .action(bind(() => import('../actions/export.ts')))

  const model = program.command('model').description('fitted models')
  model
    .command('list')
    .description('models of the published run')
    .action(bind(() => import('../actions/list-models.ts')))
  model
    .command('show')
    .description('parameters, diagnostics and back-test of a model')
    .argument('<key>', 'value')
    .action(bind(() => import('../actions/show-model.ts')))
}
