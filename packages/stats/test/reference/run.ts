import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { referenceRoot } from './adapter.ts'
import { casesOf, judge, type Verdict } from './judge.ts'

// Reads every case of the reference collection through its area's adapter and says how many agree, on all cores.
// Usage: node --conditions=tranche-source test/reference/run.ts [area or case id …] [--verbose]

const root = referenceRoot()
const words = process.argv.slice(2)
const wanted = words.filter((word) => !word.startsWith('-'))
const verbose = words.includes('--verbose')
const part = words.find((word) => word.startsWith('--part='))
if (root === undefined)
  console.log('TRANCHE_REFERENCE is not set, so no reference case was read.\n0 passed, 0 failed, 0 skipped')
else if (part === undefined) await judgeAll(root)
else await judgePart(root, part)

/** One process's share, for the one that started it. */
async function judgePart(folder: string, share: string): Promise<void> {
  const [at = 0, of = 1] = share.slice('--part='.length).split('/').map(Number)
  const verdicts: Verdict[] = []
  for (const [index, item] of casesOf(folder, wanted).entries())
    if (index % of === at) verdicts.push(await judge(item))
  process.stdout.write(JSON.stringify(verdicts))
}

async function judgeAll(folder: string): Promise<void> {
  const cases = casesOf(folder, wanted)
  const count = Math.min(availableParallelism(), Math.max(1, cases.length))
  const parts = await Promise.all(
    Array.from({ length: count }, (_, at) => startPart(`--part=${at}/${count}`)),
  )
  const verdicts = new Map(parts.flat().map((verdict) => [verdict.id, verdict]))
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const [area, own] of Map.groupBy(cases, (item) => item.area)) {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    for (const { reference } of own) {
      const verdict = verdicts.get(reference.id)!
      counts[verdict.result]++
      total[verdict.result]++
      print(verdict)
    }
    console.log(
      `${area.padEnd(20)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
    )
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

async function startPart(share: string): Promise<readonly Verdict[]> {
  const script = fileURLToPath(import.meta.url)
  const child = spawn(process.execPath, [...process.execArgv, script, ...wanted, share], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(await text(child.stdout)) as readonly Verdict[]
}

function print({ id, result, lines, ms }: Verdict): void {
  if (result === 'skipped') console.log(`  skipped ${id}: ${lines.join('; ')}`)
  else if (result === 'failed') {
    const shown = verbose ? 40 : 3
    const more = lines.length > shown ? ` … and ${lines.length - shown} more` : ''
    console.log(`  failed ${id}: ${lines.slice(0, shown).join('; ')}${more}`)
  } else if (verbose) console.log(`  passed ${id} in ${ms} ms`)
}
