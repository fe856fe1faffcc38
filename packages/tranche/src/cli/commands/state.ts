import type { Command } from 'commander'
import type { Bind } from '../program.ts'

export function addStateCommands(program: Command, bind: Bind): void {
  program
    .command('doctor')
    .description('what the workspace needs, how each column that names a person is treated, and the state')
    .option('--migrate', "bring the state to this program's version", false)
    .option(
      '--audit [head]',
      'read the whole audit chain and check it; with a head noted before, that it still is part of it',
    )
    .action(bind(() => import('../actions/doctor.ts')))
  const state = program
    .command('state')
    .description('what people decided and did: consents, jobs, audit chain')
  state
    .command('backup')
    .description('copy the state to one file, while others go on working')
    .argument('<file>', 'where to write; must not be there yet')
    .action(bind(() => import('../actions/back-up-state.ts')))
  state
    .command('restore')
    .description('put a backup in the place of the state, which is copied beside it first')
    .argument('<file>', 'what `tranche state backup` wrote')
    .action(bind(() => import('../actions/restore-state.ts')))
  const consent = program.command('consent').description('decisions of customers')
  consent
    .command('record')
    .description("record a customer's decision for a purpose; the next run finds it in the table consents")
    .argument('<customer>', 'customer number')
    .argument('<purpose>', 'what for, e.g. marketing')
    .option('--granted', 'the customer agreed')
    .option('--refused', 'the customer refused or withdrew')
    .option('--notice <version>', 'version of the notice that the customer saw')
    .option('--evidence <text>', 'where the decision can be seen: number of a form, of a call')
    .option('--at <instant>', 'when the customer decided; default: now')
    .action(bind(() => import('../actions/record-consent.ts')))
}
