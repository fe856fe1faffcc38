import { featureSchema, metricSchema, standardTables, workspaceSchema } from '@tranche/contract'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../../src/sql/sql.ts'
import type { Catalogue, Definition } from '../../src/workspace/catalogue.ts'

export type Cells = Readonly<Record<string, string | number | boolean | null>>

/** An engine with every standard table, empty. */
export async function openStandard(options: { readonly threads?: number } = {}): Promise<Warehouse> {
  const warehouse = await openDuckDb({ path: ':memory:', threads: options.threads ?? 1 })
  await createStandardTables(warehouse)
  return warehouse
}

export async function createStandardTables(warehouse: Warehouse): Promise<void> {
  await warehouse.run(sql`create schema standard`)
  for (const table of standardTables) {
    const given = table.columns.filter(({ name }) => name !== 'source')
    const columns = given.map(({ name, type }) => sql`${ident(name)} ${warehouse.dialect.columnType(type)}`)
    await warehouse.run(
      sql`create table ${ident('standard', table.name)} (${join(columns)}, known_at timestamp, source varchar, _file varchar, _line bigint)`,
    )
  }
}

/** Adds rows; `source` and what is not given stay NULL, `_line` counts. */
export async function addRows(warehouse: Warehouse, table: string, rows: readonly Cells[]): Promise<void> {
  for (const [index, row] of rows.entries()) {
    const cells: Cells = { _file: 'test', _line: index + 1, ...row }
    const names = Object.keys(cells).map((name) => ident(name))
    const values = Object.values(cells).map((value): Sql => (value === null ? sql`null` : sql`${value}`))
    await warehouse.run(
      sql`insert into ${ident('standard', table)} (${join(names)}) values (${join(values)})`,
    )
  }
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
