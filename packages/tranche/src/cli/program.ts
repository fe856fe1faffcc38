import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { version } from '../version.ts'
import { addDataCommands } from './commands/data.ts'
import { addPackCommands } from './commands/packs.ts'
import { addRecommendationCommands } from './commands/recommendations.ts'
import { addRunCommands } from './commands/run.ts'
import { addSegmentCommands } from './commands/segments.ts'
import { addStartCommands } from './commands/start.ts'
import { addStateCommands } from './commands/state.ts'
import { addTableCommands } from './commands/tables.ts'
import { addExamples } from './examples.ts'
import { createOutput, languageOf, type Output, type Streams } from './output.ts'

export interface CliOptions {
  readonly streams: Streams
  readonly signal: AbortSignal
}

/** What every command gets: the workspace's folder, where to write, and how to stop. */
export interface Invocation {
  readonly dir: string
  readonly output: Output
  readonly streams: Streams
  readonly signal: AbortSignal
}

/**
 * Binds a command's action to the global options in force where it stands. What a command needs is loaded when it is
 * run, so that help is quick and no command waits for another's modules.
 */
export type Bind = <A extends readonly unknown[]>(
  load: () => Promise<{ readonly act: (invocation: Invocation, ...args: A) => Promise<void> }>,
) => (...args: A) => Promise<void>

/** The command line of Tranche. Usage errors leave with exit code 2. */
export function createProgram({ streams, signal }: CliOptions): Command {
  const program = new Command('tranche')
    .description('Customer value, segments, decisions and proof. 客户价值、分群、决策与验证。')
    .version(version)
    .option('-C, --dir <dir>', 'folder of the workspace', '.')
    .option('--json', 'print one document on stdout, words on stderr', false)
    .addOption(new Option('--lang <language>', 'language of what is printed').choices(['en', 'zh']))
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .addHelpText(
      'after',
      `
Examples:
  tranche demo                                    simulate an institution, run everything, write the report
  tranche init my-bank --from customers.csv orders.xlsx
  tranche -C my-bank run                          take in what is new, compute, publish
  tranche -C my-bank report --format html --lang zh --out report.html
  tranche -C my-bank export customer_value --format xlsx --out value.xlsx

Exit codes: 0 done, 1 refused or failed, 2 wrong input or definitions.`,
    )
  const bind: Bind =
    (load) =>
    async (...args) => {
      const { act } = await load()
      const { dir, json, lang } = program.opts<{ dir: string; json: boolean; lang?: string }>()
      const output = createOutput(streams, { json, language: languageOf(lang, streams.env) })
      await act({ dir: resolve(dir), output, streams, signal }, ...args)
    }
  addStartCommands(program, bind)
  addRunCommands(program, bind)
  addDataCommands(program, bind)
  addTableCommands(program, bind)
  addSegmentCommands(program, bind)
  addPackCommands(program, bind)
  addRecommendationCommands(program, bind)
  addStateCommands(program, bind)
  addExamples(program.commands)
  for (const command of program.commands) inherit(command)
  return program
}

/** Subcommands answer usage errors like the program does. */
function inherit(command: Command): void {
  command.exitOverride().copyInheritedSettings(command.parent ?? command)
  for (const child of command.commands) inherit(child)
}
