import type { TypedExpr } from '@tranche/language'
import { type ExpressionSqlOptions, expressionToSql } from './expression-sql.ts'
import { type Sql, sql } from './sql.ts'

export interface RuleSql {
  /** True for members and only for them; never NULL. */
  readonly isMember: Sql
  /** True where a missing value leaves the rule undecided; never NULL. */
  readonly isUnknown: Sql
}

/** A rule's two questions as SQL booleans. Members are those for whom it is definitely true. */
export function ruleToSql(rule: TypedExpr, options: ExpressionSqlOptions): RuleSql {
  if (rule.type !== 'bool') throw new TypeError(`A rule is a condition; this expression is ${rule.type}.`)
  const condition = expressionToSql(rule, options)
  return { isMember: sql`coalesce(${condition}, false)`, isUnknown: sql`(${condition} is null)` }
}
