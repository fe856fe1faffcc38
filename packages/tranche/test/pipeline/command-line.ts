import { type ChildProcess, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'

const main = resolve(import.meta.dirname, '../../src/cli/main.ts')

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the command line as a user would, on the Node that runs the test. */
export function start(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): ChildProcess {
  return spawn(
    process.execPath,
    ['--conditions=tranche-source', '--disable-warning=ExperimentalWarning', main, ...args],
    {
      cwd: options.cwd ?? process.cwd(),
      env: { ...process.env, NODE_OPTIONS: '', LANG: 'C.UTF-8', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
}

export async function ended(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (bytes) => {
    stdout += bytes
  })
  child.stderr?.on('data', (bytes) => {
    stderr += bytes
  })
  return await new Promise((done) =>
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr })),
  )
}

export const tranche = (args: readonly string[], options: Parameters<typeof start>[1] = {}) =>
  ended(start(args, options))

export const inWorkspace = (dir: string, ...args: readonly string[]) => tranche(['-C', dir, ...args])

export const reportsOf = (runFolder: string) =>
  ['report.en.html', 'report.zh.html', 'report.en.md', 'report.zh.md'].map((name) => join(runFolder, name))
