import { type StandardTableName, standardTables } from '@tranche/contract'
import { rejectedThere, setAsideThere } from '../intake/cluster/set-aside.ts'
import { type RowsInPlaceOptions, type TakenInPlace, takenInPlace } from '../intake/cluster/standard-rows.ts'
import type { TakenFile, TakenTable } from '../intake/intake-state.ts'
import { createClocks } from '../intake/mapping/compile-table.ts'
import { sourceColumn } from '../intake/mapping/table-rows.ts'
import type { QuarantineThere } from '../intake/quarantine/list-quarantine.ts'
import type { RowReason } from '../intake/quarantine/reasons.ts'
import { homeSystem } from '../intake/standard-views.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { type Orphans, readMeeting } from './meeting.ts'
import { contradictionsOf } from './meeting-keys.ts'
import type { OpenedRun } from './published-run.ts'
import { openRunOnCluster } from './published-table.ts'
import { handedOver, keptOnce } from './standard-on-cluster.ts'

/**
 * Asks the cluster of a run for the rows that it set aside there, for as long as the work takes; `null` where it set none aside.
 * Mappings are those of today, rows those of the snapshots that the run has read.
 * @param source only rows of this one
 * @throws TrancheError unsupported where tranche.yaml no longer names that cluster
 */
export async function withQuarantineThere<T>(
  catalogue: Catalogue,
  opened: OpenedRun,
  asked: {
    readonly source: string | undefined
    readonly env: Readonly<Record<string, string | undefined>>
  },
  work: (there: QuarantineThere | null) => Promise<T>,
): Promise<T> {
  const { warehouse: local, manifest, state } = opened
  const isAsked = (source: string) => asked.source === undefined || asked.source === source
  const { orphans, contradicting } = await readMeeting(local)
  const mappings = mappingsThere(catalogue, opened).filter(({ item }) => isAsked(item.file.source))
  const met = orphans.filter(({ source }) => isAsked(source))
  if (manifest.cluster === undefined || mappings.length + met.length + contradicting.length === 0)
    return await work(null)
  const handed = handedOver(catalogue, state)
  const options: RowsInPlaceOptions = {
    ...{ catalogue, clocks: createClocks(catalogue.workspace.timeZone), home: homeSystem(catalogue), handed },
  }
  const cluster = await openRunOnCluster(catalogue, manifest, manifest.cluster, asked.env, 'quarantine')
  try {
    return await work({
      warehouse: cluster,
      rows: sql`(${join(
        [
          ...mappings.map(({ item, kept }) => setAsideThere(options, item, kept)),
          ...asideOfFiles(met, state.files, handed),
          ...contradicting.map((name) => betweenSources(name, state.files, asked.source)),
        ],
        ' union all ',
      )})`,
      rejected: mappings.map(({ item }) => ({
        source: item.file.source,
        columns: item.file.columns.map(({ name }) => name),
        rows: rejectedThere(options, item),
      })),
    })
  } finally {
    cluster.close()
  }
}

interface MappingThere {
  readonly item: TakenInPlace & { readonly file: TakenFile; readonly taken: TakenTable }
  readonly kept: Sql | null
}

/** Mappings of tables of the cluster of which the run set rows aside, as far as they are defined still. */
function mappingsThere(catalogue: Catalogue, { state, manifest }: OpenedRun): readonly MappingThere[] {
  return standardTables.flatMap(({ name }) =>
    takenInPlace(state.files, name).flatMap((item, index) => {
      const source = catalogue.sources.find(({ key }) => key === item.file.source)
      if (source?.value.tables[item.taken.index]?.table !== name) return []
      const counts = manifest.rows.find((rows) => rows.source === source.key && rows.table === name)
      if ((counts?.quarantined ?? 0) === 0) return []
      return [{ item, kept: item.taken.repeats === undefined ? null : keptOnce(name, index) }]
    }),
  )
}

const text = (value: Sql) => sql`cast(${value} as varchar)`

function pathOf(id: Sql, files: readonly TakenFile[]): Sql {
  const cases = files.map((file) => {
    const path = file.there === undefined ? file.path : `cluster:${file.there.name}`
    return sql`when ${file.id} then ${path}`
  })
  return sql`case ${id} ${join(cases, ' ')} end`
}

/** Rows that contradict those of another source under the same key, of files as well as of tables there. */
function betweenSources(
  name: StandardTableName,
  files: readonly TakenFile[],
  source: string | undefined,
): Sql {
  const { key } = standardTables.find((table) => table.name === name)!
  const places = files.filter(({ tables }) => tables.some(({ table }) => table === name))
  return sql`select ${join([
    sql`source`,
    sql`${text(sql`${name as string}`)} as table_name`,
    sql`${text(pathOf(sql`file`, places))} as file`,
    sql`nullif(line, 0) as line`,
    sql`"key"`,
    sql`${text(sql`${key.join(', ')}`)} as "column"`,
    sql`${text(sql`${'contradiction' satisfies RowReason}`)} as reason`,
    sql`differing as more`,
    sql`shown as original`,
  ])} from ${contradictionsOf(name)} ${source === undefined ? sql`` : sql`where source = ${source}`}`
}

/** Rows of files that name nothing on the cluster, where they were handed over. */
function asideOfFiles(
  met: readonly Orphans[],
  files: readonly TakenFile[],
  handed: ReturnType<typeof handedOver>,
): readonly Sql[] {
  return met.map(({ table, source, column, values }, at) => {
    const names = (one: Orphans) =>
      sql`coalesce(${text(ident('t', one.column))} in (select value from ${tableNamed(one.values)}), false)`
    // A row is set aside for the first of them.
    const before = met.slice(0, at).filter((one) => one.table === table && one.source === source)
    return sql`select ${join([
      sql`${text(sql`${source}`)} as source`,
      sql`${text(sql`${table as string}`)} as table_name`,
      sql`${text(
        pathOf(
          sql`t._file`,
          files.filter((file) => file.source === source),
        ),
      )} as file`,
      sql`t._line as line`,
      sql`${text(sql`null`)} as "key"`,
      sql`${text(sql`${column}`)} as "column"`,
      sql`${text(sql`${'foreign_key' satisfies RowReason}`)} as reason`,
      sql`${text(sql`''`)} as more`,
      sql`${text(ident('t', column))} as original`,
    ])} from ${handed(table)} t
      where t.${ident(sourceColumn(table))} = ${source} and ${join(
        [names({ table, source, column, values }), ...before.map((one) => sql`not ${names(one)}`)],
        ' and ',
      )}`
  })
}
