import { printExpression, referencedNames, referencedSegments, type TypedExpr } from '@tranche/language'
import type { Warehouse } from '../engine/warehouse.ts'
import { expressionToSql } from '../sql/expression-sql.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { SegmentRules } from './check-segments.ts'
import { customersSql } from './customer-blocks.ts'

export interface ClauseCount {
  readonly clause: string
  /** Customers for whom this clause and all before it hold. */
  readonly count: number
  /** Customers for whom this clause alone holds, and of whom it alone is not known. */
  readonly alone: number
  readonly unknown: number
}

export interface RulePreview {
  readonly rule: string
  readonly population: number
  readonly count: number
  readonly unknown: number
  readonly share: number | null
  readonly funnel: readonly ClauseCount[]
}

/**
 * What a rule would select, exactly: members, those of whom it is not known, and how many each clause of a conjunction leaves,
 * in one pass over the columns it names.
 */
export async function previewRule(
  warehouse: Warehouse,
  rules: SegmentRules,
  rule: TypedExpr,
): Promise<RulePreview> {
  const clauses = clausesOf(rule)
  const names = namesOf(rule, rules)
  const conditions = clauses.map((_, index) => ident(`c${index}`))
  const customers = (which: Sql) => sql`coalesce(sum(n) filter (where ${which}), 0)`
  const so = (count: number) => sql`(${join(conditions.slice(0, count), ' and ')})`
  const held = clauses.map(
    (_, index) => sql`
      ${customers(so(index + 1))} as ${ident(`held${index}`)},
      ${customers(conditions[index]!)} as ${ident(`alone${index}`)},
      ${customers(sql`${conditions[index]!} is null`)} as ${ident(`unknown${index}`)}`,
  )
  const all = so(clauses.length)
  const row = await warehouse.row<Record<string, number | string | null>>(sql`
    with judged as ( -- one row per customer
      select ${join(clauses.map((clause, index) => sql`${conditionSql(clause, rules)} as ${ident(`c${index}`)}`))}
      from (${customersSql(names, rules.scope)}) as customers
    ), alike as ( -- one row per way in which clauses hold, don't, or are unknown: few rows to ask every question of
      select ${join(conditions)}, count(*) as n from judged group by ${join(conditions)}
    )
    select ${customers(sql`true`)} as population, ${customers(all)} as members, ${customers(sql`${all} is null`)} as unknown, ${join(held)}
    from alike`)
  const number = (name: string) => Number(row[name])
  return rulePreview(
    rule,
    { population: number('population'), count: number('members'), unknown: number('unknown') },
    clauses.map((_, index) => ({
      count: number(`held${index}`),
      alone: number(`alone${index}`),
      unknown: number(`unknown${index}`),
    })),
  )
}

export function clausesOf(rule: TypedExpr): readonly TypedExpr[] {
  return rule.kind === 'and' ? rule.operands : [rule]
}

/** Counts with the words that they are of. */
export function rulePreview(
  rule: TypedExpr,
  counted: Pick<RulePreview, 'population' | 'count' | 'unknown'>,
  clauses: readonly Omit<ClauseCount, 'clause'>[],
): RulePreview {
  const { population, count } = counted
  return {
    rule: printExpression(rule),
    ...counted,
    share: population === 0 ? null : count / population,
    funnel: clausesOf(rule).map((clause, index) => ({ clause: printExpression(clause), ...clauses[index]! })),
  }
}

/** Columns that a rule reads, those of the segments it asks about included. */
export function namesOf(rule: TypedExpr, rules: SegmentRules): readonly string[] {
  const asked = referencedSegments(rule).flatMap((key) => {
    const standing = rules.scope.columnSegments.find((segment) => segment.key === key)
    if (standing !== undefined) return [standing.column]
    const other = rules.rules.find((segment) => segment.key === key)
    return other === undefined ? [] : namesOf(other.rule, rules)
  })
  return [...new Set([...referencedNames(rule), ...asked])].sort()
}

/** Members of a rule, one row each. */
export function membersSql(rule: TypedExpr, rules: SegmentRules): Sql {
  return sql`select customer_id from (${customersSql(namesOf(rule, rules), rules.scope)}) as customers
    where ${conditionSql(rule, rules)}`
}

/** A segment asked about stands in its place as its own condition, unknowns included. */
export function conditionSql(rule: TypedExpr, rules: SegmentRules): Sql {
  return expressionToSql(rule, {
    column: (name) => ident(name),
    storage: (name) => rules.scope.columns.get(name)?.storage ?? 'double',
    inSegment: (key) => {
      const standing = rules.scope.columnSegments.find((segment) => segment.key === key)
      if (standing !== undefined) return sql`(${ident(standing.column)} = ${standing.value})`
      return conditionSql(rules.rules.find((segment) => segment.key === key)!.rule, rules)
    },
  })
}
