import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { ColumnOf, Subject } from './draft.ts'
import { wordsOf } from './name-match.ts'
import { type ColumnProfile, profiled } from './profile.ts'
import { isKeyLike } from './roles.ts'

/** Values of one column are keys of another file. */
export interface Reference {
  readonly from: ColumnOf
  readonly to: ColumnOf
  /** Share of the referring values that are there, and of the keys that are referred to. */
  readonly contained: number
  readonly covered: number
  readonly sameName: boolean
  /** How likely the reference is meant. */
  readonly score: number
}

const mostlyContained = 0.95

/** Columns that tell a file's rows apart, best first: one value a row, all filled. */
export function keyColumns(subject: Subject): readonly ColumnProfile[] {
  return subject.profile.columns.filter(
    (column) =>
      isKeyLike(column) && column.filled >= column.rows * 0.99 && column.distinct >= column.filled * 0.999,
  )
}

/**
 * Finds which columns refer to keys of other files, by whether their values are contained in them; numbers of small
 * ranges are contained in each other by chance, so names and the share of keys that are used weigh too.
 */
export async function findReferences(
  warehouse: Warehouse,
  subjects: readonly Subject[],
): Promise<readonly Reference[]> {
  const references: Reference[] = []
  for (const target of subjects)
    for (const key of keyColumns(target))
      for (const source of subjects) {
        if (source === target) continue
        for (const column of source.profile.columns) {
          if (!isKeyLike(column) || column.distinct < 2 || column.distinct > key.distinct * 1.06) continue
          if (!rangesMeet(column, key)) continue
          const reference = await measure(
            warehouse,
            { subject: source, column },
            { subject: target, column: key },
          )
          if (reference !== null) references.push(reference)
        }
      }
  return references.sort((one, other) => other.score - one.score)
}

function rangesMeet(column: ColumnProfile, key: ColumnProfile): boolean {
  if ((column.numbers === null) !== (key.numbers === null)) return false
  if (column.numbers === null || key.numbers === null) return true
  return column.numbers.max <= key.numbers.max * 1.05 && column.numbers.min >= key.numbers.min * 0.95
}

async function measure(warehouse: Warehouse, from: ColumnOf, to: ColumnOf): Promise<Reference | null> {
  const referring = sql`(select distinct ${profiled(from.column.index)} as v from ${ident(from.subject.profile.table)} where ${profiled(from.column.index)} is not null)`
  const keys = sql`(select distinct ${profiled(to.column.index)} as v from ${ident(to.subject.profile.table)})`
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${referring} r semi join ${keys} k on k.v = r.v`,
  )
  const contained = n / from.column.distinct
  if (contained < mostlyContained) return null
  const covered = n / to.column.distinct
  const sameName = wordsOf(from.column.name) === wordsOf(to.column.name)
  const related = sameName || namesMeet(from, to)
  // Small numbers lie in every range of them; only a name or a full cover makes such a reference likely.
  const small = to.column.numbers !== null && from.column.distinct < 30
  const score = contained + covered * 0.5 + (related ? 1 : 0) - (small && !related ? 0.8 : 0)
  return { from, to, contained, covered, sameName, score }
}

/** The referring column is called after the file it refers to: `district_id` in another file than `district`. */
function namesMeet(from: ColumnOf, to: ColumnOf): boolean {
  const title = wordsOf(to.subject.title)
  const words = wordsOf(from.column.name)
    .split(' ')
    .filter((word) => word.length > 2)
  return words.some((word) => title.split(' ').some((part) => part === word || part === `${word}s`))
}
