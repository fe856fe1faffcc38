import { type Command, Option } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { Bind } from '../program.ts'

const asOfOption = () =>
  new Option('--as-of <instant>', 'day, instant, or now; default: the day after the newest event')

export function addRunCommands(program: Command, bind: Bind): void {
  program
    .command('validate')
    .description('check every definition; lists file, line and column')
    .action(bind(() => import('../actions/validate.ts')))
  program
    .command('plan')
    .description('what a run would do and why, with ten mapped rows of each source')
    .addOption(asOfOption())
    .action(bind(() => import('../actions/plan.ts')))
  program
    .command('run')
    .description('take in what is new, compute, write the reports, publish')
    .addOption(asOfOption())
    .option('--seed <number>', 'seed of everything drawn', wholeNumber)
    .option('--force', 'compute again even where nothing changed', false)
    .action(bind(() => import('../actions/run.ts')))
  program
    .command('replay')
    .description('compute a kept run again from the inputs its record names and compare every table')
    .argument('[run]', 'name of the run; default: the published one')
    .action(bind(() => import('../actions/replay.ts')))
  program
    .command('reconcile')
    .description('recompute each published count and sum by a second query and compare')
    .action(bind(() => import('../actions/reconcile.ts')))
  program
    .command('report')
    .description('the growth report of the published run')
    .addOption(
      new Option('--format <format>', 'kind of file')
        .choices(['html', 'md', 'xlsx', 'pptx', 'pdf'])
        .default('html'),
    )
    .option('--out <file>', 'where to write; default: report.LANG.FORMAT here')
    .addOption(
      new Option('--audience <who>', 'for whom; default: as policies/report.yaml says').choices([
        'leadership',
        'marketing',
        'risk',
        'compliance',
      ]),
    )
    .option(
      '--check [file]',
      'instead: read a finished report (HTML or Markdown) back, by default those of the published run, and hold all it says against the tables',
    )
    .action(bind(() => import('../actions/report.ts')))
  program
    .command('explain')
    .description("a customer's features, each with the rows that made it")
    .argument('<customer>', 'customer number')
    .option('--feature <key>', 'only this feature')
    .option('--segment <key>', 'instead: why the customer is in this segment, or is not')
    .option('--at <instant>', 'as of another day; for a segment, from the kept run as of it')
    .action(bind(() => import('../actions/explain.ts')))
}
