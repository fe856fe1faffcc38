import type { ColumnMapping, Text } from '@tranche/contract'
import { printName, quote } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { CustomerRoot } from './customer-root.ts'
import type { Reasoned, Subject } from './draft.ts'
import { mapColumn, quoted, reasonFor } from './map-column.ts'
import { conceptScore, wordsOf } from './name-match.ts'
import { type ColumnProfile, profiled } from './profile.ts'
import type { Reference } from './relations.ts'
import { isKeyLike, pickByName } from './roles.ts'
import type { Concept } from './synonyms-columns.ts'
import { ownerValues } from './synonyms-values.ts'

/** How the rows of a file find their customer. */
export interface CustomerPath extends Reasoned<ColumnMapping> {
  /** The file's own column that leads there. */
  readonly column: ColumnProfile
  readonly notes: readonly Text[]
  /** The file looked up on the way. */
  readonly through?: Subject
}

interface Question {
  readonly warehouse: Warehouse
  readonly subjects: readonly Subject[]
  readonly references: readonly Reference[]
  readonly root: CustomerRoot | undefined
}

const otherIds: readonly Concept[] = [
  'account_id',
  'transaction_id',
  'order_id',
  'product_id',
  'application_id',
]

/** The way from a file's rows to the customers: a column of its own, or one look-up in a file that has both keys. */
export async function pathToCustomer(
  subject: Subject,
  question: Question,
): Promise<CustomerPath | undefined> {
  return ownColumn(subject, question) ?? (await throughLink(subject, question))
}

function ownColumn(
  subject: Subject,
  { references, root }: Pick<Question, 'references' | 'root'>,
): CustomerPath | undefined {
  const named = pickByName(subject.profile.columns, 'customer_id')
  const another = named && otherIds.some((concept) => conceptScore(named.column.name, concept) > named.score)
  if (named !== undefined && !another)
    return {
      column: named.column,
      mapping: mapColumn(named.column, 'id'),
      why: reasonFor(named.column, 'customer_id'),
      notes: [],
    }
  if (root?.key === undefined || root.key === null) return undefined
  const reference = references.find(
    ({ from, to, score, sameName, covered }) =>
      from.subject === subject &&
      to.subject === root.subject &&
      to.column === root.key &&
      (sameName || score >= 1.9 || (from.column.distinct >= 30 && covered >= 0.3)),
  )
  if (reference === undefined) return undefined
  const isAmbiguous = references.some(
    ({ from, to, score }) =>
      from.subject === subject &&
      from.column === reference.from.column &&
      to.subject !== root.subject &&
      score > reference.score,
  )
  if (isAmbiguous && !reference.sameName) return undefined
  return {
    column: reference.from.column,
    mapping: mapColumn(reference.from.column, 'id'),
    why: {
      en: `its values are customer numbers of ${root.subject.title}`,
      zh: `取值均为 ${root.subject.title} 中的客户编号`,
    },
    notes: reference.sameName
      ? []
      : [
          {
            en: `${subject.title}: ${quoted(reference.from.column.name)} was taken for the customer, because its values are found in ${quoted(root.key.name)} of ${root.subject.title}.`,
            zh: `${subject.title}：${quoted(reference.from.column.name)} 的取值见于 ${root.subject.title} 的 ${quoted(root.key.name)}，视为客户编号。`,
          },
        ],
  }
}

interface Link {
  readonly subject: Subject
  readonly customer: ColumnProfile
}

/** Files that hold customer numbers beside another key: link tables, account tables, the customers themselves. */
function linksOf({ subjects, references, root }: Question): readonly Link[] {
  return subjects.flatMap((subject) => {
    if (root !== undefined && subject === root.subject)
      return root.key === null ? [] : [{ subject, customer: root.key }]
    const own = ownColumn(subject, { references, root })
    return own === undefined ? [] : [{ subject, customer: own.column }]
  })
}

async function throughLink(subject: Subject, question: Question): Promise<CustomerPath | undefined> {
  const { warehouse } = question
  const found: { link: Link; from: ColumnProfile; key: ColumnProfile; score: number }[] = []
  for (const link of linksOf(question)) {
    if (link.subject === subject) continue
    for (const key of link.subject.profile.columns) {
      if (key === link.customer || !isKeyLike(key) || key.distinct < 2) continue
      for (const from of subject.profile.columns) {
        if (!isKeyLike(from) || (from.numbers === null) !== (key.numbers === null)) continue
        const sameName = wordsOf(from.name) === wordsOf(key.name)
        if (!sameName && (from.distinct < 30 || key.distinct < from.distinct)) continue
        const contained = await containment(warehouse, subject, from, link.subject, key)
        if (contained < 0.9) continue
        found.push({
          link,
          from,
          key,
          score: contained + (sameName ? 1 : 0) + Math.min(1, from.distinct / key.distinct) * 0.5,
        })
      }
    }
  }
  found.sort((one, other) => other.score - one.score)
  for (const { link, from, key } of found) {
    const owner = await ownerCondition(warehouse, link, key)
    if (owner === undefined) continue
    return pathThrough(subject, link, from, key, owner)
  }
  return undefined
}

function pathThrough(
  subject: Subject,
  link: Link,
  from: ColumnProfile,
  key: ColumnProfile,
  owner: OwnerCondition,
): CustomerPath {
  const where = owner === 'one' ? {} : { where: owner.where }
  return {
    column: from,
    through: link.subject,
    mapping: {
      lookup: {
        source: link.subject.key,
        key: key.name,
        match: from.name,
        take: link.customer.name,
        ...where,
      },
    },
    why: {
      en: `the customer of ${from.name}, found in ${link.subject.title}`,
      zh: `通过 ${link.subject.title} 由 ${from.name} 找到客户`,
    },
    notes:
      owner === 'one'
        ? []
        : [
            {
              en: `${subject.title}: an account of several persons belongs to the one for whom ${owner.where} in ${link.subject.title}.`,
              zh: `${subject.title}：多人共有的账户归属 ${link.subject.title} 中满足 ${owner.where} 的客户。`,
            },
          ],
  }
}

type OwnerCondition = 'one' | { readonly where: string }

/** What makes the customer of a key unique: nothing, or a condition on a column of few values. */
async function ownerCondition(
  warehouse: Warehouse,
  { subject, customer }: Link,
  key: ColumnProfile,
): Promise<OwnerCondition | undefined> {
  const table = ident(subject.profile.table)
  const [k, c] = [profiled(key.index), profiled(customer.index)]
  const several = async (where = sql`true`): Promise<{ several: number; keys: number }> =>
    await warehouse.row<{ several: number; keys: number }>(
      sql`select count(*) filter (n > 1) as several, count(*) as keys from (select count(distinct ${c}) as n from ${table} where ${k} is not null and ${where} group by ${k})`,
    )
  const whole = await several()
  if (whole.several === 0) return 'one'
  const codes = subject.profile.columns.filter((column) => column.kind === 'text' && column.distinct <= 12)
  for (const column of codes) {
    const values = [...column.top].sort(
      (one, other) => Number(isOwner(other.value)) - Number(isOwner(one.value)) || other.count - one.count,
    )
    for (const { value } of values) {
      const found = await several(sql`${profiled(column.index)} = ${value}`)
      if (found.several === 0 && found.keys >= whole.keys * 0.99) return { where: equals(column.name, value) }
    }
  }
  return undefined
}

function isOwner(value: string): boolean {
  return ownerValues.includes(value.toLowerCase())
}

/** `name == "value"` of the rule language. */
export function equals(name: string, value: string): string {
  return `${printName(name)} == ${quote(value)}`
}

async function containment(
  warehouse: Warehouse,
  one: Subject,
  from: ColumnProfile,
  other: Subject,
  key: ColumnProfile,
): Promise<number> {
  const values = (subject: Subject, column: ColumnProfile) =>
    sql`(select distinct ${profiled(column.index)} as v from ${ident(subject.profile.table)} where ${profiled(column.index)} is not null)`
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${values(one, from)} a semi join ${values(other, key)} b on a.v = b.v`,
  )
  return n / Math.max(1, from.distinct)
}
