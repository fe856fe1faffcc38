import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clusterOptions } from '../conformance/engine.ts'

export interface LittleWorkspace {
  /** Where it writes, and as whom. */
  readonly schema: string
  readonly user: string
  /** A table of customers (no, since) and one of payments (id, payer, paid_at, amount), as `catalog.schema.table`. */
  readonly people: string
  readonly paid: string
}

/** A workspace over two tables in place and a file, with one feature: the sum of payments. @returns its folder */
export async function littleWorkspace(
  room: string,
  { schema, user, people, paid }: LittleWorkspace,
): Promise<string> {
  const dir = await mkdtemp(join(room, 'w-'))
  for (const folder of ['sources', 'features']) await mkdir(join(dir, folder))
  const { catalog, url, shared } = clusterOptions(schema)
  const files: Readonly<Record<string, string>> = {
    'tranche.yaml': `name: {en: Little, zh: 小}
timeZone: Asia/Shanghai
currency: CNY
warehouse:
  engine: trino
  url: ${url}
  catalog: ${catalog}
  schema: ${schema}
  user: ${user}
  shared: {folder: ${shared!.folder}, location: '${shared!.location}'}
`,
    'sources/people.yaml': `key: people
cluster: {table: ${people}}
tables:
  - {table: customer_versions, columns: {customer_id: {from: no}, onboarded_at: {from: since}}}
`,
    'sources/paid.yaml': `key: paid
cluster: {table: ${paid}}
tables:
  - table: transactions
    columns: {transaction_id: {from: id}, customer_id: {from: payer}, occurred_at: {from: paid_at}, amount: {from: amount}}
`,
    'sources/contacts.yaml': `key: contacts
files: contacts.csv
tables:
  - {table: contacts, columns: {contact_id: {from: id}, customer_id: {from: who}, sent_at: {from: at}}}
`,
    'contacts.csv': 'id,who,at\nc1,1,2024-05-01 12:00:00\n',
    'features/spend.yaml':
      '- {key: spend, label: {en: Spend, zh: 消费}, from: transactions, measure: {sum: amount}, unit: money}\n',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return dir
}
