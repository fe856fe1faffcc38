import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ReportCheck } from '@tranche/contract'
import { folderOf, runFolderOf } from '../engine/folder.ts'
import { openRun, readPointer } from '../engine/published.ts'
import { TrancheError } from '../errors.ts'
import { checkFigureFiles } from '../reports/check/check-figure-files.ts'
import { checkReport } from '../reports/check/check-report.ts'
import { readHead } from '../reports/check/report-head.ts'
import { pageOptions } from '../reports/render-report.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { requireOnThisMachine } from './cluster-refusal.ts'
import { readManifest } from './manifest.ts'

/**
 * Reads finished reports back and holds everything in them against the tables of the run that each is of; without
 * files, those that the published run wrote.
 *
 * @throws TrancheError invalid_input for a file that is no report; not_found where its run is no longer kept
 */
export async function checkReports(
  catalogue: Catalogue,
  files: readonly string[],
): Promise<readonly ReportCheck[]> {
  const checked: ReportCheck[] = []
  for (const file of files.length > 0 ? files : await publishedFiles(catalogue))
    checked.push(await checkOne(catalogue, file))
  return checked
}

async function publishedFiles(catalogue: Catalogue): Promise<readonly string[]> {
  const current = await readPointer(folderOf(catalogue.dir))
  if (current === null)
    throw new TrancheError(
      'not_found',
      { en: `Nothing is published in ${catalogue.dir} yet.`, zh: `${catalogue.dir} 尚无已发布的结果。` },
      { hint: { en: 'Run `tranche run` first.', zh: '请先执行 `tranche run`。' } },
    )
  const manifest = await readManifest(current)
  if (manifest !== null) requireOnThisMachine(manifest)
  return ['en.html', 'zh.html', 'en.md', 'zh.md'].map((name) => join(current.path, `report.${name}`))
}

async function checkOne(catalogue: Catalogue, file: string): Promise<ReportCheck> {
  const text = await readFile(file, 'utf8')
  const head = readHead(text)
  if (head === undefined || !/^[\w-]+$/.test(head.run))
    throw new TrancheError('invalid_input', {
      en: `${basename(file)} does not say which run it reports: expected HTML or Markdown written by \`tranche report\`.`,
      zh: `${basename(file)} 未注明所报告的运行：应为 \`tranche report\` 生成的 HTML 或 Markdown 文件。`,
    })
  const run = runFolderOf(folderOf(catalogue.dir), head.run)
  const manifest = await readManifest(run)
  if (manifest === null)
    throw new TrancheError('not_found', {
      en: `${basename(file)} reports run ${head.run}, which this workspace does not keep (any more).`,
      zh: `${basename(file)} 报告的运行 ${head.run} 不在（或已不在）本工作区中。`,
    })
  const warehouse = await openRun(run)
  try {
    const { lang, audience } = head
    const options = await pageOptions({ warehouse, catalogue, manifest, lang, audience })
    const { checked, lies } = checkReport(text, head, options)
    const pictures = head.format === 'md' ? await checkFigureFiles(text, head, dirname(file), options) : []
    return { file, run: head.run, language: lang, checked, lies: [...lies, ...pictures] }
  } finally {
    warehouse.close()
  }
}
