import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What one run of one side says on its last line. */
export interface Answer {
  /** Wall clock and processor time (all threads) of the work itself, without reading the file. */
  readonly wallSeconds: number
  readonly processorSeconds: number
  readonly peakMemoryMb: number
  /** What the work took beyond what stood before it; the kernel's side only. */
  readonly grownMemoryMb?: number
  readonly result: Readonly<Record<string, number>>
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** One thread for whatever library counts itself; settings that would handicap it are taken away. */
function peerEnvironment(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _type, OPENBLAS_L2_SIZE: _size, ...rest } = process.env
  const single = ['OMP', 'OPENBLAS', 'MKL', 'NUMEXPR'].map((library) => [`${library}_NUM_THREADS`, '1'])
  return { ...rest, ...Object.fromEntries(single) }
}

/** The kernel's side, in a process of its own, so that its compiler starts cold and its memory is its own. */
export function runKernel(job: string, file: string): Answer {
  return ask(
    process.execPath,
    ['--expose-gc', '--conditions=tranche-source', here('./kernel.ts'), job, file],
    process.env,
  )
}

export function runPeer(python: string, job: string, file: string): Answer {
  return ask(python, [here('./peers.py'), job, file], peerEnvironment())
}

function ask(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Answer {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env })
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr.slice(-4000)}`)
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Answer
}

/**
 * An interpreter with the peers: that of PEER_PYTHON, or one set up once in the user's cache folder; undefined where
 * Python or its packages can't be had.
 */
export function findPeers(): string | undefined {
  if (process.env['PEER_PYTHON']) return process.env['PEER_PYTHON']
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tranche')
  const folder = join(cache, 'stats-peers')
  const python = join(folder, 'bin', 'python')
  mkdirSync(cache, { recursive: true })
  const run = (command: string, args: readonly string[]): boolean => {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
    if (status !== 0) console.log(`${command} ${args.join(' ')}: ${(stderr ?? 'not found').slice(-300)}`)
    return status === 0
  }
  const ready =
    (existsSync(python) || run('python3', ['-m', 'venv', folder])) &&
    run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', here('./requirements.txt')])
  return ready ? python : undefined
}
