import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

export type Row = Record<string, number | string | null>

/** The files of a simulated institution as a database would read them, without the product's intake. */
export interface Files {
  rows(statement: string): Promise<Row[]>
  numbers(statement: string): Promise<Record<string, number>>
  close(): void
}

const readers: Record<string, string> = {
  accounts: "read_csv('accounts.csv', all_varchar = true, null_padding = true, strict_mode = false)",
  app_users: "read_csv('app_users.csv', all_varchar = true)",
  applications: "read_csv('applications.csv', all_varchar = true, null_padding = true, strict_mode = false)",
  contacts: "read_csv('contacts.csv', all_varchar = true)",
  responses: "read_csv('responses.csv', all_varchar = true)",
  costs: "read_csv('costs.csv', all_varchar = true)",
  bureau: "read_csv('bureau.csv', all_varchar = true)",
  complaints: "read_csv('complaints.csv', all_varchar = true)",
  referrals: "read_csv('referrals.csv', all_varchar = true)",
  customers: "read_csv('customers.utf-8.csv', all_varchar = true, null_padding = true, strict_mode = false)",
  transactions: "read_parquet('transactions/*.parquet')",
  ledger: "read_parquet('ledger/*.parquet')",
  repayments: "read_parquet('repayments/*.parquet')",
  balances: "read_parquet('balances/*.parquet')",
}

/** Opens data/ of an institution; the customers' list is decoded beside it first. */
export async function openFiles(dir: string): Promise<Files> {
  const data = join(dir, 'data')
  const decoder = new TextDecoder('gb18030', { fatal: true })
  await writeFile(
    join(data, 'customers.utf-8.csv'),
    decoder.decode(await readFile(join(data, 'customers.csv'))),
  )
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  for (const [name, reader] of Object.entries(readers))
    await connection.run(
      `create view ${name} as select * from ${reader.replace(/'([^']+\.(csv|parquet))'/, `'${data}/$1'`)}`,
    )
  return {
    rows: (statement) => rowsOf(connection, statement),
    numbers: async (statement) => {
      const [row] = await rowsOf(connection, statement)
      return Object.fromEntries(Object.entries(row!).map(([name, value]) => [name, Number(value)]))
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

async function rowsOf(connection: DuckDBConnection, statement: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(statement)
  return reader.getRowObjectsJson() as Row[]
}
