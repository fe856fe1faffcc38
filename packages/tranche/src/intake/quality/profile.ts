import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, type Sql, sql, whole } from '../../sql/sql.ts'
import type { StagedKind } from '../readers/staged-file.ts'

/** What one column of a source's file holds. Nothing of a sealed column's values is kept. */
export interface ColumnProfile {
  readonly column: string
  readonly type: StagedKind
  readonly rows: number
  readonly missing: number
  /**
   * By HyperLogLog, often some 10% off, the same on every run; in files of over five million rows those of every eighth
   * row. Null for sealed columns, and in such files for numbers, times and texts without a dictionary, of which nearly all
   * differ.
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
  /** Whether the smallest and the largest value are looked for. */
  readonly ends: boolean
}

const fewDistinct = 200
const largeRows = 5_000_000
/** Of large files one line in so many is counted: telling texts apart is a third of what a scan costs. */
const linesPerCounted = 8

/**
 * Aggregates that profile columns of so many records beside whatever else a scan computes; named `p0_n`, `p0_d` …
 * `line` counts the records.
 */
export function profileAggregates(
  columns: readonly ProfiledColumn[],
  { records, line }: { readonly records: number; readonly line: Sql },
): readonly Sql[] {
  const sampled = (value: Sql) =>
    records <= largeRows ? value : sql`case when ${line} % ${whole(linesPerCounted)} = 0 then ${value} end`
  return columns.flatMap(({ ref, kind, counted, ends }, index) => [
    sql`count(${ref}) as ${ident(`p${index}_n`)}`,
    ...(counted ? [sql`approx_count_distinct(${sampled(ref)}) as ${ident(`p${index}_d`)}`] : []),
    ...(ends
      ? [
          sql`${endOf(sql`min(${ref})`, kind)} as ${ident(`p${index}_lo`)}`,
          sql`${endOf(sql`max(${ref})`, kind)} as ${ident(`p${index}_hi`)}`,
        ]
      : []),
  ])
}

/** Reads the profile from a row of `profileAggregates`. */
export function readProfile(
  columns: readonly ProfiledColumn[],
  rows: number,
  found: Readonly<Record<string, unknown>>,
): readonly ColumnProfile[] {
  return columns.map(({ name, kind, counted, ends }, index) => {
    const distinct = Number(found[`p${index}_d`] ?? 0)
    const shown = ends && (kind !== 'text' || distinct <= fewDistinct)
    const end = (value: unknown) => (!shown || value === null || value === undefined ? null : String(value))
    return {
      column: name,
      type: kind,
      rows,
      missing: rows - Number(found[`p${index}_n`]),
      distinctApprox: counted ? Math.min(distinct, Number(found[`p${index}_n`])) : null,
      min: end(found[`p${index}_lo`]),
      max: end(found[`p${index}_hi`]),
    }
  })
}

/** Whether a column's ends are looked for: those of texts may be shown in small files only. */
export function asksEnds(
  { kind, sealed, counted }: Pick<ProfiledColumn, 'kind' | 'sealed' | 'counted'>,
  records: number,
): boolean {
  return !sealed && (kind !== 'text' || (counted && records <= largeRows))
}

function endOf(end: Sql, kind: StagedKind): Sql {
  return kind === 'text' ? sql`left(${end}, 80)` : sql`cast(${end} as varchar)`
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
