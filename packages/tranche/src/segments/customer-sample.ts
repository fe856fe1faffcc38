import { saltedHash } from '../sql/salted-hash.ts'
import { type Sql, sql, tableNamed, whole } from '../sql/sql.ts'
import { customersSql } from './customer-blocks.ts'
import type { RuleScope } from './rule-scope.ts'

/** What can't be read of every customer while somebody waits is read of so many. */
export const sampleSize = 100_000

/**
 * The customers whose numbers hash lowest, with the columns asked for: the same ones whatever the order of rows and whatever
 * is asked of them, and everybody where there are no more.
 */
export function sampleSql(names: readonly string[], scope: RuleScope): Sql {
  const drawn = sql`select customer_id from ${tableNamed('features')}
    order by ${saltedHash('preview', sql`customer_id`)}, customer_id limit ${whole(sampleSize)}`
  return sql`select customers.* from (${customersSql(names, scope)}) as customers
    join (${drawn}) as drawn on drawn.customer_id = customers.customer_id
    order by customers.customer_id`
}
