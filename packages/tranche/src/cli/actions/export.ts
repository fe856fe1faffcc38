import { dirname, resolve } from 'node:path'
import { counted } from '@tranche/language'
import { exportOnRecord } from '../../pipeline/export.ts'
import { withPublishedTable } from '../../pipeline/published-table.ts'
import type { ExportFormat } from '../../reports/tables/export-table.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

interface ExportFlags {
  readonly format: ExportFormat
  readonly encoding: 'utf-8' | 'utf-8-bom' | 'gb18030'
  readonly out?: string
  readonly where?: string
  readonly columns?: string
  readonly split: boolean
}

export async function act(invocation: Invocation, table: string, flags: ExportFlags): Promise<void> {
  const catalogue = await loadWorkspace(invocation.dir)
  const { env } = invocation.streams
  await withPublishedTable(catalogue, table, env, async (warehouse) => {
    const file = resolve(flags.out ?? `${table}.${flags.format}`)
    const outcome = await exportOnRecord(warehouse, catalogue, {
      table,
      file,
      format: flags.format,
      encoding: flags.encoding,
      language: invocation.output.language,
      split: flags.split,
      env,
      ...(flags.where === undefined ? {} : { where: flags.where }),
      ...(flags.columns === undefined
        ? {}
        : { columns: flags.columns.split(',').map((name) => name.trim()) }),
    })
    if (invocation.output.json) invocation.output.document(outcome)
    const files = outcome.files.map((name) =>
      dirname(name) === process.cwd() ? name.slice(process.cwd().length + 1) : name,
    )
    invocation.output.say({
      en: `${counted(outcome.rows, 'row', 'rows')} of ${table} written to ${files.join(', ')}`,
      zh: `已将 ${table} 的 ${outcome.rows} 行写入 ${files.join('、')}`,
    })
    if (outcome.unrecorded !== null) invocation.output.say(outcome.unrecorded)
  })
}
