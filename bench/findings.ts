import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openPublishedRun } from '../packages/tranche/src/pipeline/published-run.ts'
import { renderReports } from '../packages/tranche/src/reports/render-report.ts'
import { loadWorkspace } from '../packages/tranche/src/workspace/load.ts'
import { runChild } from './child.ts'
import { judged, type SectionResult, seconds } from './report.ts'
import { benchFolder } from './transactions-file.ts'

const command = fileURLToPath(new URL('../bin/tranche', import.meta.url))
const mostSeconds = 20

/**
 * The growth report of a simulated institution with all its tables, as a user makes it. Judged is what follows once every
 * customer is one row: all findings, and both languages' pages.
 */
export async function findingsSection(customers: number): Promise<SectionResult> {
  const dir = join(benchFolder, 'institution')
  await rm(dir, { recursive: true, force: true })
  try {
    await runChild(command, ['simulate', dir, '--customers', String(customers), '--seed', '7'])
    const whole = await runChild(command, ['-C', dir, 'run'])
    const { run } = JSON.parse(await readFile(join(dir, '.tranche', 'current.json'), 'utf8')) as {
      run: string
    }
    const { steps } = JSON.parse(
      await readFile(join(dir, '.tranche', 'runs', run, 'manifest.json'), 'utf8'),
    ) as { steps: readonly { key: string; seconds: number; rows: number | null }[] }
    const of = (key: string) => steps.find((step) => step.key === key)!
    const pages = await renderPages(dir)
    const measured = of('findings').seconds + pages
    const target = judged('findings and both pages', measured, { atMost: mostSeconds }, 's')
    return {
      passed: target.passed,
      lines: [
        `${customers} customers, ${of('intake').rows ?? 0} rows of all tables, ${of('findings').rows ?? 0} findings; the whole run ${seconds(whole.seconds)}, ${(whole.peakMemoryMb ?? 0).toFixed(0)} MB`,
        `steps: ${steps.map(({ key, seconds: took }) => `${key} ${took.toFixed(1)}`).join(', ')}`,
        `both pages alone ${seconds(pages)}`,
        target.line,
      ],
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Seconds that the published run's pages take in both languages. */
async function renderPages(dir: string): Promise<number> {
  const catalogue = await loadWorkspace(dir)
  const { warehouse, manifest } = await openPublishedRun(catalogue)
  try {
    const begin = performance.now()
    const wanted = (['en', 'zh'] as const).map((lang) => ({ lang, format: 'html' as const }))
    await renderReports({ warehouse, catalogue, manifest }, wanted)
    return (performance.now() - begin) / 1000
  } finally {
    warehouse.close()
  }
}
