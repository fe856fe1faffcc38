import type { TypedExpr } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import { cellRule } from '../../segments/cell-rule.ts'
import type { SegmentRules } from '../../segments/check-segments.ts'
import { customersSql } from '../../segments/customer-blocks.ts'
import type { SetModels } from '../../segments/fit-sets.ts'
import { modelCells } from '../../segments/name-cells.ts'
import { conditionSql, namesOf } from '../../segments/preview-rule.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import { type Cut, cutsOf } from './cuts.ts'
import type { Ailment } from './health.ts'

/** By how much of itself a cut is moved, and how far around it customers are counted to tell a crowd from an even spread. */
const moved = 0.02
const around = 0.1
/** How often as many change sides at the cut as would of customers spread evenly around it. */
const crowd = 2
/** Customers who change sides, for each member, from which a cut is a hard line through a crowd. */
const rigidFrom = 0.1
const fewest = 10

/**
 * Segments with a cut through a crowd: were it two in a hundred higher or lower, a tenth of the members or more would change
 * sides, in or out, and twice as many as if those within ten in a hundred of the cut were spread evenly. Whole numbers are asked only where two in a hundred are a whole step. Two passes over the
 * columns that all rules name.
 */
export async function rigidCuts(
  warehouse: Warehouse,
  rules: SegmentRules,
  models: SetModels,
  known: ReadonlySet<string>,
): Promise<readonly Ailment[]> {
  const judged = segmentsOf(rules, models).filter(({ rule }) =>
    namesOf(rule, rules).every((name) => known.has(name)),
  )
  const whole = await wholeNumbers(warehouse, rules, [
    ...new Set(judged.flatMap(({ rule }) => namesOf(rule, rules))),
  ])
  const asked = judged.flatMap(({ segment, rule }) =>
    cutsOf(rule, [moved, around], (name) => whole.has(name)).map((cut) => ({ segment, rule, cut })),
  )
  if (asked.length === 0) return []
  const names = [...new Set(asked.flatMap(({ rule }) => namesOf(rule, rules)))].sort()
  const counts = await countsOf(warehouse, rules, names, asked)
  const found = asked
    .map(({ segment, cut: { name, value } }, index) => ({ segment, name, cut: value, ...counts[index]! }))
    .filter(({ customers, movers, near }) => {
      const evenly = (near * moved) / around
      return movers >= fewest && movers >= rigidFrom * customers && movers >= crowd * evenly
    })
    .map(({ customers, near: _, ...one }) => ({
      ...one,
      share: customers === 0 ? 1 : one.movers / customers,
    }))
    .sort((a, b) => b.share - a.share || a.segment.localeCompare(b.segment, 'en'))
  // Of each segment the worst cut.
  return found
    .filter(({ segment }, index) => found.findIndex((one) => one.segment === segment) === index)
    .map((one) => ({ kind: 'rigid', ...one }))
}

/** Columns that hold whole numbers alone, whatever they are kept as: counts that a source gives are doubles. */
async function wholeNumbers(
  warehouse: Warehouse,
  { scope }: SegmentRules,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const numbers = names.filter((name) => scope.columns.get(name)!.type === 'number').sort()
  if (numbers.length === 0) return new Set()
  const broken = numbers.map((name) => {
    const value = sql`cast(${ident(name)} as double)`
    return sql`count(case when ${value} <> floor(${value}) then 1 end)`
  })
  const { found } = await warehouse.row<{ found: readonly number[] }>(
    sql`select [${join(broken)}] as found from (${customersSql(numbers, scope)}) as customers`,
  )
  return new Set(numbers.filter((_, index) => Number(found[index]) === 0))
}

function segmentsOf({ rules, sets }: SegmentRules, models: SetModels) {
  const cells = sets.flatMap((set) => {
    const model = models.get(set.key) ?? null
    return modelCells(set, model).flatMap(({ key, value }) => {
      const rule = cellRule(set, model, value)
      return rule === undefined ? [] : [{ segment: key, rule }]
    })
  })
  return [...rules.map(({ key, rule }) => ({ segment: key, rule })), ...cells]
}

async function countsOf(
  warehouse: Warehouse,
  rules: SegmentRules,
  names: readonly string[],
  asked: readonly { readonly rule: TypedExpr; readonly cut: Cut }[],
): Promise<readonly Counts[]> {
  const counts = asked.flatMap(({ rule, cut }): Sql[] => {
    const now = sql`coalesce(${conditionSql(rule, rules)}, false)`
    const changing = cut.moved.map(({ down, up }) => {
      const other = [down, up].map((one) => sql`${now} <> coalesce(${conditionSql(one, rules)}, false)`)
      return sql`count(case when ${join(other, ' or ')} then 1 end)`
    })
    return [sql`count(case when ${now} then 1 end)`, ...changing]
  })
  const { found } = await warehouse.row<{ found: readonly number[] }>(
    sql`select [${join(counts)}] as found from (${customersSql(names, rules.scope)}) as customers`,
  )
  return asked.map((_, index) => {
    const [customers, movers, near] = found.slice(3 * index, 3 * index + 3).map(Number)
    return { customers: customers!, movers: movers!, near: near! }
  })
}

interface Counts {
  readonly customers: number
  readonly movers: number
  /** Who would change sides were the cut moved as far as is looked around. */
  readonly near: number
}
