import { Argument, type Command } from 'commander'
import { strategyNames } from '../../pipeline/strategies.ts'
import type { Bind } from '../program.ts'

export function addPackCommands(program: Command, bind: Bind): void {
  const pack = program.command('pack').description('the five strategies of segmentation, ready to be added')
  pack
    .command('list')
    .description('what there is, and what the workspace has')
    .action(bind(() => import('../actions/pack-list.ts')))
  pack
    .command('add')
    .description(
      'add a strategy: its features, metrics and segments, as far as the data goes, and its cautions',
    )
    .addArgument(new Argument('<name>', 'which one').choices(strategyNames))
    .action(bind(() => import('../actions/pack-add.ts')))
}
