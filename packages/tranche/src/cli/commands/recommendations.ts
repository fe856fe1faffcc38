import { type Command, InvalidArgumentError } from 'commander'
import type { Bind } from '../program.ts'

export function addRecommendationCommands(program: Command, bind: Bind): void {
  const recommend = program
    .command('recommend')
    .description('what the findings call for, and what became of it')
  recommend
    .command('list')
    .description('recommendations of the published run and those that somebody decided about')
    .action(bind(() => import('../actions/list-recommendations.ts')))
  recommend
    .command('show')
    .description('one recommendation: group, expected effect, experiment, and its steps')
    .argument('<key>', 'key of the recommendation')
    .action(bind(() => import('../actions/show-recommendation.ts')))
  decision(recommend, 'accept', 'record that it will be done').action(
    bind(() => import('../actions/accept-recommendation.ts')),
  )
  decision(recommend, 'refuse', 'record that it will not be done, and why')
    .requiredOption('--reason <text>', 'why')
    .action(bind(() => import('../actions/refuse-recommendation.ts')))
  decision(recommend, 'start', 'record that its experiment is running')
    .option('--experiment <name>', 'what the experiment is called elsewhere')
    .action(bind(() => import('../actions/start-recommendation.ts')))
  decision(recommend, 'measure', 'record what it brought, in the unit of its expected effect')
    .requiredOption('--realised <number>', 'measured effect', number)
    .option('--low <number>', 'low end of its 95% interval', number)
    .option('--high <number>', 'high end of its 95% interval', number)
    .option('--cost <number>', 'what it cost', number)
    .option('--evidence <text>', 'where it can be seen: number of an experiment, of a file')
    .action(bind(() => import('../actions/measure-recommendation.ts')))
  recommend
    .command('save-segment')
    .description('write its group to segments/ as a segment that is for its purpose')
    .argument('<key>', 'key of the recommendation')
    .option('--as <key>', "key of the segment; default: the rule's")
    .action(bind(() => import('../actions/save-recommended-segment.ts')))
  recommend
    .command('rules')
    .description('the rules in force, and what each came to in the published run')
    .option('--save', 'copy the starter set to recommendations/, to be changed', false)
    .action(bind(() => import('../actions/recommendation-rules.ts')))
}

function decision(recommend: Command, name: string, description: string): Command {
  return recommend.command(name).description(description).argument('<key>', 'key of the recommendation')
}

/** @throws InvalidArgumentError */
function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('A number was expected.')
  return value
}
