import type { StandardTableName } from '@tranche/contract'

/** Tables whose newest row says until when the institution's data reaches, by the column that dates it. */
export const eventTimes: Partial<Record<StandardTableName, string>> = {
  transactions: 'occurred_at',
  events: 'occurred_at',
  applications: 'requested_at',
  ledger: 'on_date',
  account_balances: 'on_date',
  contacts: 'sent_at',
  responses: 'responded_at',
  complaints: 'complained_at',
  survey_answers: 'answered_at',
  observations: 'observed_at',
  redemptions: 'redeemed_at',
}
/** Asked only where no table of events has a date. */
export const startTimes: Partial<Record<StandardTableName, string>> = {
  accounts: 'opened_at',
  customer_versions: 'onboarded_at',
}
