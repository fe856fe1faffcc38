import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { readCurrentRun } from '../../src/store/current-run.ts'
import { addJob, countJobs, failJob, finishJob, keepLease, leaseJob } from '../../src/store/jobs.ts'
import type { StateOptions } from '../../src/store/open-state.ts'
import { after, noon, onBoth } from './states.ts'

const minute = 60_000
const lease = (ms: number) => ({ now: after(ms), ms: minute })
const job = { kind: 'report', payload: { run: 'r1', langs: ['en', 'zh'] } }

onBoth('jobs', (states) => {
  test('are given out in the order of their time, each to one worker', async () => {
    const state = await states.open()
    const second = await addJob(state, { ...job, runAfter: after(2) }, noon)
    const first = await addJob(state, job, noon)
    const future = await addJob(state, { ...job, runAfter: after(minute) }, noon)
    expect(await leaseJob(state, 'a', lease(5))).toEqual({
      id: first,
      ...job,
      attempt: 1,
      mostAttempts: 5,
      worker: 'a',
    })
    expect((await leaseJob(state, 'b', lease(5)))?.id).toBe(second)
    expect(await leaseJob(state, 'c', lease(5))).toBeNull()
    expect((await leaseJob(state, 'c', lease(minute)))?.id).toBe(future)
    expect(await countJobs(state, after(minute))).toEqual({ waiting: 0, leased: 3, done: 0, failed: 0 })
  })

  test('go to another worker when the lease has ended, and the first can no longer end them', async () => {
    const state = await states.open()
    await addJob(state, job, noon)
    const slow = (await leaseJob(state, 'slow', lease(0)))!
    expect(await leaseJob(state, 'quick', lease(minute - 1))).toBeNull()
    const quick = (await leaseJob(state, 'quick', lease(minute)))!
    expect(quick).toMatchObject({ id: slow.id, attempt: 2 })
    const ran: string[] = []
    const effects = async () => void ran.push('effect')
    expect(await keepLease(state, slow, lease(minute))).toBe('lost')
    expect(await failJob(state, slow, 'late', after(minute))).toBe('lost')
    expect(await finishJob(state, slow, after(minute), effects)).toBe('lost')
    expect(await finishJob(state, quick, after(minute), effects)).toBe('kept')
    expect(await finishJob(state, quick, after(minute), effects)).toBe('lost')
    expect(ran).toEqual(['effect'])
  })

  test('stay with a worker whose heart beats', async () => {
    const state = await states.open()
    await addJob(state, job, noon)
    const held = (await leaseJob(state, 'a', lease(0)))!
    expect(await keepLease(state, held, lease(minute - 1))).toBe('kept')
    expect(await leaseJob(state, 'b', lease(minute + 5))).toBeNull()
    expect(await finishJob(state, held, after(minute + 6))).toBe('kept')
  })

  test('wait twice as long after every fault, and are given up after the last', async () => {
    const state = await states.open()
    await addJob(state, { ...job, mostAttempts: 3 }, noon)
    let now = 0
    for (const delay of [1000, 2000]) {
      const held = (await leaseJob(state, 'a', lease(now)))!
      expect(await failJob(state, held, 'timeout', after(now))).toBe('kept')
      expect(await leaseJob(state, 'a', lease(now + delay - 1))).toBeNull()
      now += delay
    }
    expect(await failJob(state, (await leaseJob(state, 'a', lease(now)))!, 'timeout', after(now))).toBe(
      'kept',
    )
    expect(await leaseJob(state, 'a', lease(now + 100 * minute))).toBeNull()
    expect(await countJobs(state, after(now))).toEqual({ waiting: 0, leased: 0, done: 0, failed: 1 })
  })

  test('that kill every worker are given up too', async () => {
    const state = await states.open()
    await addJob(state, { ...job, mostAttempts: 2 }, noon)
    for (const attempt of [1, 2])
      expect(await leaseJob(state, `w${attempt}`, lease(attempt * minute))).toMatchObject({ attempt })
    expect(await leaseJob(state, 'w3', lease(2 * minute + 1))).toBeNull()
    expect(await countJobs(state, after(2 * minute + 1))).toMatchObject({ leased: 1, failed: 0 })
    expect(await leaseJob(state, 'w3', lease(3 * minute))).toBeNull()
    expect(await countJobs(state, after(3 * minute))).toMatchObject({ leased: 0, failed: 1 })
  })

  test('are taken once by workers that ask at the same moment', async () => {
    const options = await states.fresh()
    const workers = await Promise.all(Array.from({ length: 4 }, () => states.open(options)))
    for (let made = 0; made < 12; made++) await addJob(workers[0]!, job, noon)
    const taken = await Promise.all(
      workers.flatMap((worker, index) => [1, 2, 3].map(() => leaseJob(worker, `w${index}`, lease(0)))),
    )
    expect(new Set(taken.map((found) => found?.id)).size).toBe(12)
  })

  test('are done once when their worker is killed in the midst of them', async () => {
    const options = await states.fresh()
    const state = await states.open(options)
    await addJob(state, job, noon)
    const killed = worker(options, 'killed', noon, 'stop')
    expect(await killed.says()).toBe('leased 1')
    expect(await killed.says()).toBe('midway')
    killed.process.kill('SIGKILL')
    expect(await once(killed.process, 'exit')).toEqual([null, 'SIGKILL'])
    const early = worker(options, 'early', after(minute - 1))
    expect(await early.says()).toBe('nothing')
    const other = worker(options, 'other', after(minute))
    expect(await other.says()).toBe('leased 2')
    expect(await other.says()).toBe('kept')
    expect(await readCurrentRun(state)).toMatchObject({ run: 'other', revision: 1 })
    expect(await countJobs(state, after(minute))).toEqual({ waiting: 0, leased: 0, done: 1, failed: 0 })
  })
})

/** Starts a worker, and reads what it says line by line. */
function worker(
  { dir, settings, env }: StateOptions,
  name: string,
  now: Date,
  way?: 'stop',
): { readonly process: ChildProcess; says(): Promise<string> } {
  const child = spawn(
    process.execPath,
    [
      '--conditions=tranche-source',
      join(import.meta.dirname, 'job-worker.ts'),
      JSON.stringify({ dir, settings, env }),
      name,
      String(now.getTime()),
      ...(way === undefined ? [] : [way]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
  )
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return {
    process: child,
    says: async () => {
      const { value, done } = await lines.next()
      return done === true ? '(ended)' : value
    },
  }
}
