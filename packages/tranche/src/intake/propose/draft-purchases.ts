import type { ColumnMapping } from '@tranche/contract'
import { printName, quote } from '@tranche/language'
import type { CustomerPath } from './customer-paths.ts'
import type { Reasoned, Subject, TableDraft } from './draft.ts'
import type { Recognised } from './draft-others.ts'
import { mapped, reasonFor } from './map-column.ts'
import { pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'
import { purchaseEvents } from './synonyms-values.ts'

const further: readonly Concept[] = ['currency', 'category', 'product_id', 'channel']

/** Events of which some are purchases with a price are also transactions: those of them. */
export function purchasesAmongEvents(
  subject: Subject,
  { shape, picked }: Recognised,
  path: CustomerPath,
): TableDraft | undefined {
  const [name, time] = [picked.get('name'), picked.get('occurred_at')]
  if (shape.table !== 'events' || name === undefined || time === undefined) return undefined
  const words = name.top
    .map(({ value }) => value)
    .filter((value) => purchaseEvents.includes(value.toLowerCase().replace(/[ _-]+/g, ' ')))
  const { columns } = subject.profile
  const taken = new Set([...picked.values()].map((column) => column.name))
  const amount = pickByName(columns, 'amount', taken) ?? pickByName(columns, 'unit_price', taken)
  if (words.length === 0 || amount === undefined) return undefined
  const [only] = words
  const condition =
    words.length === 1
      ? `${printName(name.name)} == ${quote(only!)}`
      : `${printName(name.name)} in [${words.map((word) => quote(word)).join(', ')}]`
  const mappings = new Map<string, Reasoned<ColumnMapping>>([
    ['customer_id', { mapping: path.mapping, why: path.why }],
    ['occurred_at', mapped('transactions', 'occurred_at', time, reasonFor(time, 'occurred_at'))],
    ['amount', mapped('transactions', 'amount', amount.column, reasonFor(amount.column, 'amount'))],
    ['kind', { mapping: { value: 'purchase' }, why: { en: 'by the condition above', zh: '由上述条件决定' } }],
  ])
  for (const concept of further) {
    const found = pickByName(columns, concept, new Set([amount.column.name]), 0.75)
    if (found !== undefined)
      mappings.set(concept, mapped('transactions', concept, found.column, reasonFor(found.column, concept)))
  }
  return {
    table: 'transactions',
    why: { en: 'those events that are purchases', zh: '事件中的购买' },
    where: { mapping: condition, why: { en: 'what was bought', zh: '仅限购买' } },
    columns: mappings,
    extras: new Map(),
  }
}
