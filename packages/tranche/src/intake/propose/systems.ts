import type { IdentifierKind, Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, sql } from '../../sql/sql.ts'
import { type CustomerRoot, customerKey } from './customer-root.ts'
import type { Subject } from './draft.ts'
import { type ColumnProfile, profiled } from './profile.ts'
import type { Reference } from './relations.ts'

/** A file of the same persons under other numbers, and by which identifiers both name them. */
export interface SecondSystem {
  readonly subject: Subject
  readonly key: ColumnProfile
  readonly by: readonly IdentifierKind[]
}

const matchable: readonly IdentifierKind[] = ['phone', 'email', 'id_number', 'card_number']
const leastShared = 0.2
const mostSameKeys = 0.5

/** Registers beside the first that name the same persons by phone, e-mail or id number, and number them otherwise. */
export async function findSecondSystems(
  warehouse: Warehouse,
  subjects: readonly Subject[],
  root: CustomerRoot | undefined,
  references: readonly Reference[],
  isRegister: (subject: Subject) => boolean,
): Promise<readonly SecondSystem[]> {
  if (root === undefined || root.key === null) return []
  const found: SecondSystem[] = []
  for (const subject of subjects) {
    if (subject === root.subject || !isRegister(subject)) continue
    const key = customerKey(subject, references)
    if (key === null || subject.identifiers.has(key.name)) continue
    if ((await overlap(warehouse, subject, key, root.subject, root.key)) > mostSameKeys) continue
    const by: IdentifierKind[] = []
    for (const kind of matchable) {
      const [one, other] = [columnOf(subject, kind), columnOf(root.subject, kind)]
      if (one === undefined || other === undefined) continue
      if ((await overlap(warehouse, subject, one, root.subject, other)) >= leastShared) by.push(kind)
    }
    if (by.length > 0) found.push({ subject, key, by })
  }
  return found
}

/** The second system whose numbers a file uses, where they are not those of the first. */
export async function systemOf(
  warehouse: Warehouse,
  subject: Subject,
  column: ColumnProfile,
  root: CustomerRoot | undefined,
  systems: readonly SecondSystem[],
): Promise<SecondSystem | undefined> {
  if (root === undefined || root.key === null || systems.length === 0) return undefined
  const own = systems.find((system) => system.subject === subject)
  if (own !== undefined) return own
  const first = await overlap(warehouse, subject, column, root.subject, root.key)
  for (const system of systems)
    if (
      (await overlap(warehouse, subject, column, system.subject, system.key)) > Math.max(first, mostSameKeys)
    )
      return system
  return undefined
}

/** What was concluded about two systems, in words. */
export function systemNote(root: CustomerRoot, { subject, key, by }: SecondSystem): Text {
  return {
    en: `${subject.title} numbers the same persons otherwise (${JSON.stringify(key.name)}): it is a system of its own, joined with ${root.subject.title} by ${by.join(', ')}.`,
    zh: `${subject.title} 对同一批客户另行编号（${JSON.stringify(key.name)}）：作为独立系统，按 ${by.join('、')} 与 ${root.subject.title} 匹配。`,
  }
}

function columnOf({ identifiers, profile }: Subject, kind: IdentifierKind): ColumnProfile | undefined {
  return profile.columns.find(({ name }) => identifiers.get(name)?.kind === kind)
}

/** Share of one column's values that the other has too. */
async function overlap(
  warehouse: Warehouse,
  one: Subject,
  column: ColumnProfile,
  other: Subject,
  key: ColumnProfile,
): Promise<number> {
  const values = (subject: Subject, of: ColumnProfile) =>
    sql`(select distinct ${profiled(of.index)} as v from ${ident(subject.profile.table)} where ${profiled(of.index)} is not null)`
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${values(one, column)} a semi join ${values(other, key)} b on a.v = b.v`,
  )
  return n / Math.max(1, column.distinct)
}
