import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as S from '@tranche/stats'

// Speed beside the peers, on one thread, in alternating order, on the same file; a missing peer leaves absolute figures.
// Usage: node --conditions=tranche-source test/bench/run.ts [rows]; PEER_PYTHON names an interpreter with
// lifetimes 0.11.3 and lifelines installed.

interface Job {
  readonly name: string
  readonly peer: string
  readonly rows: number
  readonly file: string
  readonly run: () => Readonly<Record<string, number>>
}

const scratch = mkdtempSync(join(tmpdir(), 'tranche-stats-bench-'))
try {
  const customers = Number(process.argv[2] ?? 1_000_000)
  for (const job of [...purchaseJobs(customers), coxJob(Math.min(50_000, customers))]) compare(job)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function compare(job: Job): void {
  const own: number[] = []
  const theirs: number[] = []
  let [result, peerResult]: [Readonly<Record<string, number>>, Readonly<Record<string, number>> | undefined] =
    [{}, undefined]
  for (let round = 0; round < 3; round++) {
    const begin = performance.now()
    result = job.run()
    own.push((performance.now() - begin) / 1000)
    const peer: PeerAnswer | undefined = round === 0 || peerResult ? askPeer(job) : undefined
    if (!peer) continue
    theirs.push(peer.seconds)
    peerResult = peer.result
  }
  const seconds = Math.min(...own)
  const rate = Math.round(job.rows / seconds).toLocaleString('en')
  const line = `${job.name}: ${seconds.toFixed(3)} s, ${rate} rows a second`
  if (!peerResult) {
    console.log(`${line}; the peer is not installed`)
    return
  }
  const gap = Math.max(
    ...Object.entries(peerResult).map(([key, value]) => Math.abs((result[key] ?? Number.NaN) / value - 1)),
  )
  console.log(
    `${line}; peer ${Math.min(...theirs).toFixed(3)} s, ${(Math.min(...theirs) / seconds).toFixed(1)} times as long; results differ by ${gap.toExponential(1)}`,
  )
}

interface PeerAnswer {
  readonly seconds: number
  readonly result: Record<string, number>
}

function askPeer(job: Job): PeerAnswer | undefined {
  const script = fileURLToPath(new URL('./peers.py', import.meta.url))
  const single = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
  const { status, stdout } = spawnSync(
    process.env['PEER_PYTHON'] ?? 'python3',
    [script, job.peer, job.file],
    {
      encoding: 'utf8',
      env: { ...process.env, ...single },
    },
  )
  if (status !== 0) return undefined
  const answer = JSON.parse(stdout) as
    | { seconds: number; result: Record<string, number> }
    | { missing: string }
  return 'missing' in answer ? undefined : answer
}

function purchaseJobs(n: number): Job[] {
  const random = S.createRandom(1)
  const [frequency, recency, T] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  for (let i = 0; i < n; i++) {
    T[i] = 30 + Math.floor(335 * random.uniform())
    const rate = S.sampleGamma(random, 0.5, 20)
    const dropout = S.sampleBeta(random, 0.8, 2.4)
    for (
      let time = S.sampleExponential(random, rate);
      time < T[i]!;
      time += S.sampleExponential(random, rate)
    ) {
      frequency[i]!++
      recency[i] = Math.ceil(time)
      if (random.uniform() < dropout) break
    }
  }
  const file = join(scratch, 'purchases.csv')
  writeCsv(file, { frequency, recency, T })
  const grouped = S.groupHistory({ frequency, recency, T })
  return [
    {
      name: `BG/NBD, ${n} customers`,
      peer: 'bgnbd',
      rows: n,
      file,
      run: () => S.fitBgNbd({ frequency, recency, T }).parameters,
    },
    {
      name: `BG/NBD, the same in ${grouped.T.length} groups`,
      peer: 'bgnbd-grouped',
      rows: n,
      file,
      run: () => S.fitBgNbd(grouped).parameters,
    },
  ]
}

function coxJob(n: number): Job {
  const random = S.createRandom(2)
  const beta = [0.5, -0.3, 0.2, 0, 0.1]
  const columns = beta.map(() => Float64Array.from({ length: n }, () => S.sampleNormal(random)))
  const time = new Float64Array(n)
  const event = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const eta = beta.reduce((sum, b, j) => sum + b * columns[j]![i]!, 0)
    const death = S.sampleExponential(random, Math.exp(eta))
    time[i] = Math.min(death, 1)
    event[i] = death < 1 ? 1 : 0
  }
  const file = join(scratch, 'cox.csv')
  writeCsv(file, { time, event, ...Object.fromEntries(columns.map((column, j) => [`x${j}`, column])) })
  const x = Float64Array.from(
    { length: n * beta.length },
    (_, k) => columns[k % beta.length]![Math.floor(k / beta.length)]!,
  )
  const run = (): Record<string, number> =>
    Object.fromEntries(
      S.fitCox({ time, event, x, p: beta.length }, { ties: 'efron' }).coefficients.map((v, j) => [
        `x${j}`,
        v,
      ]),
    )
  return { name: `Cox, ${n} rows of 5`, peer: 'cox', rows: n, file, run }
}

function writeCsv(file: string, columns: Readonly<Record<string, Float64Array>>): void {
  const names = Object.keys(columns)
  const lines = [names.join(',')]
  for (let i = 0; i < columns[names[0]!]!.length; i++)
    lines.push(names.map((name) => columns[name]![i]).join(','))
  writeFileSync(file, `${lines.join('\n')}\n`)
}
