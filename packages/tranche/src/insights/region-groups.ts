import { join, sql, typed } from '../sql/sql.ts'
import { findProvince, regionGroups } from './code-lists/china.ts'
import type { LevelColumn } from './frame.ts'
import { levelRule } from './group.ts'
import type { Breakdown } from './spread.ts'

/** Provinces by part of the country; undefined where fewer than two parts are found. */
export function byRegionGroup(province: LevelColumn): Breakdown | undefined {
  const groupOf = province.levels.map((level) => findProvince(level)?.group)
  const keys = regionGroups.map(({ key }) => key).filter((key) => groupOf.includes(key))
  if (keys.length < 2) return undefined
  const codeOf = groupOf.map((group) => (group === undefined ? -1 : keys.indexOf(group)))
  const membersOf = (code: number) => province.levels.filter((_, level) => codeOf[level] === code)
  return {
    attribute: 'region_group',
    columns: ['province'],
    codes: province.codes.map((code) => (code < 0 ? -1 : codeOf[code]!)),
    levels: keys,
    condition: (code) =>
      sql`province in (${join(membersOf(code).map((level) => sql`${typed('varchar', level)}`))})`,
    rule: (code) => levelRule('province', membersOf(code)),
  }
}
