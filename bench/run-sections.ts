import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { bareScans, memoryMb, type Totals, threads } from './bare-scans.ts'
import { best, judged, type SectionResult, seconds } from './report.ts'
import { benchFolder, transactionsFile } from './transactions-file.ts'
import { type WholeRun, wholeRun } from './whole-run.ts'

const rounds = 2

/** The whole way from a file to reports in multiples of the bare scans, in alternating order. */
export async function runSection(customers: number): Promise<SectionResult> {
  const file = await transactionsFile(customers)
  const bare: { seconds: number; totals: Totals }[] = []
  const whole: WholeRun[] = []
  for (let round = 0; round < rounds; round++)
    for (const side of round % 2 === 0 ? (['bare', 'whole'] as const) : (['whole', 'bare'] as const)) {
      if (side === 'bare') bare.push(await bareScans(file, join(benchFolder, 'spill')))
      else whole.push(await wholeRun(file))
      const took = (side === 'bare' ? bare : whole).at(-1)!.seconds
      console.log(`  ${side === 'bare' ? 'bare scans' : 'whole run'}: ${seconds(took)}`)
    }
  const fast = whole.reduce((a, b) => (a.seconds <= b.seconds ? a : b))
  const ratio = judged('whole run / bare scans', fast.seconds / best(bare.map((scan) => scan.seconds)), {
    atMost: 6,
  })
  const memory = judged(
    'resident memory of the run',
    Math.max(...whole.map((run) => run.peakMemoryMb)) / 1024,
    { atMost: 4 },
    'GB',
  )
  const equal = equality(bare[0]!.totals, fast.totals)
  return {
    passed: ratio.passed && memory.passed && equal.passed,
    lines: [
      `${threads} threads, ${memoryMb} MB for the engine; ${fast.features} features`,
      stepsOf(fast),
      ...equal.lines,
      ratio.line,
      memory.line,
    ],
  }
}

/** The same run on more and more customers. */
export async function growthSection(sizes: readonly number[]): Promise<SectionResult> {
  const lines: string[] = []
  let passed = true
  let before: { customers: number; seconds: number } | null = null
  for (const customers of sizes) {
    if (!(await hasRoom(customers))) {
      lines.push(`skipped: ${customers} customers need more room on the disk than there is`)
      continue
    }
    const file = await transactionsFile(customers)
    const { totals } = await bareScans(file, join(benchFolder, 'spill'))
    const run = await wholeRun(file)
    console.log(`  ${customers} customers: ${seconds(run.seconds)}`)
    const equal = equality(totals, run.totals)
    lines.push(
      `${customers} customers, ${totals.transactions} transactions: ${seconds(run.seconds)}, ${(run.peakMemoryMb / 1024).toFixed(2)} GB`,
      stepsOf(run),
      ...equal.lines,
    )
    passed &&= equal.passed
    if (before !== null) {
      const exponent = Math.log(run.seconds / before.seconds) / Math.log(customers / before.customers)
      const growth = judged(
        `growth exponent from ${before.customers} to ${customers}`,
        exponent,
        { atMost: 1 },
        '',
      )
      lines.push(growth.line)
      passed &&= growth.passed
    }
    before = { customers, seconds: run.seconds }
  }
  return { passed, lines }
}

function equality(scanned: Totals, published: Totals): SectionResult {
  const lines = Object.entries(scanned).map(([name, value]) => {
    const other = published[name as keyof Totals]
    const tolerance = name === 'amount' ? 1e-9 : 0
    const equal = Math.abs(value - other) <= tolerance * value
    return `${equal ? 'equal ' : 'DIFFER'} ${name}: ${value} and ${other}`
  })
  return { passed: lines.every((line) => line.startsWith('equal')), lines }
}

function stepsOf(run: WholeRun): string {
  return run.steps.map(([key, took]) => `${key} ${took.toFixed(1)}`).join(', ')
}

/** A file of 13 bytes a transaction, the tables of a run, and what is spilled on the way. */
async function hasRoom(customers: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(benchFolder)
  return bavail * bsize > customers * 4_000 + 2e9
}
