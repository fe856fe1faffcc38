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
  type MappedTable,
  type MapTableOptions,
  outcome,
  quarantineRows,
  writeQuarantine,
} from './map-table.ts'
import { columnsInOrder, type Order } from './order-of-columns.ts'

export interface InPlaceTable {
  readonly mapped: MappedTable
  readonly profile: readonly ColumnProfile[]
}

/** Above this share of rows that are rejected or not in order, writing the good ones pays. */
export const mostStepsOver = 0.1

const scan = 'intake_scan'
const patch = 'intake_patch'

/**
 * Maps a file without writing its rows: one look at every row where it lies tells casts, required values, expectations
 * and profile. The few rows in which some text is not in order are written as mapped and stepped over, so that nothing
 * is normalised whenever the file is read. Null where so many rows are bad that the good ones had better be written.
 */
export async function readTableInPlace(
  options: MapTableOptions,
  profiled: readonly ProfiledColumn[],
): Promise<InPlaceTable | null> {
  const { warehouse } = options
  const order = await columnsInOrder(warehouse, options.compiled, options.raw, options.records)
  const { coded, unknown } = await codedColumns(warehouse, order.compiled, options.raw, options.compileOver)
  const folded = { ...options, compiled: order.compiled }
  try {
    const patched = order.unlessPlain === null ? null : await scanPatch(folded, order.unlessPlain, profiled)
    if (patched !== null && patched.rows > options.records * mostStepsOver) return null
    const quick = { ...options, compiled: readCoded(order.compiled, coded, unknown) }
    const main = await scanMain(quick, order, patched !== null, profiled)
    const bad = Number(main.found['rejected']) + Number(patched?.found['rejected'] ?? 0)
    if (bad > options.records * mostStepsOver) return null
    const kept = patched === null ? 0 : await writePatch(folded, patched)
    await writeQuarantine(folded, [
      ...(Number(main.found['rejected']) > 0
        ? [
            quarantineRows(
              folded,
              options.compileOver(sql`select unnest(bad_lines) as line from ${ident(scan)}`),
            ),
          ]
        : []),
      ...(Number(patched?.found['rejected'] ?? 0) > 0
        ? [quarantineRows(folded, overPatch(folded).compiled)]
        : []),
    ])
    const stepsOver = bad > 0 || patched !== null
    if (stepsOver) await writeLines(folded, patched !== null)
    const profiles = [main.profile, ...(patched === null ? [] : [patched.profile])]
    return {
      mapped: {
        ...outcome(folded, patched === null ? main.found : sum(main.found, patched.found), 0),
        place: 'in_place',
        direct: [...order.direct],
        tight: [...options.raw.columns.values()].flatMap(({ name, tight }) => (tight ? [name] : [])),
        coded,
        patched: kept,
        stepsOver,
        folded: order.folded,
      },
      profile: mergeProfiles(profiles),
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

/** Rows in order, each text as it stands. */
async function scanMain(
  options: MapTableOptions,
  order: Order,
  hasPatch: boolean,
  profiled: readonly ProfiledColumn[],
): Promise<Scanned> {
  const { warehouse } = options
  const compiled = readDirectly(options.compiled, order.direct)
  const judged = judgedRows({
    ...options,
    compiled,
    carry: profiled.map(({ name, ref }) => ({ name: `~s:${name}`, value: ref })),
    ...(hasPatch ? { except: sql`select _line from ${ident(patch)}` } : {}),
  })
  const aggregates = [
    ...counts({ ...options, compiled }),
    ...profileAggregates(profiled.map((column) => ({ ...column, ref: ident(`~s:${column.name}`) }))),
    sql`list(_line) filter (where _rejected) as bad_lines`,
  ]
  await warehouse.run(
    sql`create or replace temp table ${ident(scan)} as select ${join(aggregates)} from ${judged}`,
  )
  const found = await warehouse.row<Found>(sql`select * exclude (bad_lines) from ${ident(scan)}`)
  const rows = Number(found['read'])
  return { found, rows, profile: readProfile(profiled, rows, found) }
}

/** Rows with a text that is not in order, copied out of the file. */
async function scanPatch(
  options: MapTableOptions,
  unlessPlain: Sql,
  profiled: readonly ProfiledColumn[],
): Promise<Scanned> {
  const { warehouse, compiled } = options
  await warehouse.run(
    sql`create or replace temp table ${ident(patch)} as select s.* from ${compiled.rows.from} where ${unlessPlain}`,
  )
  const over = overPatch(options)
  const found = await warehouse.row<Found>(sql`select ${join(counts(over))} from ${judgedRows(over)}`)
  const rows = Number(found['read'])
  const profileFound = await warehouse.row<Found>(
    sql`select ${join([sql`count(*) as n`, ...profileAggregates(profiled)])} from ${over.compiled.rows.from}`,
  )
  const profile = readProfile(profiled, rows, profileFound)
  return { found, rows, profile }
}

async function writePatch(options: MapTableOptions, { found, rows }: Scanned): Promise<number> {
  const kept = rows - Number(found['rejected']) - Number(found['filtered'])
  if (kept === 0) return 0
  await options.warehouse.writeParquet(
    sql`select *, ${options.fileId} as _file from ${judgedRows(overPatch(options))} where not _rejected and not _filtered`,
    options.standardFile,
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

/** The same mapping over the rows that were copied out. */
function overPatch(options: MapTableOptions): MapTableOptions {
  const { compiled } = options
  const rows: CompiledTable['rows'] = { ...compiled.rows, from: sql`${ident(patch)} s` }
  return { ...options, compiled: { ...compiled, rows } }
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
