import { counted } from '@tranche/language'
import { folderOf } from '../../engine/folder.ts'
import { TrancheError } from '../../errors.ts'
import { faultText } from '../../intake/quality/stepped-over.ts'
import { listQuarantine } from '../../intake/quarantine/list-quarantine.ts'
import { recordLook } from '../../pipeline/look.ts'
import { openPublishedRun } from '../../pipeline/published-run.ts'
import { withQuarantineThere } from '../../pipeline/quarantine-there.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act(
  { dir, output, streams }: Invocation,
  flags: { source?: string; limit: number },
): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  requireSource(catalogue, flags.source)
  const opened = await openPublishedRun(catalogue, 'record')
  const { warehouse, state, run } = opened
  try {
    const look = {
      what: 'quarantine_list',
      subject: flags.source ?? 'all',
      detail: { run: run.run, limit: flags.limit },
    }
    const unrecorded = await recordLook(catalogue, look, { env: streams.env })
    if (unrecorded !== null) output.say(unrecorded)
    const asked = { source: flags.source, env: streams.env }
    const list = await withQuarantineThere(catalogue, opened, asked, (there) =>
      listQuarantine({
        ...{ warehouse, folder: folderOf(dir).root, state, limit: flags.limit, there },
        ...(flags.source === undefined ? {} : { source: flags.source }),
      }),
    )
    if (output.json) return output.document(list)
    output.say({
      en: `${list.total} row${list.total === 1 ? '' : 's'} in the quarantine`,
      zh: `隔离区共 ${list.total} 行`,
    })
    for (const { source, table, column, reason, rows } of list.byReason)
      output.say(`  ${rows}  ${source} → ${table}  ${column}  ${reason}`)
    for (const { file, line, key, column, detail, original } of list.rows)
      output.say(
        `${file}${line === null ? '' : `:${line}`}${key === null ? '' : ` ${JSON.stringify(key)}`}: ${column}: ${output.pick(detail)}${original === null ? '' : `  ${JSON.stringify(original.slice(0, 120))}`}`,
      )
    for (const { source, table, file, rows, columns } of list.steppedOver) {
      output.say({
        en: `${file}: ${counted(rows, 'row is', 'rows are')} stepped over where they lie (${source} → ${table})`,
        zh: `${file}：有 ${rows} 行在原表中被跳过（${source} → ${table}）`,
      })
      for (const fault of columns) output.say(`  ${output.pick(faultText(fault))}`)
    }
  } finally {
    warehouse.close()
  }
}

function requireSource({ sources }: Catalogue, asked: string | undefined): void {
  if (asked === undefined || sources.some(({ key }) => key === asked)) return
  const known = sources.map(({ key }) => key)
  throw new TrancheError(
    'not_found',
    { en: `There is no source ${JSON.stringify(asked)}.`, zh: `没有来源 ${JSON.stringify(asked)}。` },
    { hint: { en: `Sources: ${known.join(', ')}.`, zh: `现有来源：${known.join('、')}。` } },
  )
}
