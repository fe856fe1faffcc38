import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { Bind } from '../program.ts'

export function addDataCommands(program: Command, bind: Bind): void {
  const quarantine = program.command('quarantine').description('rows that could not be taken in')
  quarantine
    .command('list')
    .description('what was set aside, by reason, and the rows with file, line and column')
    .option('--source <key>', 'only this source')
    .option('--limit <number>', 'rows shown', wholeNumber, 20)
    .action(bind(() => import('../actions/list-quarantine.ts')))
  quarantine
    .command('export')
    .description("write a source's rejected rows with its own columns, to be mended and put beside its files")
    .argument('<source>', 'key of the source')
    .option('--out <file>', 'where to write; default: SOURCE.mended.csv here')
    .action(bind(() => import('../actions/export-quarantine.ts')))
}
