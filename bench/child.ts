import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface ChildResult {
  readonly stdout: string
  readonly seconds: number
  /** Largest resident memory of the process, or null where the system doesn't tell (only Linux does). */
  readonly peakMemoryMb: number | null
}

/**
 * Runs a program to its end, its words of progress shown only where it fails.
 * @throws Error when it doesn't exit with 0
 */
export async function runChild(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ChildResult> {
  const begin = performance.now()
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-20_000)
  })
  let peakMemoryMb: number | null = null
  const watch = setInterval(() => {
    peakMemoryMb = highWaterMb(child.pid) ?? peakMemoryMb
  }, 50)
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (exit, signal) => resolve(exit ?? signal ?? 'nothing'))
    })
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr || stdout}`)
  } finally {
    clearInterval(watch)
  }
  return { stdout, seconds: (performance.now() - begin) / 1000, peakMemoryMb }
}

/** The kernel keeps the peak itself, so the last look before the end misses what happens within one interval only. */
function highWaterMb(pid: number | undefined): number | null {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return found === null ? null : Number(found[1]) / 1024
  } catch {
    return null
  }
}
