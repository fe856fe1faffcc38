import type { Column, ColumnTable } from '@tranche/language'
import type { Columns, Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { RuleColumn, RuleScope } from './rule-scope.ts'

const rowsPerBlock = 65_536

export interface CustomerBlock {
  readonly customers: readonly (string | null)[]
  readonly table: ColumnTable
}

const relations = { features: 'features', customer_value: 'valued', customer_sets: 'placed' } as const

/** One row per customer with the columns asked for: features, value, the cells of sets. */
export function customersSql(names: readonly string[], scope: RuleScope): Sql {
  const columns = names.map((name) => {
    const { from } = scope.columns.get(name)!
    return sql`${ident(relations[from], name)} as ${ident(name)}`
  })
  const placed = names.some((name) => scope.columns.get(name)!.from === 'customer_sets')
  return sql`select ${join([sql`features.customer_id as customer_id`, ...columns])}
    from ${tableNamed('features')} as features
    left join ${tableNamed('customer_value')} as valued on valued.customer_id = features.customer_id
    ${placed ? sql`left join ${tableNamed('customer_sets')} as placed on placed.customer_id = features.customer_id` : sql``}`
}

/** All customers in order, some tens of thousands at a time, as typed columns; each column is read once. */
export async function* customerBlocks(
  warehouse: Warehouse,
  names: readonly string[],
  scope: RuleScope,
): AsyncGenerator<CustomerBlock> {
  let parts: Columns[] = []
  let rows = 0
  for await (const part of warehouse.batches(sql`${customersSql(names, scope)} order by customer_id`)) {
    parts.push(part)
    rows += part.rowCount
    if (rows < rowsPerBlock) continue
    yield blockOf(parts, rows, names, scope)
    parts = []
    rows = 0
  }
  if (rows > 0) yield blockOf(parts, rows, names, scope)
}

function blockOf(
  parts: readonly Columns[],
  rows: number,
  names: readonly string[],
  scope: RuleScope,
): CustomerBlock {
  const columns = Object.fromEntries(
    names.map((name) => [name, columnOf(parts, rows, name, scope.columns.get(name)!)]),
  )
  return { customers: texts(parts, 'customer_id'), table: { length: rows, columns } }
}

function columnOf(parts: readonly Columns[], rows: number, name: string, { type }: RuleColumn): Column {
  if (type === 'string') return coded(parts, rows, name)
  const { values, valid } = numbers(parts, rows, name)
  switch (type) {
    case 'bool':
      return { type, values: Uint8Array.from(values), valid }
    case 'instant':
      return { type, values: BigInt64Array.from(values, (ms) => BigInt(Math.round(ms * 1000))), valid }
    case 'set':
      throw new TypeError(`${name} is a set, which no column of customers is.`)
    default:
      return { type, values, valid }
  }
}

function numbers(parts: readonly Columns[], rows: number, name: string) {
  const values = new Float64Array(rows)
  const valid = new Uint8Array(rows)
  let at = 0
  for (const { byName, rowCount } of parts) {
    const column = byName[name]
    if (column?.type === 'number') {
      values.set(column.values, at)
      valid.set(column.valid, at)
    }
    at += rowCount
  }
  return { values, valid }
}

/** Texts as codes: a rule compares each distinct one once. */
function coded(parts: readonly Columns[], rows: number, name: string): Column {
  const codes = new Int32Array(rows)
  const known = new Map<string, number>()
  texts(parts, name).forEach((text, row) => {
    if (text === null) {
      codes[row] = -1
      return
    }
    let code = known.get(text)
    if (code === undefined) {
      code = known.size
      known.set(text, code)
    }
    codes[row] = code
  })
  return { type: 'string', codes, dictionary: [...known.keys()] }
}

function texts(parts: readonly Columns[], name: string): (string | null)[] {
  return parts.flatMap(({ byName }) => {
    const column = byName[name]
    return column?.type === 'string' ? [...column.values] : []
  })
}
