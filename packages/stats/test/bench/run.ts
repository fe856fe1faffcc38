import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Job, jobs } from './jobs.ts'
import { type Answer, findPeers, runKernel, runPeer } from './measure.ts'

/**
 * The kernel beside its peers: the same file, one thread, alternating order, each run in a process of its own.
 * node --conditions=tranche-source test/bench/run.ts [job …] [--share=0.1]    all jobs, at full size, by default
 * Of the kernel the processor time counts, threads of the compiler and the collector included; of a peer the lesser of
 * processor time and wall clock. Exits with 1 where a target is missed or results differ.
 */
const share = Number(process.argv.find((word) => word.startsWith('--share='))?.slice(8) ?? 1)
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const unknown = asked.filter((name) => !jobs.some((job) => job.name === name))
if (unknown.length > 0 || !(share > 0 && share <= 1)) {
  console.error(`Jobs are ${jobs.map((job) => job.name).join(', ')}; --share is above 0 and at most 1.`)
  process.exit(2)
}

const largeInputBytes = 50_000_000
const memoryFactor = 3
const patienceSeconds = 60

const python = findPeers()
const scratch = mkdtempSync(join(tmpdir(), 'tranche-stats-bench-'))
console.log(`${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}`)
if (!python)
  console.log('The peers are not there (python3 with venv, pip and a package index): absolute figures only.')
let missed = 0
try {
  for (const job of jobs)
    if (asked.length === 0 || asked.includes(job.name)) for (const line of compare(job)) say(line)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(missed === 0 ? '\nEvery target was met.' : `\nMissed: ${missed}.`)
process.exitCode = missed === 0 ? 0 : 1

type Line = { readonly kept: boolean; readonly text: string }

function say({ kept, text }: Line): void {
  if (!kept) missed++
  console.log(`  ${kept ? 'ok    ' : 'MISSED'} ${text}`)
}

function* compare(job: Job): Generator<Line> {
  const rows = Math.max(1000, Math.round(job.rows * share))
  const file = job.find?.() ?? join(scratch, `${job.data}.bin`)
  if (file === undefined) {
    console.log(`\n${job.name}: skipped, TRANCHE_DATA does not lead to its file`)
    return
  }
  if (job.write && !statSync(file, { throwIfNoEntry: false })) job.write(file, rows)
  const { own, peer } = alternate(job, file)
  const ownSeconds = least(own.map((answer) => answer.processorSeconds))
  const ownPeak = Math.max(...own.map((answer) => answer.peakMemoryMb))
  console.log(`\n${job.name}: ${job.title(rows)}`)
  console.log(
    `  kernel: ${ownSeconds.toFixed(3)} s of processor time, ${wall(own)}, ${Math.round(rows / ownSeconds).toLocaleString('en')} rows a second, at most ${ownPeak.toFixed(0)} MB`,
  )
  if (peer.length > 0) {
    const peerSeconds = least(peer.map((answer) => Math.min(answer.processorSeconds, answer.wallSeconds)))
    const peerPeak = Math.max(...peer.map((answer) => answer.peakMemoryMb))
    console.log(
      `  ${job.peer}: ${peerSeconds.toFixed(3)} s, ${wall(peer)}, at most ${peerPeak.toFixed(0)} MB`,
    )
    for (const line of job.equal(own[0]!.result, peer[0]!.result)) yield line
    if (job.timesFaster !== undefined) {
      const ratio = peerSeconds / ownSeconds
      const text = `${job.peer} takes ${ratio.toFixed(2)} times as long (at least ${job.timesFaster})`
      yield { kept: ratio >= job.timesFaster, text }
    }
  }
  if (job.secondsAtMost !== undefined)
    yield {
      kept: ownSeconds <= job.secondsAtMost,
      text: `${ownSeconds.toFixed(3)} s (at most ${job.secondsAtMost})`,
    }
  const inputBytes = statSync(file).size
  const inputMb = inputBytes / 2 ** 20
  const grown = Math.max(...own.map((answer) => answer.grownMemoryMb ?? answer.peakMemoryMb))
  const factor = 1 + grown / inputMb
  if (inputBytes > largeInputBytes)
    yield {
      kept: factor <= memoryFactor,
      text: `the input of ${inputMb.toFixed(0)} MB and the work on it took ${factor.toFixed(2)} times the input (at most ${memoryFactor})`,
    }
}

/** Three rounds, fewer where one takes long; who goes first changes. */
function alternate(job: Job, file: string): { own: Answer[]; peer: Answer[] } {
  const own: Answer[] = []
  const peer: Answer[] = []
  const begin = performance.now()
  for (let round = 0; round < 3; round++) {
    const turns = [() => own.push(runKernel(job.name, file))]
    if (python) turns.push(() => peer.push(runPeer(python, job.name, file)))
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) turn()
    if ((performance.now() - begin) / 1000 > patienceSeconds) break
  }
  return { own, peer }
}

function least(values: readonly number[]): number {
  return Math.min(...values)
}

function wall(answers: readonly Answer[]): string {
  return `${least(answers.map((answer) => answer.wallSeconds)).toFixed(3)} s by the clock`
}
