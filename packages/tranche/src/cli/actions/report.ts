import { mkdir } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { Audience } from '@tranche/contract'
import { writeAtomically } from '../../engine/atomic-file.ts'
import { TrancheError } from '../../errors.ts'
import { checkReports } from '../../pipeline/check-published-report.ts'
import { openPublishedRun } from '../../pipeline/published-run.ts'
import { type ReportFileFormat, writeReport } from '../../reports/render-report.ts'
import { requireFolder } from '../../reports/require-folder.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

interface ReportFlags {
  readonly format: ReportFileFormat
  readonly out?: string
  readonly audience?: Audience
  readonly check?: string | true
}

export async function act(invocation: Invocation, flags: ReportFlags): Promise<void> {
  const catalogue = await loadWorkspace(invocation.dir)
  if (flags.check !== undefined) return await check(invocation, catalogue, flags.check)
  const { output } = invocation
  const file = resolve(flags.out ?? `report.${output.language}.${flags.format}`)
  await requireFolder(file)
  const { warehouse, manifest, run } = await openPublishedRun(catalogue, 'results')
  try {
    const files = await writeReport(
      {
        warehouse,
        catalogue,
        manifest,
        lang: output.language,
        format: flags.format,
        audience: flags.audience,
      },
      { name: basename(file, extname(file)), env: invocation.streams.env },
    )
    for (const [name, content] of files) {
      const path = name === '' ? file : join(dirname(file), name)
      await mkdir(dirname(path), { recursive: true })
      await writeAtomically(path, content)
    }
    if (output.json) output.document({ run: run.run, file, format: flags.format, language: output.language })
    output.say({
      en: `Report of run ${run.run} written to ${file}`,
      zh: `运行 ${run.run} 的报告已写入 ${file}`,
    })
  } finally {
    warehouse.close()
  }
}

async function check({ output }: Invocation, catalogue: Catalogue, asked: string | true): Promise<void> {
  const reports = await checkReports(catalogue, asked === true ? [] : [resolve(asked)])
  if (output.json) output.document(reports)
  let lies = 0
  for (const report of reports) {
    lies += report.lies.length
    for (const { mark, shown, expected } of report.lies)
      output.say({
        en: `${basename(report.file)}: ${mark}: shown ${shown}; expected ${expected}`,
        zh: `${basename(report.file)}：${mark}：文件中为 ${shown}；应为 ${expected}`,
      })
    if (report.lies.length === 0)
      output.say({
        en: `${basename(report.file)}: all ${report.checked} numbers and passages hold against run ${report.run}.`,
        zh: `${basename(report.file)}：${report.checked} 处数字与语句均与运行 ${report.run} 一致。`,
      })
  }
  if (lies > 0)
    throw new TrancheError('refused', {
      en: `${lies} ${lies === 1 ? 'passage is' : 'passages are'} not borne out by the tables.`,
      zh: `${lies} 处与数据表不符。`,
    })
}
