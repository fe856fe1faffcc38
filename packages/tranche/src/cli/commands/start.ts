import { type Command, Option } from 'commander'
import { share, wholeNumber } from '../arguments.ts'
import type { Bind } from '../program.ts'

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
    .action(bind(() => import('../actions/demo.ts')))
  program
    .command('init')
    .description('start a workspace: from files of your own, or from a template')
    .argument('<dir>', 'folder of the new workspace')
    .option('--from <files...>', 'CSV, Excel, JSON Lines or Parquet files, folders or globs')
    .addOption(new Option('--template <name>', 'start from a model institution').choices(templates))
    .option('--name <name>', "the institution's name")
    .option('--yes', 'ask nothing', false)
    .action(bind(() => import('../actions/init.ts')))
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
    .action(bind(() => import('../actions/simulate.ts')))
}
