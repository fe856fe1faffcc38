import type { Source, StandardTableName } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { isInPlace } from '../intake/cluster/place.ts'
import {
  countReferences,
  followedInRun,
  keysThere,
  namesNothing,
  withoutOrphans,
} from '../intake/cluster/references.ts'
import { type RowsInPlaceOptions, takenInPlace } from '../intake/cluster/standard-rows.ts'
import type { FaultCount, IntakeState, TakenFile, TakenTable } from '../intake/intake-state.ts'
import { sourceColumn, tableColumns } from '../intake/mapping/table-rows.ts'
import { checkedRow } from '../intake/quality/check-quality.ts'
import type { KindedExpectation } from '../intake/quality/row-expectations.ts'
import { faultText } from '../intake/quality/stepped-over.ts'
import { ident, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue, Definition } from '../workspace/catalogue.ts'
import type { Meeting } from './meeting.ts'

/** Tables of which a file's rows name rows that lie on the cluster, and are set aside where there is no such row. */
export function tablesHeldThere(catalogue: Catalogue): ReadonlySet<StandardTableName> {
  return new Set(
    catalogue.sources
      .filter(({ value }) => !isInPlace(value))
      .flatMap((source) =>
        source.value.tables.flatMap(({ table }, index) =>
          followedInRun(catalogue, source, index).some(({ expectation }) => expectation.quarantine)
            ? [table]
            : [],
        ),
      ),
  )
}

/** Rows of a mapping of a table of the cluster without those that name nothing, here or there; what is set aside only now is noted. */
export async function withoutOrphansThere(
  cluster: Warehouse,
  options: RowsInPlaceOptions,
  { file, taken }: { readonly file: TakenFile; readonly taken: TakenTable },
  rows: Sql,
  met: Meeting,
): Promise<Sql> {
  const { catalogue } = options
  const source = catalogue.sources.find(({ key }) => key === file.source)!
  const references = followedInRun(catalogue, source, taken.index)
  if (references.length > 0) {
    const { checks, orphans, faults } = await countReferences(cluster, options, { file, taken }, rows)
    for (const [at, check] of checks.entries())
      met.quality.push(checkedRow(source.key, taken.table, taken.index, references[at]!, check))
    note(met, source.key, taken.table, taken.kept, orphans, faults)
  }
  return withoutOrphans(options, { file, taken }, rows)
}

/** The rows of a table that were handed over, without those that name nothing on the cluster. */
export async function withoutOrphansHere(
  cluster: Warehouse,
  options: RowsInPlaceOptions,
  state: Pick<IntakeState, 'files'>,
  name: StandardTableName,
  handed: Sql,
  met: Meeting,
): Promise<Sql> {
  const asked = options.catalogue.sources
    .filter(({ value }) => !isInPlace(value))
    .flatMap((source) =>
      source.value.tables.flatMap(({ table }, index) =>
        table === name
          ? followedInRun(options.catalogue, source, index).map((reference) => ({ source, index, reference }))
          : [],
      ),
    )
    // What is set aside counts in no other.
    .toSorted(
      (a, b) => Number(b.reference.expectation.quarantine) - Number(a.reference.expectation.quarantine),
    )
  let rows = handed
  for (const [number, one] of asked.entries()) {
    const orphan = await followFromHere({ cluster, options, state, name, handed: rows, met, ...one, number })
    if (orphan !== null) rows = sql`(select * from ${rows} where not ${orphan})`
  }
  return rows
}

interface FromHere {
  readonly cluster: Warehouse
  readonly options: RowsInPlaceOptions
  readonly state: Pick<IntakeState, 'files'>
  readonly name: StandardTableName
  readonly handed: Sql
  readonly met: Meeting
  readonly source: Definition<Source>
  readonly index: number
  readonly reference: KindedExpectation
  readonly number: number
}

/** @returns true of rows to be set aside; null where none is */
async function followFromHere({
  cluster,
  options,
  state,
  name,
  handed,
  met,
  ...of
}: FromHere): Promise<Sql | null> {
  const { source, index, reference, number } = of
  const { column: named, foreign_key, quarantine } = reference.expectation
  const column = tableColumns(options.catalogue, name).find((candidate) => candidate.name === named)?.name
  const referred = foreign_key!.table as StandardTableName
  if (column === undefined) throw new TypeError(`${name} has no column ${named}.`)
  const own = sql`${ident(sourceColumn(name))} = ${source.key}`
  const keys = keysOf(options, state, referred, foreign_key!.column)
  const nothing = namesNothing(column, foreign_key!.column, keys)
  const { n, failed } = await cluster.row<{ n: number; failed: number }>(
    sql`select count(${ident(column)}) as n, count_if(${nothing}) as failed from ${handed} where ${own}`,
  )
  met.quality.push(checkedRow(source.key, name, index, reference, { n, failed }))
  if (!quarantine || failed === 0) return null
  const values = `aside_${name}_${number}`
  await cluster.run(sql`create or replace table ${tableNamed(values)} as
    select distinct cast(${ident(column)} as varchar) as value from ${handed} where ${own} and ${nothing}`)
  met.orphans.push({ table: name, source: source.key, column, values })
  const fault = { column, missing: 0, unreadable: 0, looks: null, orphans: { rows: failed, table: referred } }
  note(met, source.key, name, n, failed, [fault])
  return sql`(${own} and coalesce(cast(${ident(column)} as varchar) in (select value from ${tableNamed(values)}), false))`
}

/** Values that stand in a column of a table of which some rows lie on the cluster. */
function keysOf(
  options: RowsInPlaceOptions,
  { files }: Pick<IntakeState, 'files'>,
  table: StandardTableName,
  target: string,
): Sql {
  const there = files.flatMap((file) => (file.there === undefined ? [] : [file]))
  const looked = there.flatMap(({ source, there: own, others }) => [
    [source, own!] as const,
    ...Object.entries(others ?? {}),
  ])
  const [first] = takenInPlace(files, table)
  return keysThere(options, first?.file.id ?? '', Object.fromEntries(looked), table, target)
}

function note(
  met: Meeting,
  source: string,
  table: StandardTableName,
  n: number,
  quarantined: number,
  faults: readonly FaultCount[],
): void {
  if (quarantined === 0) return
  met.aside.push({ source, table, duplicates: 0, quarantined })
  for (const fault of faults) {
    const failed = fault.orphans?.rows ?? 0
    met.noticed.push({
      ...{ source, table, column: fault.column, kind: 'stepped_over', status: 'info' },
      ...{ n, failed, observed: failed / n, message: faultText(fault) },
    })
  }
}
