import {
  type ColumnMapping,
  type Source,
  type StandardTable,
  type StandardTableName,
  standardTables,
  type TableMapping,
} from '@tranche/contract'
import type { Place } from '../../errors.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import {
  type ColumnContext,
  type CompiledColumn,
  compileColumn,
  compileExpression,
  reasonSql,
} from './compile-column.ts'
import { languageType, mappedExpression, type NamedValue, storageOfType } from './expression-columns.ts'
import { layer } from './layers.ts'
import { type Between, type WallClock, wallClockOf } from './local-time.ts'
import { joinLookups, type LookedUpSource, layeredLookups, lookupValues } from './lookups.ts'
import type { RawRows } from './raw-columns.ts'
import { namesOf } from './readings.ts'
import { invalid } from './source-column.ts'
import { unfold } from './unfold.ts'
import type { AskedRows, Ways } from './usual-texts.ts'

/** A file's mapping to one standard table, as SQL over its raw rows. */
export interface CompiledTable {
  readonly table: StandardTable
  readonly mapping: TableMapping
  readonly rows: RawRows
  readonly columns: readonly CompiledColumn[]
  /** Over raw rows; null where every row is taken. */
  readonly where: Sql | null
  /** True of unfolded rows that hold nothing. */
  readonly empty: Sql | null
  /** `known_at` where no column is mapped to it, over the table's own columns. */
  readonly defaultKnownAt: Sql
  /** Whether rows bear a number made of their file and line, having none of their own. */
  readonly numbered: boolean
  /** Texts that are read as another type, to find out how they are written. */
  readonly asked: AskedRows
  readonly place: Place
}

export interface CompileOptions {
  readonly source: Definition<Source>
  /** Position of the mapping among the source's tables. */
  readonly index: number
  readonly rows: RawRows
  /** Path shown in messages. */
  readonly file: string
  /** Short id of the file, or the column that holds it: rows without a number of their own are numbered under it. */
  readonly fileId: string | Sql
  /** Further columns of the rows to carry through, readable as `s."name"`. */
  readonly more?: readonly { readonly name: string; readonly value: Sql }[]
  /** How texts of these rows are written, where that was found out. */
  readonly ways?: Ways
  /** Clocks of zones, shared by the files of a run; undefined is the workspace's. */
  readonly clocks: (timeZone: string | undefined) => WallClock
  readonly lookedUp: (source: string) => LookedUpSource
}

/** The standard table of that name. */
export function standardTable(name: StandardTableName): StandardTable {
  return standardTables.find((table) => table.name === name)!
}

/**
 * @throws TrancheError invalid_source where the file lacks a mapped column; invalid_definition for a mapping that
 *   can't be, both with the place of the definition
 */
export function compileTable(options: CompileOptions): CompiledTable {
  const { source, index, file } = options
  const mapping = source.value.tables[index]!
  const table = standardTable(mapping.table)
  const place = source.placeOf(['tables', index])
  const clockOf = (name: string | undefined) => clockNamed(options.clocks, name, place)
  const clock = clockOf(undefined)
  const unfolded =
    mapping.unpivot === undefined
      ? { rows: options.rows, empty: null }
      : unfold(options.rows, mapping.unpivot, { file, place })
  const targets = targetsOf(table, mapping, source, index)
  const wanted = targets.flatMap(({ target, mapping: column, place: at }) =>
    column.lookup === undefined
      ? []
      : [{ name: target.name, lookup: column.lookup, mapping: column, place: at }],
  )
  const joined = joinLookups(unfolded.rows, wanted, options.lookedUp, { file, clock })
  const more = [...lookupValues(joined.lookups, unfolded.empty), ...(options.more ?? [])]
  const layered = layer(joined.rows, more, options.ways)
  const { columns, keep, read } = layered
  const lookups = layeredLookups(joined.lookups)
  const context = (at: Place): ColumnContext => ({
    columns,
    lookups,
    clockOf,
    keep,
    read,
    file,
    place: at,
  })

  const compiled = new Map<string, CompiledColumn>()
  for (const { target, mapping: column, place: at } of targets) {
    const found = compileColumn(target, column, context(at))
    if (found !== null) compiled.set(target.name, found)
  }
  const direct = [...compiled]
  const namesFor = (otherwise?: ColumnMapping): Map<string, NamedValue> => {
    const names = namesOf(columns, readAs(targets), { clock, keep, read }, otherwise)
    for (const [name, column] of direct) if (!names.has(name)) names.set(name, mappedName(column))
    return names
  }
  const names = namesFor()
  for (const { target, mapping: column, place: at } of targets) {
    if (column.expr === undefined) continue
    const own = column.decimal === undefined ? names : namesFor(column)
    compiled.set(target.name, compileExpression(target, column, own, context(at)))
  }
  const numbered = numberRows(table, compiled, options.fileId, mapping.unpivot !== undefined)
  refuseUnmapped(table, compiled, place)
  const where =
    mapping.where === undefined
      ? null
      : mappedExpression(mapping.where, {
          names: withMapped(names, compiled),
          zone: clock.zone,
          place: source.placeOf(['tables', index, 'where']),
          expect: ['bool'],
        })
  const ordered = [...table.columns.map(({ name }) => name), ...Object.keys(mapping.extras), 'known_at']
  return {
    table,
    mapping,
    rows: layered.finish(),
    columns: ordered.flatMap((name) => compiled.get(name) ?? []),
    where,
    empty: unfolded.empty === null ? null : ident('s', '~empty'),
    defaultKnownAt: defaultKnownAt(table, compiled, clock),
    numbered,
    asked: layered.asked(),
    place,
  }
}

/** The table with the named columns read as they stand. */
export function readDirectly(compiled: CompiledTable, names: ReadonlySet<string>): CompiledTable {
  return {
    ...compiled,
    columns: compiled.columns.map((column) =>
      column.direct === null || !names.has(column.name)
        ? column
        : { ...column, value: column.direct.raw, text: column.direct.raw, mayFail: false, known: null },
    ),
  }
}

interface Target {
  readonly target: Pick<StandardTable['columns'][number], 'name' | 'type' | 'required' | 'values'>
  readonly mapping: ColumnMapping
  readonly place: Place
}

function targetsOf(
  table: StandardTable,
  mapping: TableMapping,
  source: Definition<Source>,
  index: number,
): readonly Target[] {
  const targets: Target[] = []
  for (const [name, column] of Object.entries(mapping.columns)) {
    const place = source.placeOf(['tables', index, 'columns', name])
    const standard = table.columns.find((candidate) => candidate.name === name)
    if (standard === undefined && name !== 'known_at')
      throw invalid(place, `${table.name} has no column ${name}.`, `标准表 ${table.name} 没有列 ${name}。`)
    targets.push({ target: standard ?? { name, type: 'instant' }, mapping: column, place })
  }
  for (const [name, { type, label: _label, unit: _unit, ...column }] of Object.entries(mapping.extras))
    targets.push({
      target: { name, type },
      mapping: column,
      place: source.placeOf(['tables', index, 'extras', name]),
    })
  return targets
}

/** How a raw column is written, told by the column that is renamed from it. */
function readAs(targets: readonly Target[]): ReadonlyMap<string, ColumnMapping> {
  return new Map(
    targets.flatMap(({ mapping }) => (mapping.from === undefined ? [] : [[mapping.from, mapping] as const])),
  )
}

function mappedName({ type, value }: CompiledColumn): NamedValue {
  return { readings: [{ type: languageType(type), sql: () => value, storage: storageOfType(type) }] }
}

function withMapped(
  names: ReadonlyMap<string, NamedValue>,
  compiled: ReadonlyMap<string, CompiledColumn>,
): ReadonlyMap<string, NamedValue> {
  const all = new Map(names)
  for (const [name, column] of compiled) if (!all.has(name)) all.set(name, mappedName(column))
  return all
}

/** A row without a number of its own gets one from its file and line, so that nothing counts as its duplicate. */
function numberRows(
  table: StandardTable,
  compiled: Map<string, CompiledColumn>,
  fileId: string | Sql,
  unfolded: boolean,
): boolean {
  const name = numberedKey(table)
  if (name === null || compiled.has(name)) return false
  const suffix = unfolded ? sql` || '.' || cast(s._part as varchar)` : sql``
  compiled.set(name, {
    name,
    type: 'id',
    required: true,
    value: sql`(${typeof fileId === 'string' ? fileId : ident('s', '_file')} || ':' || cast(s._line as varchar)${suffix})`,
    text: null,
    mayFail: false,
    known: null,
    reason: reasonSql('missing'),
    masked: false,
    direct: null,
    codedText: null,
  })
  return true
}

/** The only key column of a table of events, which a file may do without. */
export function numberedKey(table: StandardTable): string | null {
  const [only, ...more] = table.key
  if (only === undefined || more.length > 0 || only === 'customer_id' || table.name === 'products')
    return null
  return only
}

function refuseUnmapped(
  table: StandardTable,
  compiled: ReadonlyMap<string, CompiledColumn>,
  place: Place,
): void {
  const lacking = table.columns.filter(({ name, required }) => required && !compiled.has(name))
  if (lacking.length === 0) return
  const list = lacking.map(({ name }) => name).join(', ')
  throw invalid(
    place,
    `${table.name} needs ${list}, which the mapping does not give.`,
    `标准表 ${table.name} 必须有 ${list}，映射中没有给出。`,
  )
}

function defaultKnownAt(
  table: StandardTable,
  compiled: ReadonlyMap<string, CompiledColumn>,
  clock: WallClock,
): Sql {
  const time = table.time === undefined ? undefined : compiled.get(table.time)
  if (time === undefined) return sql`cast(null as timestamp)`
  if (time.type === 'instant') return ident(time.name)
  return clock.toUtc(sql`cast(${ident(time.name)} as timestamp)`)
}

/** Clocks by zone, each made once, exact for times in the range. */
export function createClocks(defaultZone: string, between?: Between): CompileOptions['clocks'] {
  const clocks = new Map<string, WallClock>()
  return (name = defaultZone) => {
    const clock = clocks.get(name) ?? wallClockOf(name, between)
    clocks.set(name, clock)
    return clock
  }
}

function clockNamed(clocks: CompileOptions['clocks'], name: string | undefined, place: Place): WallClock {
  try {
    return clocks(name)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw invalid(
      place,
      `timeZone: expected an IANA zone such as Asia/Shanghai, found ${JSON.stringify(name)}.`,
      `timeZone：应为 IANA 时区，例如 Asia/Shanghai，实际为 ${JSON.stringify(name)}。`,
    )
  }
}
