import { identifierKindSchema, purposeSchema } from '@tranche/contract'
import { type Command, Option } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { Bind } from '../program.ts'

const without = () =>
  new Option(
    '--without <features>',
    'features left out, such as those known only afterwards: KEY,KEY',
  ).argParser((text) => text.split(',').map((key) => key.trim()))

export function addSegmentCommands(program: Command, bind: Bind): void {
  const segment = program.command('segment').description('named groups of customers, and rules not saved yet')
  segment
    .command('list')
    .description('all segments: how many customers each holds, and of how many it is not known')
    .action(bind(() => import('../actions/list-segments.ts')))
  segment
    .command('show')
    .description(
      'one segment: its rule, its size, and whether it changed since the published run; or a set and its model',
    )
    .argument('<key>', 'key of the segment or the set')
    .action(bind(() => import('../actions/show-segment.ts')))
  segment
    .command('compare')
    .description(
      'two segments side by side, or one against everybody else: every feature by size of the difference',
    )
    .argument('<first>', 'key of a segment')
    .argument('[second]', 'key of another; default: everybody else')
    .option('--all', 'also what shows no difference')
    .action(bind(() => import('../actions/compare-segments.ts')))
  segment
    .command('advise')
    .description(
      'which dimensions are worth telling customers apart by for a goal: impact, ease, coverage, what may rest on them',
    )
    .requiredOption(
      '--goal <feature>',
      'conversion, revenue, default, churn or retention; or a feature that is a number or yes and no, or an outcome, e.g. spend_90d',
    )
    .addOption(without())
    .option('--weights <weights>', 'of impact, ease, availability, actionability: impact=0.7,ease=0.1')
    .addOption(new Option('--top <n>', 'how many dimensions to print').default(15).argParser(wholeNumber))
    .action(bind(() => import('../actions/advise.ts')))
  segment
    .command('discover')
    .description(
      'groups that a goal tells apart, as rules to read and save, judged on customers who had no say in them',
    )
    .requiredOption(
      '--goal <feature>',
      'conversion, revenue, default, churn or retention; or a feature that is a number or yes and no, or an outcome, e.g. spend_90d',
    )
    .addOption(without())
    .addOption(new Option('--leaves <n>', 'at most so many groups').default(6).argParser(wholeNumber))
    .addOption(
      new Option('--purpose <purpose>', 'attributes that may not serve it are left out')
        .choices(purposeSchema.options)
        .default('marketing'),
    )
    .option('--save <file>', 'write the groups that hold as segments, e.g. segments/found.yaml')
    .action(bind(() => import('../actions/discover-groups.ts')))
  segment
    .command('history')
    .description('how many came and went, run by run')
    .argument('<key>', 'key of the segment')
    .action(bind(() => import('../actions/segment-history.ts')))
  segment
    .command('flows')
    .description('who went from which cell to which between two runs: of tier, activity or a set')
    .argument('<set>', 'tier, activity or the key of a set')
    .option('--from <day>', 'a day, as of the last run up to it; default: the run before the last')
    .option('--to <day>', 'the same; default: the last run')
    .option('--out <file>', 'draw it: a page (.html) or a picture (.svg), in the language of --lang')
    .action(bind(() => import('../actions/segment-flows.ts')))
  segment
    .command('health')
    .description(
      'what ails the segments: too small, unknown, the same twice, cells alike, unstable, a protected attribute given away',
    )
    .action(bind(() => import('../actions/segment-health.ts')))
  segment
    .command('freeze')
    .description(
      'keep the model of a set (cuts, centres) as published, so that it places customers from now on',
    )
    .argument('<set>', 'key of the set')
    .action(bind(() => import('../actions/freeze-set.ts')))
  segment
    .command('preview')
    .description(
      'what a rule would select: count, unknowns, share, what each clause leaves, value, and what sets members apart',
    )
    .argument('<rule>', 'e.g. \'days_since_last_purchase > 90 && tier == "high"\'')
    .action(bind(() => import('../actions/preview-segment.ts')))
  segment
    .command('import')
    .description('take a file that names customers into the workspace as a list')
    .argument('<key>', 'key of the list to be')
    .argument('<file>', 'CSV, Excel, JSON Lines or Parquet')
    .option(
      '--column <name>',
      'column of customer numbers or identifiers; default: customer_id, or the only one',
    )
    .addOption(
      new Option(
        '--identifier <kind>',
        'what stands there instead of customer numbers; kept as pseudonyms',
      ).choices(identifierKindSchema.options),
    )
    .action(bind(() => import('../actions/import-list.ts')))
  segment
    .command('members')
    .alias('export')
    .description('write the members of a segment to a file')
    .argument('<key>', 'key of the segment')
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
    .option('--out <file>', 'where to write; default: KEY.FORMAT here')
    .action(bind(() => import('../actions/segment-members.ts')))
}
