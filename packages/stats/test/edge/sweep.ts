import { Worker } from 'node:worker_threads'
import { StatsError } from '@tranche/stats'
import { whereNaN } from './degenerate.ts'

/** Where the sweep is, something it found, or its end. */
export type SweepReport = { readonly at: string } | { readonly problem: string } | { readonly done: true }

export type Outcome =
  | { readonly kind: 'number' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'broken'; readonly problem: string }

/** What a call comes to: numbers, a refusal with a code, or a fault (NaN, an error of another kind). */
export function outcomeOf(run: () => unknown): Outcome {
  try {
    const at = whereNaN(run())
    return at === undefined ? { kind: 'number' } : { kind: 'broken', problem: `NaN at ${at}` }
  } catch (error) {
    if (error instanceof StatsError) return { kind: 'refused', code: error.code }
    return { kind: 'broken', problem: String(error) }
  }
}

/** Runs a sweep in a worker, which can be stopped where a call does not end; problems in the order found. */
export async function sweep(worker: URL, limitMs: number): Promise<readonly string[]> {
  const thread = new Worker(worker, { execArgv: ['--conditions=tranche-source'] })
  const problems: string[] = []
  const start = 'its start'
  let at = start
  let heard = performance.now()
  try {
    return await new Promise((resolve, reject) => {
      const clock = setInterval(() => {
        // A busy machine may take long to load what is swept.
        const limit = at === start ? Math.max(limitMs, 120_000) : limitMs
        if (performance.now() - heard < limit) return
        resolve([...problems, `${at}: does not end within ${limit / 1000} s`])
        clearInterval(clock)
      }, 250)
      thread.on('error', reject)
      thread.on('message', (report: SweepReport) => {
        heard = performance.now()
        if ('at' in report) at = report.at
        else if ('problem' in report) problems.push(report.problem)
        else {
          clearInterval(clock)
          resolve(problems)
        }
      })
    })
  } finally {
    await thread.terminate()
  }
}
