import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, sql, tableNamed } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { ValueType } from './analysed.ts'
import { type AsOfPoint, createCalendar } from './calendar.ts'
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
  const { warehouse, catalogue, signal } = options
  const calendar = createCalendar(catalogue.workspace.timeZone, options.asOfs)
  const features = new FeatureSet(catalogue, calendar)
  const keys = options.keys ?? features.keys
  const computation = new Computation({ warehouse, features, signal })
  askForFeatures(features, computation, keys, calendar.points)
  return await withoutOrder(warehouse, async () => {
    try {
      await computation.read()
      return await writeFeatures(options, features, computation, calendar.points)
    } finally {
      await computation.drop()
    }
  })
}

/** Asks for features as of points, to be read with whatever else is asked of the computation. */
export function askForFeatures(
  features: FeatureSet,
  computation: Computation,
  keys: readonly string[],
  points: readonly AsOfPoint[],
): void {
  for (const key of keys) features.typeOf(key, { file: '' })
  for (const point of points) for (const key of keys) computation.ask(key, point)
}

/** Writes the table of features that were asked for, once the rows are read. */
export async function writeFeatures(
  {
    warehouse,
    table = 'features',
    keys,
    progress,
  }: Pick<ComputeFeaturesOptions, 'warehouse' | 'table' | 'keys' | 'progress'>,
  features: FeatureSet,
  computation: Computation,
  points: readonly AsOfPoint[],
): Promise<ComputedFeatures> {
  const written = keys ?? features.keys
  const columns = written.map((key) => ({ key, type: features.typeOf(key, { file: '' }) }))
  // The engine packs amounts of 18 digits so that it reads them ten times as fast as those of 38.
  const isNarrow = warehouse.dialect.packsNarrowAmounts && (await computation.amountsFit(written))
  const typeOf = (type: ValueType) =>
    isNarrow && type === 'money' ? warehouse.dialect.columnType('money') : sqlTypeOf(type)
  const definitions = columns.map(({ key, type }) => sql`${ident(key)} ${typeOf(type)}`)
  await warehouse.run(
    sql`create or replace table ${tableNamed(table)} (${join([sql`customer_id varchar, as_of ${sqlTypeOf('instant')}`, ...definitions])})`,
  )
  const names = written.map((key) => ident(key))
  for (const point of points) {
    const values = join([sql`customer_id, ${timestampOf(point.ms)} as as_of`, ...names])
    const query = computation.query(
      point,
      written,
      (relation) => sql`select ${values} from ${relation} as features`,
    )
    for (const chunk of query.chunks()) {
      await warehouse.run(
        sql`insert into ${tableNamed(table)} (${join([sql`customer_id, as_of`, ...names])}) ${query.statement(chunk)}`,
      )
      progress?.(chunk.to)
    }
  }
  const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${tableNamed(table)}`)
  return { rows: n, columns, read: computation.rowsRead() }
}
