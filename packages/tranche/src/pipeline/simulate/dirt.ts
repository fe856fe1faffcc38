/** What intake is expected to do with a dirty row, given the mapping that comes with the files. */
export type Outcome = 'quarantined' | 'duplicate' | 'filtered' | 'repaired' | 'kept'

export interface DirtKind {
  readonly kind: string
  readonly outcome: Outcome
}

/** A genuine row written differently, that intake is to read all the same. */
const repaired = (kind: string): DirtKind => ({ kind, outcome: 'repaired' })
/** A row of its own beside a genuine one. */
const extra = (kind: string, outcome: Outcome = 'quarantined'): DirtKind => ({ kind, outcome })
const duplicate = extra('duplicate', 'duplicate')
const contradiction = extra('contradictory_duplicate')
const keys = [repaired('key_lower_case'), repaired('key_spaces'), repaired('key_full_width')]
const orphan = extra('unknown_customer')

/**
 * Kinds of dirt by source, planted in turn. A row has at most one kind. Dirt is added to the genuine rows or
 * can be repaired, so that the tables made of a dirty institution equal those of the clean one.
 */
const kinds = {
  customers: [
    ...keys,
    repaired('gender_alias'),
    { kind: 'id_number_bad_checksum', outcome: 'kept' },
    duplicate,
    contradiction,
    extra('unparseable_date'),
    extra('wrong_code'),
    extra('negative_age'),
    extra('bad_amount'),
    extra('truncated_line'),
    extra('test_row', 'filtered'),
  ],
  app_users: [repaired('phone_with_prefix'), repaired('phone_with_spaces'), duplicate],
  accounts: [
    ...keys,
    duplicate,
    orphan,
    extra('unparseable_date'),
    extra('wrong_code'),
    extra('truncated_line'),
  ],
  balances: [duplicate, orphan, extra('future_date')],
  applications: [
    ...keys,
    duplicate,
    contradiction,
    orphan,
    extra('unparseable_date'),
    extra('wrong_code'),
    extra('bad_amount'),
    extra('truncated_line'),
  ],
  transactions: [
    ...keys,
    duplicate,
    contradiction,
    orphan,
    extra('future_date'),
    extra('missing_amount'),
    extra('negative_amount'),
    extra('wrong_code'),
    extra('failed_transaction', 'filtered'),
  ],
  ledger: [duplicate, orphan, extra('future_date'), extra('missing_amount')],
  repayments: [duplicate, orphan],
  events: [duplicate, extra('future_date'), extra('unparseable_date'), extra('truncated_line')],
  contacts: [...keys, duplicate, orphan, extra('wrong_code')],
  responses: [duplicate, orphan],
  bureau: [duplicate, orphan, extra('bad_amount')],
  complaints: [duplicate, extra('unparseable_date')],
  referrals: [duplicate, orphan],
} satisfies Record<string, readonly DirtKind[]>

export type DirtySource = keyof typeof kinds
export const dirtKinds: Readonly<Record<DirtySource, readonly DirtKind[]>> = kinds
export const dirtySources = Object.keys(dirtKinds) as DirtySource[]

/** Customer numbers that belong to nobody start here. */
export const unknownCustomers = 90_000_000

/** Decides row by row what is planted in one source, evenly spread, the kinds in turn. */
export class DirtPlan {
  readonly counts: number[]
  /** Genuine rows so far. */
  rows = 0
  readonly #kinds: readonly DirtKind[]
  readonly #rate: number
  #turn: number
  #due: number

  /** @param start shifts the turn, so that small parts don't all begin with the same kind. */
  constructor(source: DirtySource, rate: number, start: number) {
    this.#kinds = dirtKinds[source]
    this.counts = this.#kinds.map(() => 0)
    this.#rate = rate
    this.#turn = (start * 5) % this.#kinds.length
    this.#due = 0.5
  }

  /** What is planted at the genuine row just reached. */
  next(): string | undefined {
    this.rows++
    this.#due += this.#rate
    if (this.#due < 1) return undefined
    this.#due -= 1
    const kind = this.#kinds[this.#turn]!
    this.counts[this.#turn]!++
    this.#turn = (this.#turn + 1) % this.#kinds.length
    return kind.kind
  }
}
