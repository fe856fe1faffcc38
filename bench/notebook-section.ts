import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryMb, threads } from './bare-scans.ts'
import { runChild } from './child.ts'
import type { NotebookResults, NotebookRun } from './notebook-run.ts'
import { best, judged, type SectionResult, seconds } from './report.ts'
import { asOf, benchFolder, transactionsFile } from './transactions-file.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const rounds = 2
/** lifetimes observes up to the last whole day, Tranche up to the instant after it. */
const observationEnd = '2025-06-30'

/** Tranche against the notebook, on one file, with equal threads, in alternating order. */
export async function notebookSection(customers: number): Promise<SectionResult> {
  const python = await preparePython()
  if (python === null)
    return {
      passed: true,
      lines: ['skipped: the notebook needs python3 with venv and pip, and a package index'],
    }
  const file = await transactionsFile(customers)
  const runs: Record<'notebook' | 'tranche', NotebookRun[]> = { notebook: [], tranche: [] }
  for (let round = 0; round < rounds; round++)
    for (const side of round % 2 === 0
      ? (['notebook', 'tranche'] as const)
      : (['tranche', 'notebook'] as const)) {
      const run = await runSide(side, python, file)
      runs[side].push(run)
      console.log(`  ${side}: ${seconds(run.seconds['all']!)}, ${(run.peakMemoryMb / 1024).toFixed(2)} GB`)
    }
  return summarise(runs)
}

function summarise(runs: Record<'notebook' | 'tranche', readonly NotebookRun[]>): SectionResult {
  const [peer, own] = [fastest(runs.notebook), fastest(runs.tranche)]
  const differences = compareResults(peer.results, own.results)
  const ratio = judged(
    'the notebook takes so many times as long',
    best(runs.notebook.map((run) => run.seconds['all']!)) /
      best(runs.tranche.map((run) => run.seconds['all']!)),
    { atLeast: 8 },
  )
  const versions = (run: NotebookRun) =>
    Object.entries(run.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')
  return {
    passed: ratio.passed && differences.every(({ equal }) => equal),
    lines: [
      `notebook: ${versions(peer)}; ${stepsOf(peer)}; ${(peer.peakMemoryMb / 1024).toFixed(2)} GB`,
      `tranche: ${versions(own)}, ${memoryMb} MB for the engine; ${stepsOf(own)}; ${(own.peakMemoryMb / 1024).toFixed(2)} GB`,
      ...differences.map(({ equal, line }) => `${equal ? 'equal ' : 'DIFFER'} ${line}`),
      ratio.line,
    ],
  }
}

function stepsOf(run: NotebookRun): string {
  return Object.entries(run.seconds)
    .map(([step, value]) => `${step} ${value.toFixed(2)}`)
    .join(', ')
}

function fastest(runs: readonly NotebookRun[]): NotebookRun {
  return runs.reduce((fast, run) => (run.seconds['all']! < fast.seconds['all']! ? run : fast))
}

async function runSide(side: 'notebook' | 'tranche', python: string, file: string): Promise<NotebookRun> {
  const { stdout } =
    side === 'notebook'
      ? await runChild(python, [here('notebook.py'), file, observationEnd, String(threads)])
      : await runChild(process.execPath, [
          '--conditions=tranche-source',
          here('notebook.ts'),
          file,
          asOf,
          String(threads),
          join(benchFolder, 'spill'),
        ])
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as NotebookRun
}

interface Comparison {
  readonly equal: boolean
  readonly line: string
}

/** Counts agree exactly, sums of money to rounding, what hangs on a fit as closely as the peer's own stopping rule lets it. */
function compareResults(peer: NotebookResults, own: NotebookResults): readonly Comparison[] {
  const close = (label: string, a: number, b: number, tolerance: number): Comparison => ({
    equal: Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b)),
    line: `${label}: ${a} and ${b}${tolerance === 0 ? '' : `, within ${tolerance}`}`,
  })
  const named = (label: string, a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) =>
    Object.keys(a).map((name) => close(`${label} ${name}`, a[name]!, b[name] ?? Number.NaN, 1e-4))
  return [
    close('customers', peer.customers, own.customers, 0),
    close('purchase days', peer.purchaseDays, own.purchaseDays, 0),
    close('days since the last purchase', peer.daysSinceLast, own.daysSinceLast, 0),
    close('amount', peer.amount, own.amount, 1e-12),
    cellsOf(peer, own),
    ...named('BG/NBD', peer.bgNbd, own.bgNbd),
    close('BG/NBD log-likelihood', peer.bgNbdLogLikelihood, own.bgNbdLogLikelihood, 1e-9),
    ...named('Gamma-Gamma', peer.gammaGamma, own.gammaGamma),
    close('sum of P(alive)', peer.pAlive, own.pAlive, 1e-5),
    close('sum of 12-month value', peer.value, own.value, 1e-5),
    close('k-means inertia', peer.inertia, own.inertia, 1e-6),
    profilesOf(peer, own),
  ]
}

function cellsOf(peer: NotebookResults, own: NotebookResults): Comparison {
  const cells = new Set([...Object.keys(peer.rfmCells), ...Object.keys(own.rfmCells)])
  const differing = [...cells].filter((cell) => peer.rfmCells[cell] !== own.rfmCells[cell])
  return {
    equal: differing.length === 0,
    line: `customers in each of ${cells.size} cells of RFM quintiles${differing.length === 0 ? '' : `, but for ${differing.join(' ')}`}`,
  }
}

function profilesOf(peer: NotebookResults, own: NotebookResults): Comparison {
  let largest = 0
  peer.profiles.forEach((profile, cluster) => {
    for (const [name, value] of Object.entries(profile)) {
      const other = own.profiles[cluster]?.[name] ?? Number.POSITIVE_INFINITY
      largest = Math.max(largest, Math.abs(other - value) / Math.max(1, Math.abs(value)))
    }
  })
  return {
    equal: largest <= 1e-4,
    line: `${peer.profiles.length} cluster profiles, largest relative difference ${largest.toExponential(1)}, within 1e-4`,
  }
}

/** Python's packages in a folder of our own; null where there is no Python or they can't be had. */
async function preparePython(): Promise<string | null> {
  const folder = join(benchFolder, 'venv')
  const python = join(folder, 'bin', 'python')
  try {
    if (!existsSync(python)) await runChild('python3', ['-m', 'venv', folder])
    await runChild(python, ['-m', 'pip', 'install', '--quiet', '--requirement', here('requirements.txt')])
    return python
  } catch (error) {
    console.log(`  ${String(error instanceof Error ? error.message : error).slice(0, 500)}`)
    return null
  }
}
