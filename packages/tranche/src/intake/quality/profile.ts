import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { StagedKind } from '../readers/staged-file.ts'

/** What one column of a source's file holds. Nothing of a sealed column's values is kept. */
export interface ColumnProfile {
  readonly column: string
  readonly type: StagedKind
  readonly rows: number
  readonly missing: number
  /**
   * By HyperLogLog, often some 10% off, the same on every run. Null for sealed columns, and in files of over five
   * million rows for numbers, times and texts without a dictionary, of which nearly all differ.
   */
  readonly distinctApprox: number | null
  /** As text; for texts only where there are few distinct ones, so that no single person's text is shown. */
  readonly min: string | null
  readonly max: string | null
}

export interface ProfiledColumn {
  readonly name: string
  readonly kind: StagedKind
  readonly ref: Sql
  readonly sealed: boolean
  /** Whether distinct values are counted. */
  readonly counted: boolean
}

const fewDistinct = 200
const largeRows = 5_000_000

/** Aggregates that profile columns beside whatever else a scan computes; named `p0_n`, `p0_d` … */
export function profileAggregates(columns: readonly ProfiledColumn[]): readonly Sql[] {
  return columns.flatMap(({ ref, kind, sealed, counted }, index) => [
    sql`count(${ref}) as ${ident(`p${index}_n`)}`,
    ...(counted ? [sql`approx_count_distinct(${ref}) as ${ident(`p${index}_d`)}`] : []),
    ...(sealed || kind === 'text'
      ? []
      : [
          sql`cast(min(${ref}) as varchar) as ${ident(`p${index}_lo`)}`,
          sql`cast(max(${ref}) as varchar) as ${ident(`p${index}_hi`)}`,
        ]),
  ])
}

/** Reads the profile from a row of `profileAggregates`; the ends of texts with few values take one more scan. */
export async function readProfile(
  warehouse: Warehouse,
  relation: Sql,
  columns: readonly ProfiledColumn[],
  rows: number,
  found: Readonly<Record<string, unknown>>,
): Promise<readonly ColumnProfile[]> {
  const distinct = (index: number) => Number(found[`p${index}_d`] ?? 0)
  const small = columns.flatMap((column, index) =>
    rows <= largeRows &&
    column.kind === 'text' &&
    !column.sealed &&
    distinct(index) > 0 &&
    distinct(index) <= fewDistinct
      ? [{ column, index }]
      : [],
  )
  const ends =
    small.length === 0
      ? {}
      : await warehouse.row(
          sql`select ${join(
            small.flatMap(({ column, index }) => [
              sql`left(min(${column.ref}), 80) as ${ident(`p${index}_lo`)}`,
              sql`left(max(${column.ref}), 80) as ${ident(`p${index}_hi`)}`,
            ]),
          )} from ${relation}`,
        )
  const all: Readonly<Record<string, unknown>> = { ...found, ...ends }
  const text = (value: unknown) => (value === null || value === undefined ? null : String(value))
  return columns.map(({ name, kind, counted }, index) => ({
    column: name,
    type: kind,
    rows,
    missing: rows - Number(found[`p${index}_n`]),
    distinctApprox: counted ? Math.min(distinct(index), Number(found[`p${index}_n`])) : null,
    min: text(all[`p${index}_lo`]),
    max: text(all[`p${index}_hi`]),
  }))
}

/** Columns of which distinct values are counted: all of a small file; of a large one those that repeat values. */
export async function countedColumns(
  warehouse: Warehouse,
  columns: readonly { readonly name: string; readonly kind: StagedKind }[],
  records: number,
  parquetFile: string | null,
): Promise<ReadonlySet<string>> {
  const all = new Set(columns.map(({ name }) => name))
  if (records <= largeRows) return all
  const withDictionary =
    parquetFile === null
      ? all
      : new Set(
          (
            await warehouse.rows<{ name: string }>(
              sql`select path_in_schema as name from parquet_metadata(${parquetFile}) group by 1 having bool_and(encodings like '%DICTIONARY%')`,
            )
          ).map(({ name }) => name),
        )
  return new Set(
    columns
      .filter(({ name, kind }) => kind === 'bool' || (kind === 'text' && withDictionary.has(name)))
      .map(({ name }) => name),
  )
}

/** Several files of one source as one profile; distinct values are those of the file that has most. */
export function mergeProfiles(files: readonly (readonly ColumnProfile[])[]): readonly ColumnProfile[] {
  const merged = new Map<string, ColumnProfile>()
  for (const profile of files)
    for (const column of profile) {
      const known = merged.get(column.column)
      merged.set(column.column, known === undefined ? column : mergeTwo(known, column))
    }
  return [...merged.values()]
}

function mergeTwo(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  const comparable = a.type === b.type && a.type !== 'number' && a.type !== 'decimal'
  return {
    column: a.column,
    type: a.type === b.type ? a.type : 'text',
    rows: a.rows + b.rows,
    missing: a.missing + b.missing,
    distinctApprox:
      a.distinctApprox === null || b.distinctApprox === null
        ? null
        : Math.max(a.distinctApprox, b.distinctApprox),
    min: extreme(a.min, b.min, comparable, -1),
    max: extreme(a.max, b.max, comparable, 1),
  }
}

/** The smaller (−1) or larger (1) of two ends; a text whose ends are not shown in one file shows none. */
function extreme(a: string | null, b: string | null, asText: boolean, sign: 1 | -1): string | null {
  if (a === null || b === null) return null
  const order = asText ? (a < b ? -1 : a > b ? 1 : 0) : Number(a) - Number(b)
  return order * sign >= 0 ? a : b
}
