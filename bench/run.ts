import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { version } from '../packages/tranche/src/version.ts'
import { runChild } from './child.ts'
import { findingsSection } from './findings.ts'
import { notebookSection } from './notebook-section.ts'
import { previewsSection } from './previews.ts'
import { machineLine, type SectionResult } from './report.ts'
import { growthSection, runSection } from './run-sections.ts'
import { segmentsSection } from './segments.ts'
import { benchFolder } from './transactions-file.ts'

/**
 * node bench/run.ts [notebook] [features] [run] [findings] [segments] [previews] [growth]    all of them by default
 * BENCH_CUSTOMERS says for how many; segments and previews are of five times as many.
 * Exits with 1 where a target is missed, or where a ratio stands on results that differ.
 */
const customers = Number(process.env['BENCH_CUSTOMERS'] ?? 1_000_000)
const sections = {
  notebook: {
    title: 'Like for like with the notebook people write: pandas, lifetimes, scikit-learn',
    work: () => notebookSection(customers),
  },
  features: { title: 'The feature compiler in multiples of bare scans', work: featuresSection },
  run: {
    title: 'The whole run, from a Parquet file to both reports, in multiples of bare scans',
    work: () => runSection(customers),
  },
  findings: {
    title: 'All findings and both reports of a simulated institution',
    work: () => findingsSection(customers),
  },
  segments: {
    title: 'Two hundred rules together, against as many counts and against streaming their columns',
    work: () => segmentsSection(customers * 5),
  },
  previews: {
    title: 'Rules tried one after another in a warm process',
    work: () => previewsSection(customers * 5),
  },
  growth: {
    title: 'The whole run as customers grow',
    work: () => growthSection([customers / 10, customers, customers * 5]),
  },
} as const
type SectionName = keyof typeof sections

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in sections))
if (unknown.length > 0) {
  console.error(`Unknown section ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}.`)
  process.exit(2)
}
process.exitCode = (await runAll(
  asked.length > 0 ? (asked as SectionName[]) : (Object.keys(sections) as SectionName[]),
))
  ? 0
  : 1

async function runAll(names: readonly SectionName[]): Promise<boolean> {
  await mkdir(join(benchFolder, 'spill'), { recursive: true })
  console.log(`Tranche ${version} on ${machineLine()}`)
  let passed = true
  for (const name of names) {
    const { title, work } = sections[name]
    console.log(`\n${name}: ${title}`)
    const result = await work()
    for (const line of result.lines) console.log(`  ${line}`)
    passed &&= result.passed
  }
  await rm(join(benchFolder, 'spill'), { recursive: true, force: true })
  console.log(passed ? '\nEvery target was met.' : '\nA target was missed.')
  return passed
}

/** Its own program, with its own data: it prints each figure with its target, `name: value (at most target)`. */
async function featuresSection(): Promise<SectionResult> {
  const script = fileURLToPath(new URL('features.ts', import.meta.url))
  const { stdout } = await runChild(process.execPath, ['--conditions=tranche-source', script])
  const lines = stdout.trim().split('\n')
  const judgements = lines.flatMap((line) => {
    const found = /: ([\d.]+).*\(at most ([\d.]+)\)/.exec(line)
    return found === null ? [] : [Number(found[1]) <= Number(found[2])]
  })
  return { passed: judgements.length > 0 && judgements.every(Boolean), lines }
}
