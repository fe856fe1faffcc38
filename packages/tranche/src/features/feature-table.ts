import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { ValueType } from './analysed.ts'
import { sqlTypeOf } from './compile-measure.ts'

export interface FeatureColumn {
  readonly key: string
  readonly type: ValueType
}

/** A table of customer_id, as_of and one column per feature that receives rows. */
export interface FeatureTable {
  /** Adds what the statement selects: customer_id, as_of and the features in their order. */
  insert(rows: Sql): Promise<void>
}

/**
 * Creates the table, replacing one of that name. Where the engine packs amounts of 18 digits far better than those of
 * 38, they are kept in 18 until one comes that doesn't fit.
 */
export async function createFeatureTable(
  warehouse: Warehouse,
  table: string,
  columns: readonly FeatureColumn[],
): Promise<FeatureTable> {
  const { dialect } = warehouse
  const amounts = columns.filter(({ type }) => type === 'money')
  let isNarrow = dialect.packsNarrowAmounts && amounts.length > 0
  const definitions = columns.map(({ key, type }) => {
    const narrow = isNarrow && type === 'money'
    return sql`${ident(key)} ${narrow ? dialect.columnType('money') : sqlTypeOf(type)}`
  })
  await warehouse.run(
    sql`create or replace table ${tableNamed(table)} (${join([sql`customer_id varchar, as_of ${sqlTypeOf('instant')}`, ...definitions])})`,
  )
  const names = join([sql`customer_id, as_of`, ...columns.map(({ key }) => ident(key))])
  const insert = (rows: Sql) => warehouse.run(sql`insert into ${tableNamed(table)} (${names}) ${rows}`)
  const widen = async () => {
    for (const { key } of amounts)
      await warehouse.run(
        sql`alter table ${tableNamed(table)} alter column ${ident(key)} type ${sqlTypeOf('money')}`,
      )
    isNarrow = false
  }
  return {
    insert: async (rows) => {
      try {
        await insert(rows)
      } catch (error) {
        if (!isNarrow || !(error instanceof TrancheError) || error.code !== 'query_failed') throw error
        await widen()
        await insert(rows)
      }
    },
  }
}
