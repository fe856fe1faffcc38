import type { Warehouse } from '../../engine/warehouse.ts'
import { saltedHash } from '../../sql/salted-hash.ts'
import { type Sql, sql } from '../../sql/sql.ts'
import type { CustomerFrame } from '../frame.ts'

/** Customers in two halves by the hash of their number: one to search on, one to prove on, the same in every run. */
export interface Halves {
  /** From 0 to 999 by customer. */
  readonly buckets: Float64Array
  isTraining(bucket: number): boolean
  /** Condition on the proof half. */
  readonly inProof: Sql
}

const buckets = 1000
const trainingBuckets = 500

const bucket: Sql = sql`${saltedHash('profile', sql`customer_id`)} % ${buckets}`

/** Cost: one hash a customer. */
export async function readHalves(warehouse: Warehouse, { rowCount }: CustomerFrame): Promise<Halves> {
  const read = await warehouse.columns(
    sql`select cast(${bucket} as double) as bucket from customer_value order by customer_id`,
  )
  const column = read.byName['bucket']
  return {
    buckets: column?.type === 'number' ? column.values : new Float64Array(rowCount),
    isTraining: (value) => value < trainingBuckets,
    inProof: sql`${bucket} >= ${trainingBuckets}`,
  }
}
