import { productKinds } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { knownBefore } from '../sql/known-before.ts'
import { ident, join, type Sql, sql, whole } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import { entriesBefore } from './ledger-facts.ts'

const msPerYear = 365 * 86_400_000

/** Fewest customers who hold a kind of product, and who don't, for it to be told of. */
const fewestHolders = 50

/** Column that says whether a customer holds a kind of product. */
export const holdingColumn = (kind: string): string => `holds_${kind}`

/** What the accounts of each customer amount to is one whole number, of which each of these is a bit. */
const marks = [...productKinds, 'loan_a_year_old', 'defaulted'] as const
type Mark = (typeof marks)[number]
type ProductKind = (typeof productKinds)[number]

/** Whether a mark is set among the marks of a customer; NULL where the customer has no account at all. */
const isMarked = (mark: Mark): Sql => sql`((account_marks.marks >> ${whole(marks.indexOf(mark))}) & 1) = 1`

/** Whether a loan opened at least a year ago was charged off; NULL where the customer has none. */
export const defaultedOnLoan = sql`case when ${isMarked('loan_a_year_old')} then ${isMarked('defaulted')} end`

/**
 * Whether a customer holds a kind of product in an open account. Those without any account count too, or products would
 * seem to keep each other away; where it is known when customers were won, only those of whom it is (others may be known
 * by their phone alone).
 */
export function holds(kind: ProductKind, known: ReadonlySet<string>): Sql {
  const held = sql`coalesce(${isMarked(kind)}, false)`
  return known.has('tenure_days')
    ? sql`case when customer_value.tenure_days is not null then ${held} end`
    : held
}

/**
 * Leaves the temporary table `account_marks` (customer_id, marks) of everybody who has an account.
 *
 * @returns whether any loan was charged off, and the kinds of products that enough customers hold.
 */
export async function createAccountMarks(
  warehouse: Warehouse,
  asOf: string,
): Promise<{ readonly hasLoans: boolean; readonly kinds: readonly ProductKind[] }> {
  const at = timestampOf(Date.parse(asOf))
  const yearBefore = timestampOf(Date.parse(asOf) - msPerYear)
  const bit = (mark: Mark) => whole(2 ** marks.indexOf(mark))
  const heldBits = join(
    productKinds.map((kind) => sql`when ${kind} then ${bit(kind)}`),
    ' ',
  )
  await warehouse.run(sql`
    create or replace temp table account_marks as
    with charged_off as ( -- one row per account
      select distinct account_id from standard.ledger
      where kind = 'charge_off' and account_id is not null and ${entriesBefore(asOf)}
    ), told as ( -- one row per account
      select accounts.customer_id, coalesce(accounts.product_kind, products.kind) as kind, opened_at,
        closed_at is null or closed_at >= ${at} as is_open, charged_off.account_id is not null as is_charged_off
      from standard.accounts left join standard.products on products.product_id = accounts.product_id
      left join charged_off on charged_off.account_id = accounts.account_id
      where accounts.customer_id is not null and opened_at < ${at} and ${knownBefore(at, 'accounts')}
    )
    select customer_id, cast(bit_or(case when is_open then case kind ${heldBits} else 0 end else 0 end
      | case when kind = 'loan' and opened_at <= ${yearBefore}
        then ${bit('loan_a_year_old')} | case when is_charged_off then ${bit('defaulted')} else 0 end else 0 end) as integer) as marks
    from told group by 1`)
  const counts = await warehouse.row<Record<Mark, number>>(sql`
    select ${join(marks.map((mark) => sql`count(*) filter (${isMarked(mark)}) as ${ident(mark)}`))} from account_marks`)
  return {
    hasLoans: counts.defaulted > 0,
    kinds: productKinds.filter((kind) => kind !== 'other' && counts[kind] >= fewestHolders),
  }
}

/** Takes from the table of facts what too few customers hold of whom it is known, or all but too few; gives those columns. */
export async function dropRareHoldings(
  warehouse: Warehouse,
  kinds: readonly ProductKind[],
): Promise<ReadonlySet<string>> {
  const columns = kinds.map(holdingColumn)
  if (columns.length === 0) return new Set()
  const rarer = (column: Sql) => sql`least(count(*) filter (${column}), count(*) filter (not ${column}))`
  const rarest = await warehouse.row<Record<string, number>>(
    sql`select ${join(columns.map((name) => sql`${rarer(ident(name))} as ${ident(name)}`))} from customer_facts`,
  )
  const rare = columns.filter((name) => rarest[name]! < fewestHolders)
  for (const name of rare) await warehouse.run(sql`alter table customer_facts drop column ${ident(name)}`)
  return new Set(rare)
}
