/**
 * A worker as a process of its own: `job-worker.ts OPTIONS NAME NOW-MS [stop]`. It takes one job and, unless told to stop
 * in the midst of it, writes its effect and ends it. It says what it does on stdout, one word a line.
 */
import { sql } from '../../src/sql/sql.ts'
import { finishJob, leaseJob } from '../../src/store/jobs.ts'
import { openState } from '../../src/store/open-state.ts'

const [options, name, nowMs, way] = process.argv.slice(2) as [string, string, string, string | undefined]
const now = new Date(Number(nowMs))
const state = await openState({ ...JSON.parse(options), clock: () => now })
const job = await leaseJob(state, name, { now, ms: 60_000 })
console.log(job === null ? 'nothing' : `leased ${job.attempt}`)
if (job !== null && way === 'stop') {
  // Held in the midst of the work, with the effect written and the transaction open, until it is killed.
  await finishJob(state, job, now, async (within) => {
    await publish(within, 1)
    console.log('midway')
    await new Promise(() => setInterval(() => undefined, 1_000_000))
  })
}
if (job !== null) console.log(await finishJob(state, job, now, (within) => publish(within, 1)))
await state.close()

/** The effect of the job: a row that can only be there once. */
async function publish(
  within: Parameters<NonNullable<Parameters<typeof finishJob>[3]>>[0],
  revision: number,
) {
  await within.run(
    sql`insert into ${within.table('current_run')} (only_row, run, revision, published_at) values (1, ${name}, ${revision}, '')`,
  )
}
