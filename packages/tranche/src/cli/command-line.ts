import { CommanderError } from 'commander'
import { exitCode } from '../errors.ts'
import { describeError, languageOf, type Streams } from './output.ts'
import { createProgram } from './program.ts'

/**
 * Runs one command and gives the exit code of the process: 0 done, 1 refused or failed, 2 wrong input, 130 stopped.
 * What went wrong is said in words on stderr; nothing is thrown.
 * @param args what follows the name of the program
 */
export async function runCommandLine(
  args: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  try {
    await createProgram({ streams, signal }).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    streams.stderr.write(`${describeError(error, languageOf(askedLanguage(args), streams.env))}\n`)
    if (signal.aborted) return 130
    return isWrongPath(error) ? 2 : exitCode(error)
  }
}

/** A path that the person gave and that the system refuses. */
function isWrongPath(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code ?? '')
}

function askedLanguage(args: readonly string[]): string | undefined {
  const index = args.findLastIndex((arg) => arg === '--lang' || arg.startsWith('--lang='))
  const found = args[index]
  return found?.startsWith('--lang=') ? found.slice('--lang='.length) : args[index + 1]
}
