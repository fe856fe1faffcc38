import { sql } from '../../sql/sql.ts'
import { levelsOf } from './groups.ts'
import type { HandWritten, Scope } from './hand-written.ts'
import { onboarding } from './metrics.ts'

/** What each channel and creative cost and how many customers it brought, from the costs and the customers' own rows. */
export async function promotionsByHand(scope: Scope): Promise<readonly HandWritten[]> {
  const { warehouse, at, known } = scope
  const rows = await warehouse.rows<{ attribute: string; level: string }>(
    sql`select attribute, level from promotions order by attribute, level`,
  )
  const spent = sql`standard.costs where treatment is null and on_date < ${at} and ${known}`
  return rows.flatMap(({ attribute, level }) => {
    const levels = levelsOf(scope, attribute)
    if (levels === undefined || !scope.isStarter('feature', 'tenure_days')) return []
    const of = sql`promotions where attribute = ${attribute} and level = ${level}`
    return [
      {
        key: `promotions.${attribute}.${level}.cost`,
        published: sql`select cast(max(cost) as decimal(18,2)) as v from ${of}`,
        recomputed:
          attribute === 'channel'
            ? sql`select cast(sum(amount) as decimal(18,2)) as v from ${spent} and channel = ${level}`
            : sql`select cast(sum(amount) as decimal(18,2)) as v from ${spent} and creative = ${level}`,
      },
      {
        key: `promotions.${attribute}.${level}.customers`,
        published: sql`select max(customers) as v from ${of}`,
        recomputed: sql`select count(*) as v from ${levels} as levels join ${onboarding(scope)} on onboarding.customer_id = levels.customer_id
          where level = ${level} and start >= (select date_trunc('month', min(on_date)) from ${spent} and ${attribute === 'channel' ? sql`channel` : sql`creative`} is not null)`,
      },
    ]
  })
}
