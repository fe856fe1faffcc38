import { rm } from 'node:fs/promises'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import {
  type ColumnProfile,
  mergeProfiles,
  type ProfiledColumn,
  profileAggregates,
  readProfile,
} from '../quality/profile.ts'
import { codedColumns, readCoded } from './coded-texts.ts'
import { type CompiledTable, readDirectly } from './compile-table.ts'
import { judgedRows } from './judge.ts'
import {
  counts,
  type Found,
  faultsOf,
  faultsSeen,
  type MappedTable,
  type MapTableOptions,
  outcome,
  quarantineRows,
  writeQuarantine,
} from './map-table.ts'
import { foldedBy, inCase, isInOrder, mostStepsOver, type Order } from './order-of-columns.ts'

export interface InPlaceTable {
  readonly mapped: MappedTable
  readonly profile: readonly ColumnProfile[]
}

export interface InPlaceOptions extends MapTableOptions {
  /** What is taken for granted of texts; `compiled` and `raw` take it so. */
  readonly order: Order
  /** The mapping over rows of which nothing is taken for granted. */
  readonly compileAnew: (from: Sql) => CompiledTable
  readonly profiled: readonly ProfiledColumn[]
}

const scan = 'intake_scan'
const patch = 'intake_patch'

/**
 * Maps a file without writing its rows: one look at every row where it lies tells casts, required values, expectations
 * and profile. The few rows in which some text is not in order are written as mapped and stepped over, so that nothing
 * is normalised whenever the file is read. `out_of_order` where they are more than a few; `rejected` where so many rows
 * are bad that the good ones had better be written.
 */
export async function readTableInPlace(
  options: InPlaceOptions,
): Promise<InPlaceTable | 'out_of_order' | 'rejected'> {
  const { warehouse, order, raw, records } = options
  const most = records * mostStepsOver
  const compiled = inCase(options.compiled, order)
  const inOrder = isInOrder(options.compiled, raw.columns, order)
  const { coded, unknown } = await codedColumns(warehouse, compiled, raw, options.compileOver)
  try {
    const quick = readDirectly(readCoded(compiled, coded, unknown), order.direct)
    const main = await scanMain({ ...options, compiled: quick }, inOrder)
    const odd = records - main.rows
    if (odd > most) return 'out_of_order'
    const over = odd === 0 ? null : await copyPatch(options, inOrder!)
    const patched = over === null ? null : await scanPatch(over)
    const bad = rejectedOf(main) + rejectedOf(patched)
    if (bad > most) return 'rejected'
    const kept = over === null ? 0 : await writePatch(over, patched!)
    await writeQuarantine(options, [
      ...(rejectedOf(main) > 0
        ? [
            quarantineRows(
              options,
              options.compileOver(sql`select unnest(bad_lines) as line from ${ident(scan)}`),
              faultsOf(main.found),
            ),
          ]
        : []),
      ...(over !== null && rejectedOf(patched) > 0
        ? [quarantineRows(over, over.compiled, faultsOf(patched!.found))]
        : []),
    ])
    const stepsOver = bad > 0 || patched !== null
    if (stepsOver) await writeLines(options, patched !== null)
    return {
      mapped: {
        ...outcome(options, patched === null ? main.found : sum(main.found, patched.found), 0),
        place: 'in_place',
        direct: [...order.direct],
        tight: [...order.tight],
        coded,
        patched: kept,
        stepsOver,
        folded: foldedBy(compiled, order),
      },
      profile: mergeProfiles([main.profile, ...(patched === null ? [] : [patched.profile])]),
    }
  } finally {
    await warehouse.run(sql`drop table if exists ${ident(scan)}`)
    await warehouse.run(sql`drop table if exists ${ident(patch)}`)
    await rm(`${options.standardFile}.part`, { force: true })
  }
}

interface Scanned {
  readonly found: Found
  readonly rows: number
  readonly profile: readonly ColumnProfile[]
}

function rejectedOf(scanned: Scanned | null): number {
  return Number(scanned?.found['rejected'] ?? 0)
}

/** Rows in order, each text as it stands. */
async function scanMain(options: InPlaceOptions, inOrder: Sql | null): Promise<Scanned> {
  const { warehouse, profiled } = options
  const judged = judgedRows({
    ...options,
    withFaults: true,
    carry: profiled.map(({ name, ref }) => ({ name: `~s:${name}`, value: ref })),
    ...(inOrder === null ? {} : { only: inOrder }),
  })
  const aggregates = [
    ...counts(options),
    faultsSeen,
    ...profileAggregates(
      profiled.map((column) => ({ ...column, ref: ident(`~s:${column.name}`) })),
      { records: options.records, line: ident('_line') },
    ),
    sql`list(_line) filter (where _rejected) as bad_lines`,
  ]
  await warehouse.run(
    sql`create or replace temp table ${ident(scan)} as select ${join(aggregates)} from ${judged}`,
  )
  const found = await warehouse.row<Found>(sql`select * exclude (bad_lines) from ${ident(scan)}`)
  const rows = Number(found['read'])
  return { found, rows, profile: readProfile(profiled, rows, found) }
}

/** Copies rows with a text that is not in order out of the file; gives the mapping over them. */
async function copyPatch(options: InPlaceOptions, inOrder: Sql): Promise<InPlaceOptions> {
  const { raw, order } = options
  await options.warehouse.run(
    sql`create or replace temp table ${ident(patch)} as select s.* from ${raw.from} where not ${inOrder}`,
  )
  return { ...options, compiled: inCase(options.compileAnew(sql`${ident(patch)} s`), order) }
}

async function scanPatch(over: InPlaceOptions): Promise<Scanned> {
  const { warehouse, profiled } = over
  const found = await warehouse.row<Found>(
    sql`select ${join([...counts(over), faultsSeen])} from ${judgedRows({ ...over, withFaults: true })}`,
  )
  const rows = Number(found['read'])
  const profileFound = await warehouse.row<Found>(
    sql`select ${join([sql`count(*) as n`, ...profileAggregates(profiled, { records: rows, line: ident('_line') })])} from ${ident(patch)} s`,
  )
  return { found, rows, profile: readProfile(profiled, rows, profileFound) }
}

async function writePatch(over: InPlaceOptions, { found, rows }: Scanned): Promise<number> {
  const kept = rows - Number(found['rejected']) - Number(found['filtered'])
  if (kept === 0) return 0
  await over.warehouse.writeParquet(
    sql`select *, ${over.fileId} as _file from ${judgedRows(over)} where not _rejected and not _filtered`,
    over.standardFile,
  )
  return kept
}

async function writeLines({ warehouse, linesFile }: MapTableOptions, hasPatch: boolean): Promise<void> {
  const copied = hasPatch ? sql` union select _line from ${ident(patch)}` : sql``
  await warehouse.writeParquet(
    sql`select line from (select unnest(bad_lines) as line from ${ident(scan)}${copied}) order by line`,
    linesFile,
  )
}

/** Counts add up; ends are the outer ones. */
function sum(a: Found, b: Found): Found {
  const outer = (name: 'oldest' | 'newest') => {
    const [x, y] = [a[name] ?? null, b[name] ?? null]
    if (x === null || y === null) return x ?? y
    return (name === 'oldest') === String(x) < String(y) ? x : y
  }
  const added = Object.keys(b).map((name) => [name, Number(a[name] ?? 0) + Number(b[name] ?? 0)])
  return { ...a, ...Object.fromEntries(added), oldest: outer('oldest'), newest: outer('newest') }
}
