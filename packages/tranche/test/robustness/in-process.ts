import { runCommandLine } from '../../src/cli/command-line.ts'

export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command as the program does, in this process: the same edge, without the time that Node takes to start. */
export async function command(args: readonly string[], signal = new AbortController().signal): Promise<Said> {
  const said = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text
    },
  })
  const streams = { stdout: stream('stdout'), stderr: stream('stderr'), env: { LANG: 'C.UTF-8' } }
  const code = await runCommandLine(args, streams, signal)
  return { code, ...said }
}

/** What no one should ever read: a stack, a fault of the program, a value that was not worked out. */
const faults =
  /\bat [^\n]*\.[tj]s:\d+|inside Tranche|程序内部错误|A query failed in the engine|TypeError|RangeError|\bundefined\b|\[object |\bNaN\b/

/** What is wrong with the way a command ended, or null: for a refusal, that it says where, what and what to do. */
export function complaint(
  said: Said,
  expected: { readonly code: number; readonly says?: RegExp },
): string | null {
  const { code, stderr, stdout } = said
  const fault = faults.exec(`${stderr}\n${stdout}`)
  if (fault !== null) return `showed ${JSON.stringify(fault[0])}: ${stderr.slice(-600)}`
  if (code !== expected.code) return `left with ${code}, expected ${expected.code}: ${stderr.slice(-600)}`
  if (expected.says !== undefined && !expected.says.test(stderr))
    return `did not say ${expected.says}: ${stderr.slice(-600)}`
  if (code === 2 && stderr.length > 4000) return `said too much (${stderr.length} characters)`
  return null
}
