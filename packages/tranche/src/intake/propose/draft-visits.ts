import type { CustomerPath } from './customer-paths.ts'
import type { Subject } from './draft.ts'
import type { Drafted } from './drafting.ts'
import { extrasOf } from './extras.ts'
import { doubtAboutDates, mapped, quoted, reasonFor } from './map-column.ts'
import { conceptScore } from './name-match.ts'
import { pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'

/** What may say what a customer came for. */
const purposes: readonly Concept[] = ['event_name', 'product_name', 'category', 'product_id', 'topic']

/** Customers who come again on certain days, without an amount: events, by which activity but no value is told. */
export function draftVisits(subject: Subject, path: CustomerPath): Drafted | undefined {
  const { columns } = subject.profile
  const { from } = path.mapping
  if (from === undefined || path.column.distinct > path.column.filled * 0.8) return undefined
  const time =
    pickByName(columns, 'occurred_at')?.column ??
    columns.find(({ date, name }) => date !== null && conceptScore(name, 'birth_date') < 0.6)
  if (time === undefined) return undefined
  const taken = new Set([from, time.name, ...subject.identifiers.keys()])
  const what = purposes
    .map((concept) => ({ concept, column: pickByName(columns, concept, taken, 0.6)?.column }))
    .find(({ column }) => column !== undefined)
  if (what?.column !== undefined) taken.add(what.column.name)
  const doubt = doubtAboutDates(time)
  return {
    tables: [
      {
        table: 'events',
        why: { en: 'customers and days, but no amounts', zh: '有客户与日期，没有金额' },
        columns: new Map([
          ['customer_id', { mapping: path.mapping, why: path.why }],
          ['occurred_at', mapped('events', 'occurred_at', time, reasonFor(time, 'occurred_at'))],
          [
            'name',
            what?.column === undefined
              ? { mapping: { value: subject.key }, why: { en: 'the name of the file', zh: '取文件名' } }
              : mapped('events', 'name', what.column, reasonFor(what.column, what.concept)),
          ],
        ]),
        extras: extrasOf(
          'events',
          columns.filter(({ name }) => !taken.has(name)),
        ),
      },
    ],
    notes: [
      ...path.notes,
      ...(doubt === undefined ? [] : [doubt]),
      {
        en: `${subject.title}: ${quoted(from)} comes again on several days, but no column is an amount: rows are events, and no value is computed. Please check.`,
        zh: `${subject.title}：${quoted(from)} 多日出现，但没有金额列：各行视为事件，不计算价值。请核对。`,
      },
    ],
  }
}
