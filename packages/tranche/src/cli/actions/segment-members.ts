import { resolve } from 'node:path'
import { counted, quote } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import { exportOnRecord } from '../../pipeline/export.ts'
import { requirePublished, requireSegment } from '../../pipeline/published-segments.ts'
import { withPublishedTable, withPublishedTables } from '../../pipeline/published-table.ts'
import { publishedStaleness } from '../../pipeline/staleness.ts'
import type { ExportEncoding, ExportFormat } from '../../reports/tables/export-table.ts'
import { sql } from '../../sql/sql.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { sayFreshness } from '../freshness.ts'
import type { Invocation } from '../program.ts'

interface MembersFlags {
  readonly format: ExportFormat
  readonly encoding: ExportEncoding
  readonly out?: string
}

export async function act(invocation: Invocation, key: string, flags: MembersFlags): Promise<void> {
  const catalogue = await loadWorkspace(invocation.dir)
  requireSegment(catalogue, key)
  const { output, streams } = invocation
  const { env } = streams
  const staleness = await withPublishedTables(catalogue, env, async ({ warehouse }) => {
    await requirePublished(warehouse, key)
    return await publishedStaleness(warehouse, catalogue, key)
  })
  const write = async (warehouse: Warehouse) => {
    const outcome = await exportOnRecord(warehouse, catalogue, {
      table: 'segment_membership',
      file: resolve(flags.out ?? `${key}.${flags.format}`),
      format: flags.format,
      encoding: flags.encoding,
      language: output.language,
      env,
      where: `segment == ${quote(key)}`,
    })
    if (output.json) output.document({ ...outcome, ...staleness })
    output.say({
      en: `${counted(outcome.rows, 'member', 'members')} of ${key} written to ${outcome.files.join(', ')}`,
      zh: `已将 ${key} 的 ${outcome.rows} 名成员写入 ${outcome.files.join('、')}`,
    })
    if (staleness.stale) sayFreshness(output, staleness)
    if (outcome.unrecorded !== null) output.say(outcome.unrecorded)
  }
  await withPublishedTable(catalogue, 'segment_membership', env, write, sql`segment = ${key}`)
}
