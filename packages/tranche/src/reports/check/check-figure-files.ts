import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { composePublished } from '../document/compose.ts'
import type { PageOptions } from '../document/report-document.ts'
import { figureFiles } from '../figure-files.ts'
import type { Lie } from './check-numbers.ts'
import type { ReportHead } from './report-head.ts'

/** Figures beside a report in Markdown that show something else than the tables, or are gone. */
export async function checkFigureFiles(
  text: string,
  { figures }: Pick<ReportHead, 'figures'>,
  folder: string,
  options: PageOptions,
): Promise<readonly Lie[]> {
  const lies: Lie[] = []
  for (const [name, svg] of figureFiles(composePublished(options))) {
    const link = `${figures}/${name}`
    if (!text.includes(`(${encodeURI(link)})`)) continue
    const shown = await readFile(join(folder, figures, name), 'utf8').catch(() => undefined)
    if (shown === svg) continue
    const state = shown === undefined ? 'no such file' : firstDifference(shown, svg)
    lies.push({ mark: `file=${link}`, shown: state, expected: 'the figure as its table gives it' })
  }
  return lies
}

function firstDifference(shown: string, expected: string): string {
  let at = 0
  while (at < shown.length && shown[at] === expected[at]) at++
  return shown.slice(Math.max(0, at - 40), at + 40)
}
