import { resolve } from 'node:path'
import { counted, plural } from '@tranche/language'
import { openDuckDb } from '../../engine/duckdb.ts'
import { folderOf } from '../../engine/folder.ts'
import { exportQuarantine } from '../../intake/quarantine/export-quarantine.ts'
import { recordLook } from '../../pipeline/look.ts'
import { openPublishedRun } from '../../pipeline/published-run.ts'
import { withQuarantineThere } from '../../pipeline/quarantine-there.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output, streams }: Invocation,
  source: string,
  flags: { out?: string },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const opened = await openPublishedRun(catalogue, 'record')
  const look = { what: 'quarantine_export', subject: source, detail: { run: opened.run.run } }
  const unrecorded = await recordLook(catalogue, look, { env: streams.env })
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    const outcome = await withQuarantineThere(catalogue, opened, { source, env: streams.env }, (there) =>
      exportQuarantine({
        ...{ warehouse, catalogue, folder: folderOf(dir).root, state: opened.state, source, there },
        out: resolve(flags.out ?? `${source}.mended.csv`),
      }),
    )
    if (output.json) output.document(outcome)
    if (unrecorded !== null) output.say(unrecorded)
    const table = catalogue.sources.find(({ key }) => key === source)?.value.cluster?.table
    const place =
      table === undefined
        ? { en: "put the file beside the source's", zh: '放到来源文件旁' }
        : { en: `put right what stands in ${table}`, zh: `在 ${table} 中更正` }
    output.say({
      en: `${counted(outcome.rows, 'row', 'rows')} written to ${outcome.out}. Mend ${plural(outcome.rows, 'it', 'them')}, ${place.en}, and run again.`,
      zh: `已将 ${outcome.rows} 行写入 ${outcome.out}。修正后${place.zh}，再次运行即可。`,
    })
    if (outcome.unreadable > 0)
      output.say({
        en: `${counted(outcome.unreadable, 'line has', 'lines have')} no columns to write; mend ${plural(outcome.unreadable, 'it', 'them')} in the file itself.`,
        zh: `另有 ${outcome.unreadable} 行无法拆分成列，请直接在原文件中修正。`,
      })
    if (outcome.emptied.length > 0)
      output.say({
        en: `Left empty because they name a person: ${outcome.emptied.join(', ')}.`,
        zh: `因属个人标识而留空的列：${outcome.emptied.join('、')}。`,
      })
  } finally {
    warehouse.close()
    opened.warehouse.close()
  }
}
