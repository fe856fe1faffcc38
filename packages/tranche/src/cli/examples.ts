import type { Command } from 'commander'

/** What a person types, by command: shown below the options in `--help`. */
const examples: Readonly<Record<string, readonly string[]>> = {
  demo: ['tranche demo', 'tranche demo my-demo --customers 5000'],
  init: [
    'tranche init my-bank --from customers.csv orders.xlsx',
    'tranche init my-bank --from exports/ --yes',
    'tranche init my-bank --template lending',
  ],
  simulate: ['tranche simulate my-bank --customers 2000 --months 18 --dirt 0.02'],
  validate: ['tranche -C my-bank validate', 'tranche -C my-bank --json validate'],
  plan: ['tranche -C my-bank plan', 'tranche -C my-bank plan --as-of 2026-01-31'],
  run: [
    'tranche -C my-bank run',
    'tranche -C my-bank run --as-of 2026-01-31',
    'tranche -C my-bank --json run',
  ],
  replay: ['tranche -C my-bank replay', 'tranche -C my-bank replay 2025-06-30-60a7dcb7eb97'],
  reconcile: ['tranche -C my-bank reconcile', 'tranche -C my-bank --json reconcile'],
  report: [
    'tranche -C my-bank report --out report.html',
    'tranche -C my-bank --lang zh report --format md --out report.md',
    'tranche -C my-bank report --audience risk --out risk.html',
    'tranche -C my-bank report --check report.html',
  ],
  explain: [
    'tranche -C my-bank explain C00000001',
    'tranche -C my-bank explain C00000001 --feature spend_90d',
    'tranche -C my-bank explain C00000001 --segment tier_high',
  ],
  'quarantine list': ['tranche -C my-bank quarantine list --source customers --limit 50'],
  'quarantine export': ['tranche -C my-bank quarantine export customers --out mended.csv'],
  doctor: [
    'tranche -C my-bank doctor',
    'tranche -C my-bank doctor --migrate',
    'tranche -C my-bank doctor --audit',
  ],
  'state backup': ['tranche -C my-bank state backup /backups/state-2026-01-31.sqlite'],
  'state restore': ['tranche -C my-bank state restore /backups/state-2026-01-31.sqlite'],
  'consent record': [
    'tranche -C my-bank consent record C00000001 marketing --refused --evidence call-4711',
    'tranche -C my-bank consent record C00000001 marketing --granted --notice 2026-01 --at 2026-01-31T10:00+08:00',
  ],
  export: [
    'tranche -C my-bank export customer_value --format xlsx --out value.xlsx',
    `tranche -C my-bank export customer_value --where 'tier == "high"' --columns customer_id,value_12m`,
    'tranche -C my-bank export features --format parquet --out features.parquet',
  ],
  'segment list': ['tranche -C my-bank segment list'],
  'segment show': ['tranche -C my-bank segment show tier_high'],
  'segment preview': [`tranche -C my-bank segment preview 'tier == "high" && activity != "active"'`],
  'segment compare': [
    'tranche -C my-bank segment compare tier_high',
    'tranche -C my-bank segment compare tier_high tier_medium',
  ],
  'segment advise': [
    'tranche -C my-bank segment advise --goal spend_90d',
    'tranche -C my-bank segment advise --goal default_ever --weights impact=0.7,ease=0.1',
  ],
  'segment discover': [
    'tranche -C my-bank segment discover --goal spend_90d --leaves 6 --save segments/found.yaml',
  ],
  'segment history': ['tranche -C my-bank segment history tier_high'],
  'segment flows': ['tranche -C my-bank segment flows tier --from 2026-01-01'],
  'segment health': ['tranche -C my-bank segment health'],
  'segment freeze': ['tranche -C my-bank segment freeze kinds'],
  'segment members': ['tranche -C my-bank segment members tier_high --format xlsx --out high.xlsx'],
  'segment import': [
    'tranche -C my-bank segment import called_in_march march.csv',
    'tranche -C my-bank segment import newsletter readers.xlsx --identifier email',
  ],
  'pack list': ['tranche -C my-bank pack list'],
  'pack add': ['tranche -C my-bank pack add risk'],
  'recommend list': ['tranche -C my-bank recommend list'],
  'recommend show': ['tranche -C my-bank recommend show win_back_silent_best'],
  'recommend accept': ['tranche -C my-bank recommend accept win_back_silent_best'],
  'recommend refuse': ["tranche -C my-bank recommend refuse wake_silent --reason 'no budget this quarter'"],
  'recommend start': ['tranche -C my-bank recommend start win_back_silent_best --experiment EXP-12'],
  'recommend measure': [
    'tranche -C my-bank recommend measure win_back_silent_best --realised 41000 --low 9000 --high 73000 --cost 2000 --evidence EXP-12',
  ],
  'recommend save-segment': [
    'tranche -C my-bank recommend save-segment win_back_silent_best --as silent_best',
  ],
  'recommend rules': ['tranche -C my-bank recommend rules', 'tranche -C my-bank recommend rules --save'],
  'model list': ['tranche -C my-bank model list'],
  'model show': ['tranche -C my-bank --json model show value'],
}

/** Adds its examples to every command that has some. */
export function addExamples(commands: readonly Command[], path: readonly string[] = []): void {
  for (const command of commands) {
    const own = [...path, command.name()]
    const lines = examples[own.join(' ')]
    if (lines !== undefined)
      command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`)
    addExamples(command.commands, own)
  }
}
