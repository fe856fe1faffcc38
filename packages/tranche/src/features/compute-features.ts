import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, sql } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { ValueType } from './analysed.ts'
import { createCalendar } from './calendar.ts'
import { sqlTypeOf } from './compile-measure.ts'
import { Computation } from './computation.ts'
import { withoutOrder } from './engine-settings.ts'
import { FeatureSet } from './feature-set.ts'

export interface ComputeFeaturesOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Pick<Catalogue, 'features' | 'extras' | 'workspace'>
  /** Instants, ISO in UTC; one row per customer and instant is written. */
  readonly asOfs: readonly string[]
  /** Table to write, replacing one of that name; `features` unless said. */
  readonly table?: string
  /** Only these features; all unless said. */
  readonly keys?: readonly string[]
  readonly signal?: AbortSignal
  readonly progress?: (rows: number) => void
}

export interface ComputedFeatures {
  readonly rows: number
  readonly columns: readonly { readonly key: string; readonly type: ValueType }[]
  /** Rows that were read of each standard table; each was read once. */
  readonly read: Readonly<Record<string, number>>
}

/**
 * Computes features as of the given instants from what was known before them, into a table with customer_id, as_of
 * and one column per feature. Rows come in no particular order. One scan per source table whatever the number of
 * features, windows and instants; memory stays bounded by working through customers in chunks.
 * @throws TrancheError invalid_definition for a definition that can't be computed, with its place
 */
export async function computeFeatures(options: ComputeFeaturesOptions): Promise<ComputedFeatures> {
  const { warehouse, catalogue, signal, progress } = options
  const calendar = createCalendar(catalogue.workspace.timeZone, options.asOfs)
  const features = new FeatureSet(catalogue, calendar)
  const keys = options.keys ?? features.keys
  const columns = keys.map((key) => ({ key, type: features.typeOf(key, { file: '' }) }))
  const computation = new Computation({ warehouse, features, signal })
  for (const point of calendar.points) for (const key of keys) computation.ask(key, point)
  const table = options.table ?? 'features'
  return await withoutOrder(warehouse, async () => {
    try {
      await computation.read()
      const definitions = columns.map(({ key, type }) => sql`${ident(key)} ${sqlTypeOf(type)}`)
      await warehouse.run(
        sql`create or replace table ${ident(table)} (${join([sql`customer_id varchar, as_of timestamp`, ...definitions])})`,
      )
      for (const chunk of computation.chunks()) {
        const statement = computation.statement(chunk, calendar.points, (relation, { ms }) => {
          const values = join([
            sql`customer_id, ${timestampOf(ms)} as as_of`,
            ...keys.map((key) => ident(key)),
          ])
          return sql`select ${values} from ${relation} as features`
        })
        await warehouse.run(
          sql`insert into ${ident(table)} (${join([sql`customer_id, as_of`, ...keys.map((key) => ident(key))])}) ${statement}`,
        )
        progress?.(chunk.to)
      }
      const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${ident(table)}`)
      return { rows: n, columns, read: computation.rowsRead() }
    } finally {
      await computation.drop()
    }
  })
}
