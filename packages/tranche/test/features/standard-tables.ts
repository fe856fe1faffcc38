import {
  type ColumnType,
  featureSchema,
  metricSchema,
  standardTables,
  workspaceSchema,
} from '@tranche/contract'
import { type DuckDbOptions, openDuckDb } from '../../src/engine/duckdb.ts'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { ident, join, type Sql, sql, tableNamed } from '../../src/sql/sql.ts'
import type { Catalogue, Definition } from '../../src/workspace/catalogue.ts'

export type Cells = Readonly<Record<string, string | number | boolean | null>>

/** An engine with every standard table, empty. */
export async function openStandard(
  options: Pick<DuckDbOptions, 'threads' | 'scratch'> = {},
): Promise<Warehouse> {
  const warehouse = await openDuckDb({ path: ':memory:', threads: 1, ...options })
  await createStandardTables(warehouse)
  return warehouse
}

export async function createStandardTables(warehouse: Warehouse): Promise<void> {
  if (warehouse.dialect.name === 'duckdb') await warehouse.run(sql`create schema standard`)
  for (const table of standardTables) {
    const given = table.columns.filter(({ name }) => name !== 'source')
    const columns = given.map(({ name, type }) => sql`${ident(name)} ${warehouse.dialect.columnType(type)}`)
    await warehouse.run(
      sql`create table ${tableNamed('standard', table.name)} (${join(columns)}, known_at ${warehouse.dialect.columnType('instant')}, source varchar, _file varchar, _line bigint)`,
    )
  }
}

/** Adds rows, at once; `source` and what is not given stay NULL, `_line` counts. */
export async function addRows(warehouse: Warehouse, table: string, rows: readonly Cells[]): Promise<void> {
  if (rows.length === 0) return
  const cells = rows.map((row, index): Cells => ({ _file: 'test', _line: index + 1, ...row }))
  const names = [...new Set(cells.flatMap((row) => Object.keys(row)))]
  const tuple = (row: Cells) =>
    sql`(${join(names.map((name): Sql => (row[name] === undefined || row[name] === null ? sql`null` : sql`${row[name]}`)))})`
  // Values of one column may differ in type: each is read as its column says.
  const types = new Map(columnsOf(table).map(({ name, type }) => [name, type]))
  const read = names.map(
    (name) => sql`cast(${ident(name)} as ${warehouse.dialect.columnType(types.get(name) ?? 'string')})`,
  )
  await warehouse.run(
    sql`insert into ${tableNamed('standard', table)} (${join(names.map((name) => ident(name)))})
      select ${join(read)} from (values ${join(cells.map(tuple))}) as given (${join(names.map((name) => ident(name)))})`,
  )
}

function columnsOf(table: string): readonly { readonly name: string; readonly type: ColumnType }[] {
  return [
    ...(standardTables.find(({ name }) => name === table)?.columns ?? []),
    { name: 'known_at', type: 'instant' },
    { name: '_line', type: 'integer' },
  ]
}

type Given = Readonly<Record<string, unknown>>

/** A catalogue of features and metrics as a file would have them. */
export function catalogueOf(given: {
  readonly features?: readonly Given[]
  readonly metrics?: readonly Given[]
  readonly timeZone?: string
}): Pick<Catalogue, 'features' | 'metrics' | 'extras' | 'workspace' | 'mapped'> {
  const define = <T extends { readonly key: string }>(
    kind: 'feature' | 'metric',
    value: T,
  ): Definition<T> => ({
    kind,
    key: value.key,
    value,
    place: { file: `${kind}s/test.yaml`, line: 1 },
    placeOf: (path) => ({
      file: `${kind}s/test.yaml#${value.key}${path.map((part) => `.${String(part)}`).join('')}`,
    }),
    logicHash: value.key,
    textHash: value.key,
    needs: [],
  })
  const label = { en: 'label', zh: '标签' }
  return {
    features: (given.features ?? []).map((value) =>
      define('feature', featureSchema.parse({ label, ...value })),
    ),
    metrics: (given.metrics ?? []).map((value) => define('metric', metricSchema.parse({ label, ...value }))),
    extras: {},
    mapped: new Set(),
    workspace: workspaceSchema.parse({
      name: { en: 'Test', zh: '测试' },
      timeZone: given.timeZone ?? 'Asia/Shanghai',
    }),
  }
}
