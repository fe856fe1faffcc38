import { join as joinPath } from 'node:path'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, list, type Sql, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type IdentityReport, intakePaths, type TakenFile } from '../intake-state.ts'
import { institution, type RowSources, tableRows } from '../mapping/table-rows.ts'
import { sharedTable } from './shared-tables.ts'

/** Holds source (system), source_key, customer_id, method; one row per joined key. */
export const keysTable = sharedTable('keys')

/**
 * Joins systems that number people differently: a key of the second system becomes the customer of the first where
 * one of the identifiers leads from exactly one key to exactly one key, and no other identifier contradicts it. What
 * is shared or contradicted is reported, never chosen. Gives nothing where no systems are declared to be joined.
 */
export async function joinSystems(
  warehouse: Warehouse,
  sources: RowSources,
): Promise<readonly IdentityReport[]> {
  const { workspace } = sources.catalogue
  if (workspace.identity.length === 0) return []
  await warehouse.run(
    sql`create or replace table ${keysTable} (source varchar, source_key varchar, customer_id varchar, method varchar)`,
  )
  await loadLinks(warehouse, sources)
  const reports: IdentityReport[] = []
  for (const { systems, by, pairs } of workspace.identity) {
    const [first, second] = systems
    const candidates = [
      ...(pairs === undefined
        ? []
        : [{ method: 'pair' as const, query: pairCandidates(sources, pairs, second) }]),
      ...(by === undefined ? [] : [{ method: 'identifier' as const, query: linkCandidates(systems, by) }]),
    ]
    for (const { method, query } of candidates) {
      await decide(warehouse, query)
      await warehouse.run(acceptMatches(first, second, method, sources.names.home))
      reports.push({ systems, method, ...(await countKeys(warehouse, sources, second)) })
    }
  }
  return reports
}

const linksTable = 'intake_links'
const decidedTable = 'intake_decided'

/** One row per system, key, kind and pseudonym. */
async function loadLinks(warehouse: Warehouse, { catalogue, files, folder }: RowSources): Promise<void> {
  await warehouse.run(
    sql`create or replace temp table ${ident(linksTable)} (system varchar, key varchar, kind varchar, pseudonym varchar)`,
  )
  const bySystem = Map.groupBy(
    files.filter(({ hasLinks, copyOf }) => hasLinks && copyOf === null),
    (file) => systemOf(catalogue, file),
  )
  for (const [system, members] of bySystem) {
    const paths = members.map(({ hash }) => sql`${joinPath(folder, intakePaths.links(hash))}`)
    await warehouse.run(
      sql`insert into ${ident(linksTable)} select distinct ${system}, key, kind, pseudonym from read_parquet([${join(paths)}])`,
    )
  }
}

function systemOf({ sources }: Pick<Catalogue, 'sources'>, file: TakenFile): string {
  return sources.find(({ key }) => key === file.source)?.value.system ?? institution
}

/** a_key, b_key, sure: pairs an identifier leads to; not sure where several keys share it. */
function linkCandidates([first, second]: readonly [string, string], by: readonly string[]): Sql {
  const side = (system: string) =>
    sql`(select kind, pseudonym, key, count(*) over (partition by kind, pseudonym) as sharing from ${ident(linksTable)} where system = ${system} and kind in (${list(by)}))`
  return sql`select a.key as a_key, b.key as b_key, bool_or(a.sharing = 1 and b.sharing = 1) as sure from ${side(first)} a join ${side(second)} b on a.kind = b.kind and a.pseudonym = b.pseudonym group by a.key, b.key`
}

/** Pairs that a source states; `source` names the system of `source_key`. */
function pairCandidates(sources: RowSources, pairs: string, second: string): Sql {
  return sql`select customer_id as a_key, source_key as b_key, true as sure from ${tableRows(sources, 'customer_keys', null)} where _source = ${pairs} and source = ${second} group by all`
}

/**
 * One row per key of the second system that anything leads from: the key it is joined with, or NULL where it
 * conflicts. Two keys of the second system that lead to one key of the first conflict both.
 */
async function decide(warehouse: Warehouse, candidates: Sql): Promise<void> {
  await warehouse.run(sql`create or replace temp table ${ident(decidedTable)} as
    with candidates as (${candidates}),
    per_b as (
      select b_key, count(*) filter (where sure) as sure_keys, min(a_key) filter (where sure) as a_key
      from candidates group by b_key
    ),
    per_a as (select a_key, count(*) as wanted_by from per_b where sure_keys = 1 group by a_key)
    select per_b.b_key, case when sure_keys = 1 and wanted_by = 1 then per_b.a_key end as a_key
    from per_b left join per_a on per_a.a_key = per_b.a_key`)
}

/** Keys of an earlier pair stay as they are; a key of the first system counts as the customer it was joined with. */
function acceptMatches(first: string, second: string, method: string, home: string): Sql {
  const own = first === home ? sql`d.a_key` : sql`(${`${first}:`} || d.a_key)`
  return sql`insert into ${keysTable}
    select ${second}, d.b_key, coalesce(k.customer_id, ${own}), ${method}
    from ${ident(decidedTable)} d
    left join ${keysTable} k on k.source = ${first} and k.source_key = d.a_key
    where d.a_key is not null
      and not exists (select 1 from ${keysTable} e where e.source = ${second} and e.source_key = d.b_key)
    order by d.b_key`
}

async function countKeys(
  warehouse: Warehouse,
  sources: RowSources,
  second: string,
): Promise<Pick<IdentityReport, 'matched' | 'unmatched' | 'conflicting'>> {
  const found = await warehouse.row<{ matched: number; unmatched: number; conflicting: number }>(sql`
    with keys as (
      select key from ${ident(linksTable)} where system = ${second}
      union select b_key from ${ident(decidedTable)}
      union select key from (${ownKeys(sources, second)})
    )
    select count(*) filter (where d.a_key is not null) as matched,
      count(*) filter (where d.b_key is null) as unmatched,
      count(*) filter (where d.b_key is not null and d.a_key is null) as conflicting
    from keys left join ${ident(decidedTable)} d on d.b_key = keys.key`)
  return { matched: found.matched, unmatched: found.unmatched, conflicting: found.conflicting }
}

/** Numbers of the system's own customers, as its files write them. */
function ownKeys(sources: RowSources, system: string): Sql {
  const members = sources.files.filter(
    (file) => file.copyOf === null && systemOf(sources.catalogue, file) === system,
  )
  const rows = tableRows(
    { ...sources, files: members, names: { home: system, keys: null, aliases: null, keyCase: null } },
    'customer_versions',
    null,
  )
  return sql`select distinct customer_id as key from ${rows} where customer_id is not null`
}
