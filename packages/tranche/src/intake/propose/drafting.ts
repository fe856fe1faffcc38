import type { Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import type { TransactionColumns } from './choose-transaction.ts'
import type { CustomerRoot } from './customer-root.ts'
import type { Subject, TableDraft } from './draft.ts'
import type { Happened } from './draft-happened.ts'
import type { Recognised } from './draft-others.ts'
import type { OrderLines } from './order-lines.ts'
import type { ColumnProfile } from './profile.ts'
import type { Reference } from './relations.ts'
import type { SecondSystem } from './systems.ts'

/** What is known of all files while they are drafted one by one. */
export interface Drafting {
  readonly warehouse: Warehouse
  readonly subjects: readonly Subject[]
  readonly references: readonly Reference[]
  readonly root: CustomerRoot | undefined
  readonly dealings: ReadonlyMap<Subject, TransactionColumns>
  /** Lines that name no customer, whose orders do. */
  readonly lines: ReadonlyMap<Subject, OrderLines>
  /** The orders of those lines. */
  readonly orders: ReadonlySet<Subject>
  /** Lines whose orders have amounts of their own. */
  readonly repeated: ReadonlySet<Subject>
  readonly shapes: ReadonlyMap<Subject, Recognised>
  /** Files that list those to whom something happened. */
  readonly happened: readonly Happened[]
  readonly systems: readonly SecondSystem[]
  readonly kinds: Set<string>
  /** Account numbers used so far, by the file that uses them. */
  readonly accounts: { readonly subject: Subject; readonly key: ColumnProfile }[]
}

/** Tables of one source. */
export interface Drafted {
  readonly tables: readonly TableDraft[]
  readonly notes: readonly Text[]
}
