import { TrancheError } from '../errors.ts'
import { appendAuditWithin } from '../store/audit.ts'
import { type Consent, recordConsent } from '../store/consents.ts'
import type { Statements } from '../store/state-database.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { currentUser, type LookOptions, pseudonymOf } from './look.ts'
import { stateOptionsOf, withState } from './state.ts'

export interface RecordedDecision {
  /** False where the same decision was on record before. */
  readonly isNew: boolean
}

/**
 * Records a customer's decision for a purpose, and who recorded it. The next run finds it in the table consents.
 * @throws TrancheError invalid_input; refused where another decision of the same instant is on record
 */
export async function recordDecision(
  catalogue: Catalogue,
  consent: Consent,
  options: LookOptions = {},
): Promise<RecordedDecision> {
  const now = stateOptionsOf(catalogue, options).clock()
  requireText('customer', consent.customerId)
  requireText('purpose', consent.purpose)
  if (consent.decidedAt.getTime() > now.getTime())
    throw new TrancheError('invalid_input', {
      en: 'A decision of the future can not be recorded.',
      zh: '不能记录未来时刻的决定。',
    })
  const subject = await pseudonymOf(catalogue, consent.customerId, options.env ?? process.env)
  const { purpose, granted } = consent
  const entry = { who: options.who ?? currentUser(), what: 'consent', subject, detail: { purpose, granted } }
  const record = async (within: Statements): Promise<RecordedDecision> => {
    const isNew = await recordConsent(within, consent, now)
    if (isNew) await appendAuditWithin(within, entry, now)
    return { isNew }
  }
  return await withState(catalogue, options, (state) => state.transaction(record, 'audit'))
}

function requireText(what: 'customer' | 'purpose', text: string): void {
  if (text.trim() !== '' && text.length <= 200 && !text.includes('\0')) return
  throw new TrancheError('invalid_input', {
    en: `The ${what} must be a text of 1 to 200 characters.`,
    zh: `${what === 'customer' ? '客户编号' : '目的'}须为 1 到 200 个字符。`,
  })
}
