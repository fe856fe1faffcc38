import { counted, formatCount } from '@tranche/language'
import { TrancheError } from '../../errors.ts'
import type { ComparedTable } from '../../pipeline/compare-runs.ts'
import { replayRun } from '../../pipeline/replay.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'
import { withProgress } from './run.ts'

export async function act(invocation: Invocation, run: string | undefined): Promise<void> {
  const { output } = invocation
  const catalogue = await loadWorkspace(invocation.dir)
  const replay = await withProgress(invocation, (options) => replayRun(catalogue, run, options))
  if (output.json) output.document(replay)
  const { version, tables, files } = replay
  if (version.published !== version.again)
    output.say({
      en: `Computed by version ${version.published} then, by ${version.again} now.`,
      zh: `当时由版本 ${version.published} 计算，现由 ${version.again} 计算。`,
    })
  const count = (value: number | undefined) => formatCount(value ?? 0, output.language)
  for (const table of tables)
    output.say(
      table.equal
        ? {
            en: `= ${table.table}: ${counted(table.again?.rows ?? 0, 'row', 'rows')}`,
            zh: `= ${table.table}：${count(table.again?.rows)} 行`,
          }
        : difference(table, count),
    )
  for (const { file, equal } of files) output.say(`${equal ? '=' : '≠'} ${file}`)
  const off = tables.filter(({ equal }) => !equal).length + files.filter(({ equal }) => !equal).length
  if (off > 0)
    throw new TrancheError('refused', {
      en: `${formatCount(off, 'en')} of ${tables.length + files.length} tables and pages of run ${replay.run} came out otherwise.`,
      zh: `运行 ${replay.run} 的 ${tables.length + files.length} 个表和页面中有 ${off} 个与当时不同。`,
    })
  output.say({
    en: `Run ${replay.run} computed again: all ${tables.length} tables and ${files.length} pages are equal.`,
    zh: `已重新计算运行 ${replay.run}：${tables.length} 个表和 ${files.length} 个页面全部相同。`,
  })
}

function difference(
  { table, published, again }: ComparedTable,
  count: (value: number | undefined) => string,
) {
  if (published === null || again === null)
    return {
      en: `≠ ${table}: only ${published === null ? 'computed now' : 'published then'}`,
      zh: `≠ ${table}：仅${published === null ? '本次算出' : '当时发布'}`,
    }
  return {
    en: `≠ ${table}: ${count(published.differing)} of ${count(published.rows)} rows are gone, ${count(again.differing)} of ${count(again.rows)} are new`,
    zh: `≠ ${table}：原 ${count(published.rows)} 行中 ${count(published.differing)} 行不再出现，现 ${count(again.rows)} 行中 ${count(again.differing)} 行为新出现`,
  }
}
