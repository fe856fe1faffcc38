import { TrancheError } from '../errors.ts'
import { type Sql, sql, typed } from '../sql/sql.ts'
import type { Statements } from './state-database.ts'

/** A customer's decision for a purpose. The newest one counts; none is ever changed. */
export interface Consent {
  readonly customerId: string
  readonly purpose: string
  readonly granted: boolean
  readonly noticeVersion: string | null
  readonly decidedAt: Date
  /** Where the decision can be seen: a form's number, a call's, a file's. */
  readonly evidence: string | null
}

/** A consent as it is kept; instants as ISO texts in UTC. */
export interface ConsentRow {
  readonly customer_id: string
  readonly purpose: string
  readonly granted: 0 | 1
  readonly notice_version: string | null
  readonly decided_at: string
  readonly evidence: string | null
  readonly recorded_at: string
}

/**
 * Records a decision; the same one again changes nothing. Gives whether it is new.
 * @throws TrancheError refused where another decision of the same instant is on record
 */
export async function recordConsent(state: Statements, consent: Consent, now: Date): Promise<boolean> {
  const { customerId, purpose, noticeVersion, evidence } = consent
  const granted = consent.granted ? 1 : 0
  const decidedAt = consent.decidedAt.toISOString()
  const consents = state.table('consents')
  const added = await state.run(
    sql`insert into ${consents} (customer_id, purpose, granted, notice_version, decided_at, evidence, recorded_at)
      values (${customerId}, ${purpose}, ${granted}, ${text(noticeVersion)}, ${decidedAt}, ${text(evidence)}, ${now.toISOString()})
      on conflict (customer_id, purpose, decided_at) do nothing`,
  )
  if (added > 0) return true
  const [found] = await state.rows<ConsentRow>(
    sql`select ${columns} from ${consents} where customer_id = ${customerId} and purpose = ${purpose} and decided_at = ${decidedAt}`,
  )
  if (found?.granted === granted && found.notice_version === noticeVersion && found.evidence === evidence)
    return false
  throw new TrancheError(
    'refused',
    {
      en: `Another decision of ${decidedAt} for ${purpose} is on record.`,
      zh: `${purpose} 在 ${decidedAt} 已记录另一项决定。`,
    },
    {
      hint: {
        en: 'Decisions are not changed; record a later one.',
        zh: '决定不可修改，请记录一项更晚的决定。',
      },
    },
  )
}

const rowsPerPage = 5000

/** All decisions, in the order of customer, purpose and instant. */
export async function* consentPages(state: Statements): AsyncIterable<readonly ConsentRow[]> {
  let after: ConsentRow | undefined
  for (;;) {
    const beyond: Sql =
      after === undefined
        ? sql``
        : sql` where (customer_id, purpose, decided_at) > (${after.customer_id}, ${after.purpose}, ${after.decided_at})`
    const page = await state.rows<ConsentRow>(
      sql`select ${columns} from ${state.table('consents')}${beyond} order by customer_id, purpose, decided_at limit ${rowsPerPage}`,
    )
    if (page.length > 0) yield page
    if (page.length < rowsPerPage) return
    after = page.at(-1)
  }
}

const columns = sql`customer_id, purpose, granted, notice_version, decided_at, evidence, recorded_at`

const text = (value: string | null) => typed('varchar', value)
