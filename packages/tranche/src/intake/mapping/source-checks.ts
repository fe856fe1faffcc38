import type { ColumnType, Expectation, Source } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import {
  type KindedExpectation,
  kindsOf,
  type RowCheck,
  rowCheck,
  rowKinds,
} from '../quality/row-expectations.ts'
import { mappedExpression } from './expression-columns.ts'
import { type LayeredRows, layer } from './layers.ts'
import type { WallClock } from './local-time.ts'
import type { CheckCount } from './map-table.ts'
import type { RawRows } from './raw-columns.ts'
import { namesOf } from './readings.ts'
import { rawColumn } from './source-column.ts'
import { typedValue } from './typed-value.ts'

/** Expectations of a source as a whole: of its own columns, of all its tables, or out of place. */
export function sourceExpectations(source: Definition<Source>): {
  readonly ofColumns: readonly KindedExpectation[]
  readonly ofTables: readonly KindedExpectation[]
} {
  const kinded = kindsOf(source.value.expectations, (at) => source.placeOf(['expectations', at]))
  const isRow = ({ kind }: KindedExpectation) => (rowKinds as readonly string[]).includes(kind)
  const misplaced = kinded.find(
    (item) =>
      (isRow(item) && item.expectation.quarantine) ||
      ['unique', 'foreign_key', 'distribution'].includes(item.kind),
  )
  if (misplaced !== undefined)
    throw new TrancheError(
      'invalid_definition',
      {
        en: `${misplaced.kind}${misplaced.expectation.quarantine ? ' with quarantine' : ''} belongs to a table of the source.`,
        zh: `${misplaced.kind}${misplaced.expectation.quarantine ? '（含 quarantine）' : ''} 应写在来源的某个表下。`,
      },
      {
        place: misplaced.place,
        hint: { en: 'Put it under tables[].expectations.', zh: '请写在 tables[].expectations 下。' },
      },
    )
  return { ofColumns: kinded.filter(isRow), ofTables: kinded.filter((item) => !isRow(item)) }
}

/** Counts rows of a file that break expectations of the source's own columns, read as their use asks. */
export async function checkSourceColumns(
  warehouse: Warehouse,
  source: Definition<Source>,
  rows: RawRows,
  context: { readonly clock: WallClock; readonly file: string },
): Promise<readonly CheckCount[]> {
  const { ofColumns } = sourceExpectations(source)
  if (ofColumns.length === 0) return []
  const layered = layer(rows)
  const checks = ofColumns.map((item) => columnCheck(item, layered, context))
  const found = await warehouse.row<Record<string, number>>(
    sql`select count(*) as n, ${join(checks.map(({ fails }, index) => sql`count_if(${fails}) as ${ident(`check${index}`)}`))} from ${layered.finish().from}`,
  )
  return checks.map(({ index, kind }, at) => ({ index, kind, n: found['n']!, failed: found[`check${at}`]! }))
}

function columnCheck(
  item: KindedExpectation,
  { columns, keep, read }: LayeredRows,
  { clock, file }: { readonly clock: WallClock; readonly file: string },
): RowCheck {
  const { expectation, place } = item
  if (item.kind === 'expression') {
    const names = namesOf(columns, new Map(), { clock, keep, read })
    const holds = mappedExpression(expectation.expression!, {
      names,
      zone: clock.zone,
      place,
      expect: ['bool'],
    })
    return { ...item, column: '', fails: sql`(${holds} is false)`, shown: sql`cast(null as varchar)` }
  }
  const name = expectation.column
  if (name === undefined) return rowCheck(item, [], (column) => ident(column), clock.zone)
  // A count gives nobody away, so a sealed column is checked by its text.
  const found = columns.get(name)
  const column =
    found?.identifier === undefined
      ? rawColumn(name, { columns, file, place })
      : { name, sql: found.identifier.text, kind: found.kind, engineType: found.engineType }
  const type = typeAskedFor(expectation)
  const value = keep(typedValue(column, type, { formats: [], clock, keep, read }).value)
  return rowCheck(item, [{ name, type }], () => value, clock.zone)
}

/** Bounds and lists say what a text is to be read as. */
function typeAskedFor({ range, accepted }: Expectation): ColumnType {
  const values = [range?.min, range?.max, ...(accepted ?? [])].filter((value) => value !== undefined)
  if (values.length === 0) return 'string'
  if (values.every((value) => typeof value === 'number')) return 'number'
  if (values.every((value) => typeof value === 'boolean')) return 'bool'
  return range === undefined ? 'string' : 'date'
}
