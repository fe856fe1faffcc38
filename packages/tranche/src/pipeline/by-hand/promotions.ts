import { ident, sql } from '../../sql/sql.ts'
import { levelsOf } from './groups.ts'
import { daysLater, type HandWritten, rowsOf, type Scope } from './hand-written.ts'
import { onboarding } from './metrics.ts'

/** What each channel and creative cost and how many customers it brought, from the costs and the customers' own rows. */
export async function promotionsByHand(scope: Scope): Promise<readonly HandWritten[]> {
  const { warehouse, today, known } = scope
  const rows = await warehouse.rows<{ attribute: string; level: string }>(
    sql`select attribute, level from promotions order by attribute, level`,
  )
  // Whoever came later than 90 days before the last whole day is too new to be called kept or not.
  const isOver = sql`date_trunc('month', on_date) < date_trunc('month', ${daysLater(today, -91)})`
  return rows.flatMap(({ attribute, level }) => {
    const levels = levelsOf(scope, attribute)
    if (levels === undefined || !scope.isStarter('feature', 'tenure_days')) return []
    const spent = sql`${rowsOf('costs')} where treatment is null and ${known} and ${isOver} and ${ident(attribute)} = ${level}`
    const of = sql`promotions where attribute = ${attribute} and level = ${level}`
    return [
      {
        key: `promotions.${attribute}.${level}.cost`,
        published: sql`select cast(max(cost) as decimal(18,2)) as v from ${of}`,
        recomputed: sql`select cast(sum(amount) as decimal(18,2)) as v from ${spent}`,
      },
      {
        key: `promotions.${attribute}.${level}.customers`,
        published: sql`select max(customers) as v from ${of}`,
        recomputed: sql`select count(*) as v from ${levels} as levels join ${onboarding(scope)} on onboarding.customer_id = levels.customer_id
          where level = ${level} and date_trunc('month', start) in (select date_trunc('month', on_date) from ${spent})`,
      },
    ]
  })
}
