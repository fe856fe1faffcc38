import type { ExtraMapping, Text } from '@tranche/contract'
import { labelOf, rateOf } from './column-label.ts'
import type { CustomerRoot } from './customer-root.ts'
import type { Reasoned, Subject } from './draft.ts'
import type { Drafted } from './drafting.ts'
import { extrasOf, keyOf } from './extras.ts'
import { mapColumn, mapped, reasonFor } from './map-column.ts'
import { titleOf } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { pickByName } from './roles.ts'

/** A file that lists those customers to whom something happened: who left, who defaulted, who renewed. */
export interface Happened {
  readonly subject: Subject
  readonly customer: ColumnProfile
  /** The yes-or-no attribute that it becomes, and what that is called. */
  readonly key: string
  readonly label: Text
}

/** Files that are called after an outcome and have a row for some of the customers. */
export function findHappened(
  subjects: readonly Subject[],
  root: CustomerRoot | undefined,
  isTold: (subject: Subject) => boolean,
): readonly Happened[] {
  if (root?.key === undefined || root.key === null) return []
  const everybody = root.key.distinct
  return subjects.flatMap((subject) => {
    if (subject === root.subject || isTold(subject)) return []
    const title = titleOf(subject.title)
    const customer = pickByName(subject.profile.columns, 'customer_id', new Set(), 0.75)?.column
    if (customer?.unique !== true || customer.distinct > everybody * mostOfThem) return []
    if (rateOf(title) === undefined) return []
    const key = keyOf({ ...customer, name: title })
    return [{ subject, customer, key, label: labelOf(title) }]
  })
}

/** A list of nearly everybody tells nobody apart. */
const mostOfThem = 0.95

/** Those listed: it happened to them, on the day that the file gives, if any. */
export function draftHappened({ subject, customer, key, label }: Happened, root: CustomerRoot): Drafted {
  const { columns } = subject.profile
  const date = columns.find((column) => column.date !== null)
  const taken = new Set([
    customer.name,
    ...(date === undefined ? [] : [date.name]),
    ...subject.identifiers.keys(),
  ])
  const rest = extrasOf(
    'customer_versions',
    columns.filter(({ name }) => !taken.has(name)),
  )
  const why: Text = { en: 'those who are listed here', zh: '名单所列客户' }
  return {
    tables: [
      {
        table: 'customer_versions',
        why: { en: 'to whom it happened, and since when', zh: '已发生的客户及其时间' },
        precedence: 1,
        columns: new Map([
          ['customer_id', { mapping: mapColumn(customer, 'id'), why: reasonFor(customer, 'customer_id') }],
          ...(date === undefined
            ? []
            : [
                [
                  'valid_from',
                  mapped('customer_versions', 'valid_from', date, {
                    en: 'from this day on',
                    zh: '自该日起',
                  }),
                ] as const,
              ]),
        ]),
        extras: new Map([...rest, [key, { mapping: { value: true, type: 'bool', label }, why }]]),
      },
    ],
    notes: [
      {
        en: `${subject.title} was taken for the list of those to whom it happened: all other customers of ${root.subject.title} count as those to whom it did not. Please check.`,
        zh: `${subject.title} 视为已发生该结果的客户名单：${root.subject.title} 中其余客户视为未发生，请核对。`,
      },
    ],
  }
}

/** What the register of customers says of those who are not listed. */
export function notHappened({ key, label, subject }: Happened): readonly [string, Reasoned<ExtraMapping>] {
  return [
    key,
    {
      mapping: { value: false, type: 'bool', label },
      why: { en: `unless ${subject.title} lists the customer`, zh: `除非列于 ${subject.title}` },
    },
  ]
}
