import type { Column, ColumnTable } from '@tranche/language'
import type { Column as EngineColumn, Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import { mostTexts, readableSql } from './read-columns.ts'
import type { RuleColumn, RuleScope } from './rule-scope.ts'

export interface CustomerBlock {
  /** Where in the table of features each customer stands. */
  readonly places: Int32Array
  readonly table: ColumnTable
}

const relations = { features: 'features', customer_value: 'valued', customer_sets: 'placed' } as const
const customerId = sql`features.customer_id as customer_id`

/** One row per customer with the columns asked for: features, value, the cells of sets. */
export function customersSql(names: readonly string[], scope: RuleScope, who: Sql = customerId): Sql {
  const columns = names.map((name) => {
    const { from } = scope.columns.get(name)!
    return sql`${ident(relations[from], name)} as ${ident(name)}`
  })
  const joined = (['customer_value', 'customer_sets'] as const)
    .filter((table) => names.some((name) => scope.columns.get(name)!.from === table))
    .map((table) => {
      const relation = ident(relations[table])
      return sql`left join ${tableNamed(table)} as ${relation} on ${relation}.customer_id = features.customer_id`
    })
  const relation = join([sql`${tableNamed('features')} as features`, ...joined], ' ')
  return sql`select ${join([who, ...columns])} from ${relation}`
}

/** A name that no column has. */
const place = 'place of the customer'

/**
 * The columns asked for as rules read them, and where in the table of features each customer stands: `rowid` in the engine on
 * this machine.
 */
function placedSql(names: readonly string[], scope: RuleScope): Sql {
  const who = sql`cast(features.rowid as integer) as ${ident(place)}`
  const columns = names.map((name) => readableSql(name, scope.columns.get(name)!))
  return sql`select ${join([ident(place), ...columns])} from (${customersSql(names, scope, who)}) as customers`
}

/**
 * All customers in whatever order they come, a few thousand at a time, as typed columns; each column is read once. Of who they
 * are only their places are read.
 */
export async function* customerBlocks(
  warehouse: Warehouse,
  names: readonly string[],
  scope: RuleScope,
): AsyncGenerator<CustomerBlock> {
  const readers = names.map((name) => [name, columnReader(scope.columns.get(name)!)] as const)
  for await (const { rowCount, byName } of warehouse.batches(placedSql(names, scope))) {
    const columns = Object.fromEntries(readers.map(([name, read]) => [name, read(byName[name]!)]))
    yield { places: Int32Array.from(numbersOf(byName[place]!).values), table: { length: rowCount, columns } }
  }
}

type ColumnReader = (column: EngineColumn) => Column

function columnReader({ type }: RuleColumn): ColumnReader {
  switch (type) {
    case 'string':
      return codeReader()
    case 'bool':
      return (column) => {
        const { values, valid } = numbersOf(column)
        return { type, values: Uint8Array.from(values), valid }
      }
    case 'instant':
      return (column) => {
        const { values, valid } = numbersOf(column)
        return { type, values: BigInt64Array.from(values, (ms) => BigInt(Math.round(ms * 1000))), valid }
      }
    case 'set':
      throw new TypeError('No column of customers is a set.')
    default:
      return (column) => {
        const { values, valid } = numbersOf(column)
        return { type, values, valid }
      }
  }
}

function numbersOf(column: EngineColumn) {
  if (column.type !== 'number') throw new TypeError('A column of texts stands where numbers should.')
  return column
}

/** Texts as codes, so that a rule compares each distinct one once. The dictionary grows from block to block. */
function codeReader(): ColumnReader {
  let known = new Map<string, number>()
  let dictionary: string[] = []
  return (column) => {
    const values = column.type === 'string' ? column.values : []
    if (dictionary.length > mostTexts) {
      known = new Map()
      dictionary = []
    }
    const codes = new Int32Array(values.length)
    for (let row = 0; row < codes.length; row++) {
      const text = values[row]!
      let code = text === null ? -1 : known.get(text)
      if (code === undefined) {
        code = dictionary.push(text) - 1
        known.set(text, code)
      }
      codes[row] = code
    }
    return { type: 'string', codes, dictionary }
  }
}
