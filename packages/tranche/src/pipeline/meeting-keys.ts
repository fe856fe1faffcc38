import { type StandardTable, type StandardTableName, standardTables } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { differencesOf } from '../intake/cluster/repeats.ts'
import { institution, sourceColumn } from '../intake/mapping/table-rows.ts'
import { resolutionNote } from '../intake/quality/noticed.ts'
import { homeSystem } from '../intake/standard-views.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { Meeting } from './meeting.ts'

/** Rows of a table whose key another source gives too, or the same one in another spelling. */
export async function countContested(
  cluster: Warehouse,
  name: StandardTableName,
  rows: Sql,
): Promise<number> {
  const { n } = await cluster.row<{ n: number }>(
    sql`select count(*) - count(distinct row(${names(tableOf(name).key)})) as n from (${rows})`,
  )
  return n
}

/**
 * Of rows of which several sources give the key, the ones that stand, as for files: the source of higher precedence, then the
 * home system, then what was known later, then the later source; what it lacks is taken from the others. Leaves a table of them.
 * @param content columns but the key, when a row was known, and where it came from
 * @returns the rows of the table, each key once
 * @throws TrancheError refused where rows of one source contradict each other under two spellings of a number
 */
export async function settleKeys(
  cluster: Warehouse,
  catalogue: Catalogue,
  name: StandardTableName,
  {
    rows,
    columns,
    finish,
  }: { readonly rows: Sql; readonly columns: readonly string[]; readonly finish: (rows: Sql) => Sql },
  met: Meeting,
): Promise<Sql> {
  const table = tableOf(name)
  const judged = tableNamed('judged', name)
  await cluster.run(sql`create or replace table ${judged} as ${judgedRows(catalogue, table, rows, columns)}`)
  try {
    await requireOneOfEach(cluster, judged, table)
    if (await countVerdicts(cluster, judged, name, met)) await keepContradictions(cluster, judged, table, met)
    const kept = tableNamed('settled', name)
    await cluster.run(sql`create or replace table ${kept} as ${finish(mergedRows(judged, table, columns))}`)
    met.contested.push(name)
    return kept
  } finally {
    await cluster.run(sql`drop table ${judged}`)
  }
}

/** The columns whose values rows of a key are compared by. */
const contentOf = ({ key }: StandardTable, columns: readonly string[]): readonly string[] =>
  columns.filter(
    (column) => !key.includes(column) && !['known_at', 'source', '_file', '_line'].includes(column),
  )

function judgedRows(catalogue: Catalogue, table: StandardTable, rows: Sql, columns: readonly string[]): Sql {
  const content = contentOf(table, columns)
  const all = names([...table.key, ...content])
  const differs = content.map((column) => sql`r.${ident(column)} <> w.${ident(column)}`)
  const disagrees = differs.length === 0 ? sql`false` : sql`coalesce(${join(differs, ' or ')}, false)`
  const origin = ident(sourceColumn(table.name as StandardTableName))
  // What the row that stands lacks contradicts nothing.
  const { differing, shown } = differencesOf(
    content,
    (column) =>
      sql`r.${ident(column)} is distinct from w.${ident(column)} and w.${ident(column)} is not null`,
  )
  return sql`
    with repeated as (
      select r.*, ${origin} as _origin, ${ranksOf(catalogue, table, origin)}
      from (${rows}) r join (select ${keyTexts(table)} from (${rows}) group by ${names(table.key)} having count(*) > 1) k
        on ${sameTexts(table)}
    ),
    ranked as (
      select *, row_number() over (partition by ${names(table.key)} order by _precedence desc, _system, known_at desc nulls last, _position desc) as _best
      from repeated
    ),
    alike as (
      select *, min(_best) over (partition by ${all}) as _content,
        row_number() over (partition by ${all} order by _precedence desc, _system, _position) as _occurrence
      from ranked
    ),
    winners as (select * from alike where _content = 1 and _occurrence = 1)
    select r.*, ${disagrees} as _disagrees, ${differing} as _differing, ${shown} as _shown, case
      when r._occurrence > 1 then 'duplicate'
      when r._content = 1 then 'kept'
      when r._origin = w._origin then 'undecided'
      when r._precedence <> w._precedence or r._system <> w._system then 'superseded'
      when ${disagrees} then 'contradiction'
      else 'superseded'
    end as _verdict
    from alike r join winners w on ${join(
      table.key.map((column) => sql`${textOf(ident('r', column))} = ${textOf(ident('w', column))}`),
      ' and ',
    )}`
}

/** Precedence, place of its system and place of its source, of each row by its source. */
function ranksOf(catalogue: Catalogue, { name }: StandardTable, origin: Sql): Sql {
  const systems = [homeSystem(catalogue), ...catalogue.workspace.identity.flatMap((pair) => pair.systems)]
  const of = (rank: (source: Catalogue['sources'][number], position: number) => number) => {
    const cases = catalogue.sources.map((source, at) => sql`when ${source.key} then ${rank(source, at)}`)
    return sql`case ${origin} ${join(cases, ' ')} else -1 end`
  }
  const precedence = of(({ value }) =>
    Math.max(0, ...value.tables.flatMap((mapping) => (mapping.table === name ? [mapping.precedence] : []))),
  )
  const system = of(({ value }) => {
    const rank = systems.indexOf(value.system ?? institution)
    return rank < 0 ? systems.length : rank
  })
  return sql`${precedence} as _precedence, ${system} as _system, ${of((_, position) => position)} as _position`
}

/** What stands under each key: the kept row, with what it lacks from those that gave way to it. */
function mergedRows(judged: Sql, table: StandardTable, columns: readonly string[]): Sql {
  const content = new Set(contentOf(table, columns))
  const ofKept = (column: string) => sql`max(${ident(column)}) filter (where _verdict = 'kept')`
  const values = columns.map((column) => {
    const own = table.key.includes(column)
      ? ident(column)
      : content.has(column)
        ? sql`min_by(${ident(column)}, _best) filter (where ${ident(column)} is not null)`
        : ofKept(column)
    return sql`${own} as ${ident(column)}`
  })
  return sql`select ${join(values)} from ${judged} where _verdict in ('kept', 'superseded') group by ${names(table.key)}`
}

/** Rows of a table that contradict those of another source: source, file, line (0: of the cluster), key, differing, shown. */
export const contradictionsOf = (name: StandardTableName): Sql => tableNamed('contradicting', name)

/** Keeps what is listed of them, for as long as the run is kept. */
async function keepContradictions(
  cluster: Warehouse,
  judged: Sql,
  { name, key }: StandardTable,
  met: Meeting,
): Promise<void> {
  const table = name as StandardTableName
  const texts = key.map((column) => sql`cast(${ident(column)} as varchar)`)
  await cluster.run(sql`create or replace table ${contradictionsOf(table)} as
    select _origin as source, _file as file, _line as line, concat_ws(', ', ${join(texts)}) as "key", _differing as differing, _shown as shown
    from ${judged} where _verdict = 'contradiction'`)
  met.contradicting.push(table)
}

/** @returns whether rows contradict others */
async function countVerdicts(
  cluster: Warehouse,
  judged: Sql,
  name: StandardTableName,
  met: Meeting,
): Promise<boolean> {
  const found = await cluster.rows<{
    source: string
    duplicates: number
    superseded: number
    disagree: number
    contradictions: number
  }>(sql`select _origin as source, count_if(_verdict = 'duplicate') as duplicates, count_if(_verdict = 'superseded') as superseded,
    count_if(_verdict = 'superseded' and _disagrees) as disagree, count_if(_verdict = 'contradiction') as contradictions
    from ${judged} group by _origin order by _origin`)
  for (const { source, duplicates, superseded, disagree, contradictions } of found) {
    if (duplicates + superseded + contradictions === 0) continue
    met.aside.push({ source, table: name, duplicates: duplicates + superseded, quarantined: contradictions })
    if (superseded > 0)
      met.noticed.push(
        resolutionNote({
          kind: 'superseded',
          source,
          table: name,
          column: '',
          n: superseded,
          failed: disagree,
        }),
      )
    if (contradictions > 0)
      met.noticed.push({
        ...{ source, table: name, column: '', kind: 'stepped_over', status: 'warn' },
        ...{ n: contradictions, failed: contradictions, observed: 1 },
        message: {
          en: `${contradictions} rows contradict those of another source under the same key, which stand.`,
          zh: `${contradictions} 行与同一键的其他来源矛盾，以其他来源为准。`,
        },
      })
  }
  return found.some(({ contradictions }) => contradictions > 0)
}

async function requireOneOfEach(
  cluster: Warehouse,
  judged: Sql,
  { name, key }: StandardTable,
): Promise<void> {
  const { n } = await cluster.row<{ n: number }>(
    sql`select count_if(_verdict = 'undecided') as n from ${judged}`,
  )
  if (n === 0) return
  throw new TrancheError(
    'refused',
    {
      en: `${n} rows of ${name} contradict others of the same source under one key (${key.join(', ')}) in another spelling, and lie in a table of the cluster.`,
      zh: `${name} 有 ${n} 行与同一来源中键（${key.join(', ')}）写法不同的其他行矛盾，且位于集群表中。`,
    },
    {
      hint: {
        en: 'Keep one of each with where, or in a view on the cluster; or take the table in with cluster.copy: true, where the last one holds.',
        zh: '请用 where 或集群上的视图每键只留一行；或设 cluster.copy: true 读入该表，以最后一行为准。',
      },
    },
  )
}

const tableOf = (name: StandardTableName): StandardTable => standardTables.find((one) => one.name === name)!

/**
 * Columns of a key may be missing: they are compared as texts that are never missing. A join by `is not distinct from` lost rows
 * in Trino 476 where a column held nothing but NULL.
 */
const textOf = (column: Sql): Sql => sql`coalesce(cast(${column} as varchar), '')`

const keyTexts = ({ key }: StandardTable): Sql =>
  join(key.map((column) => sql`${textOf(ident(column))} as ${ident(`k_${column}`)}`))

const sameTexts = ({ key }: StandardTable): Sql =>
  join(
    key.map((column) => sql`${textOf(ident('r', column))} = k.${ident(`k_${column}`)}`),
    ' and ',
  )

const names = (columns: readonly string[]): Sql => join(columns.map((column) => ident(column)))
