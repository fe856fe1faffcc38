import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { command } from '../robustness/in-process.ts'
import { start } from './command-line.ts'
import { pointerOf, runJson } from './small-bank.ts'

/** Runs and dies by SIGKILL after a while; gives whether it died before it was done. */
export async function killedAfter(dir: string, delayMs: number): Promise<boolean> {
  const child = start(['-C', dir, 'run'])
  child.stdout?.resume()
  child.stderr?.resume()
  const timer = setTimeout(() => child.kill('SIGKILL'), delayMs)
  const signal = await new Promise<NodeJS.Signals | null>((done) =>
    child.on('close', (_, found) => done(found)),
  )
  clearTimeout(timer)
  return signal === 'SIGKILL'
}

/**
 * What a death must leave: the pointer names the old run or the new one, whole; the next run finishes; steps that were
 * finished stay as they were recorded, with the attempt in which they were done.
 */
export async function expectWhole(dir: string, old: string | null): Promise<void> {
  const pointer = await pointerOf(dir)
  if (old !== null) expect(pointer).not.toBeNull()
  if (pointer !== null) {
    expect(existsSync(join(dir, '.tranche', 'runs', pointer, 'run.duckdb'))).toBe(true)
    const read = await command(['-C', dir, 'reconcile'])
    expect(read.stderr).toBe('')
    expect(read.code).toBe(0)
  }
  const next = await runJson(dir)
  expect(next.manifest.status).toBe('published')
  expect(await pointerOf(dir)).toBe(next.run)
  const { steps } = next.manifest
  const last = next.manifest.attempts.length
  for (const { attempt } of steps) expect(attempt).toBeLessThanOrEqual(last)
  // A step of an earlier attempt comes before every step of a later one: nothing finished was done again.
  const attempts = steps.map(({ attempt }) => attempt)
  expect(attempts).toEqual([...attempts].sort((a, b) => a - b))
}
