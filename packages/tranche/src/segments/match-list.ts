import { join as joinPath } from 'node:path'
import type { SegmentSet, SegmentSetModel } from '@tranche/contract'
import { nearest } from '@tranche/language'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { sealColumns } from '../intake/identity/seal-columns.ts'
import { type IntakeState, intakePaths } from '../intake/intake-state.ts'
import { stageFile } from '../intake/readers/stage-file.ts'
import type { Keyring } from '../privacy/pseudonym.ts'
import { ident, join, list as listSql, type Sql, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

/** Where lists find whom they name. */
export interface ListSurroundings {
  /** Folder of the workspace, and the one that intake writes to. */
  readonly dir: string
  readonly folder: string
  readonly state: Pick<IntakeState, 'files' | 'resolution'>
  readonly keyring: () => Promise<Keyring>
  readonly sources: Catalogue['sources']
}

type ListModel = Extract<SegmentSetModel, { readonly kind: 'list' }>

const mostLines = 20
const named = 'list_named'

/**
 * Reads the file of a list and leaves whom it names in `list_members`: customer numbers as they are or in the case of the
 * institution's, identifiers by their pseudonyms. Texts of the file are kept nowhere.
 * @throws TrancheError where the file or its column can't be read
 */
export async function matchList(
  warehouse: Warehouse,
  key: string,
  definition: NonNullable<SegmentSet['list']>,
  surroundings: ListSurroundings,
): Promise<ListModel> {
  const { dir, state } = surroundings
  const staged = await stageFile({ warehouse, file: joinPath(dir, definition.file) })
  try {
    const column = columnOf(
      definition,
      staged.columns.map(({ name }) => name),
    )
    await warehouse.run(sql`create or replace temp table ${ident(named)} (_line bigint, customer_id varchar)`)
    if (definition.identifier === undefined) {
      const text = sql`trim(cast(${ident(column)} as varchar))`
      const { keyCase } = state.resolution
      const number =
        keyCase === 'upper' ? sql`upper(${text})` : keyCase === 'lower' ? sql`lower(${text})` : text
      await warehouse.run(sql`insert into ${ident(named)}
        select _line, features.customer_id from (select _line, ${number} as number from ${staged.relation}) as rows
          left join features on features.customer_id = rows.number`)
    } else {
      if (definition.sealed === true)
        await warehouse.run(sql`create or replace temp table list_sealed as
          select _line, cast(${ident(column)} as varchar) as ${ident(column)} from ${staged.relation}`)
      else {
        const identifiers = { [column]: { kind: definition.identifier, use: 'match' as const } }
        await sealColumns(warehouse, staged, identifiers, await surroundings.keyring(), 'list_sealed')
      }
      await warehouse.run(sql`insert into ${ident(named)}
        with known as (${linksSql(definition.identifier, surroundings)}), sure as (
          select pseudonym, min(customer_id) as customer_id from known group by pseudonym having count(distinct customer_id) = 1
        )
        select _line, customer_id from list_sealed left join sure on sure.pseudonym = list_sealed.${ident(column)}`)
      await warehouse.run(sql`drop table if exists list_sealed`)
    }
    await warehouse.run(
      sql`insert into list_members select distinct ${key}, customer_id from ${ident(named)} where customer_id is not null`,
    )
    const counts = await warehouse.row<{ matched: number; customers: number; unmatched: number }>(sql`
      select count(customer_id) as matched, count(distinct customer_id) as customers,
        count(*) - count(customer_id) as unmatched from ${ident(named)}`)
    const lines = await warehouse.rows<{ line: number }>(
      sql`select _line as line from ${ident(named)} where customer_id is null order by 1 limit ${mostLines}`,
    )
    return {
      kind: 'list',
      read: staged.records,
      customers: counts.customers,
      repeated: counts.matched - counts.customers,
      unmatched: staged.records - counts.matched,
      lines: lines.map(({ line }) => Number(line)),
    }
  } finally {
    await warehouse.run(sql`drop table if exists ${ident(named)}`)
    await staged.drop()
  }
}

/** The column of a list: the one that is named, or customer_id, or the only one. @throws TrancheError invalid_input */
export function columnOf(
  { file, column }: Pick<NonNullable<SegmentSet['list']>, 'file' | 'column'>,
  names: readonly string[],
): string {
  const found = column ?? (names.length === 1 ? names[0]! : 'customer_id')
  if (names.includes(found)) return found
  const near = nearest(found, names)
  throw new TrancheError(
    'invalid_input',
    {
      en: `The list ${file} has no column ${JSON.stringify(found)}; it has ${names.slice(0, 20).join(', ')}.`,
      zh: `名单 ${file} 中没有列 ${JSON.stringify(found)}；现有：${names.slice(0, 20).join('、')}。`,
    },
    near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } },
  )
}

/** Pseudonyms of a kind with the customers they lead to, through the keys of joined systems where there are. */
function linksSql(kind: string, { folder, state, sources }: ListSurroundings): Sql {
  const files = state.files.filter(({ hasLinks, copyOf }) => hasLinks && copyOf === null)
  if (files.length === 0)
    return sql`select cast(null as varchar) as pseudonym, cast(null as varchar) as customer_id where false`
  const { hash, hasKeys } = state.resolution
  const keys = sql`read_parquet(${joinPath(folder, intakePaths.resolved(hash, 'keys'))})`
  const parts = files.map(({ hash: file, source }) => {
    const links = sql`read_parquet(${joinPath(folder, intakePaths.links(file))})`
    const system = sources.find(({ key }) => key === source)?.value.system
    const own = sql`select pseudonym, features.customer_id as customer_id from ${links} as links
      join features on features.customer_id = links.key where kind in (${listSql([kind])})`
    if (!hasKeys || system === undefined) return own
    return sql`${own} union all select pseudonym, keys.customer_id as customer_id from ${links} as links
      join ${keys} as keys on keys.source_key = links.key and keys.source = ${system}
      join features on features.customer_id = keys.customer_id where kind in (${listSql([kind])})`
  })
  return sql`select pseudonym, customer_id from (${join(parts, ' union all ')}) as known`
}
