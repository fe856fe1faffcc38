import { extname, resolve } from 'node:path'
import { formatCount, formatInstant } from '@tranche/language'
import { writeAtomically } from '../../engine/atomic-file.ts'
import { TrancheError } from '../../errors.ts'
import { type SegmentFlows, segmentFlows } from '../../pipeline/segment-flows.ts'
import { flowsPage, flowsSvg } from '../../reports/flows-page.ts'
import { requireFolder } from '../../reports/require-folder.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

interface FlowFlags {
  readonly from?: string
  readonly to?: string
  readonly out?: string
}

const drawings: Readonly<Record<string, typeof flowsPage>> = { '.html': flowsPage, '.svg': flowsSvg }

export async function act(
  { dir, output }: Invocation,
  set: string,
  { out, ...between }: FlowFlags,
): Promise<void> {
  const file = out === undefined ? undefined : resolve(out)
  if (file !== undefined) await requireDrawable(file)
  const catalogue = await loadWorkspace(dir)
  const found = await segmentFlows(catalogue, set, between)
  if (file !== undefined) await draw(found, catalogue, file, output.language)
  if (output.json) return output.document(found)
  const lang = output.language
  const day = (instant: string) => formatInstant(instant, { lang, timeZone: catalogue.workspace.timeZone })
  output.say({
    en: output.strong(`${set}: from ${day(found.from)} to ${day(found.to)}`),
    zh: output.strong(`${set}：由 ${day(found.from)} 至 ${day(found.to)}`),
  })
  if (found.from === found.to)
    output.say({
      en: '  one day alone: who went where is known once a run is as of another day',
      zh: '  仅有同一天的结果：再有截至另一天的运行后，方可看到流向',
    })
  for (const { from, to, customers } of found.flows)
    output.say({
      en: `  ${from ?? 'none'} → ${to ?? 'none'}: ${formatCount(customers, lang)}`,
      zh: `  ${from ?? '无'} → ${to ?? '无'}：${formatCount(customers, lang)}`,
    })
  if (file !== undefined) output.say({ en: `Drawn in ${file}`, zh: `图已写入 ${file}` })
}

async function requireDrawable(file: string): Promise<void> {
  await requireFolder(file)
  if (drawings[extname(file)] !== undefined) return
  throw new TrancheError('invalid_input', {
    en: `${file} should end in .html (a page) or .svg (a picture).`,
    zh: `${file} 应以 .html（网页）或 .svg（图片）结尾。`,
  })
}

async function draw(
  found: SegmentFlows,
  { report, workspace: { timeZone } }: Catalogue,
  file: string,
  lang: 'en' | 'zh',
): Promise<void> {
  const day = (instant: string) => formatInstant(instant, { lang, timeZone })
  const days = [day(found.from), day(found.to)] as const
  await writeAtomically(file, drawings[extname(file)]!({ ...found, days }, { lang, look: report.look }))
}
