import type { ColumnMapping, ColumnType } from '@tranche/contract'
import { byEngine } from '../../sql/by-engine.ts'
import { byDialect, type Sql, sql, typed, whole } from '../../sql/sql.ts'

interface ParsedNumber {
  readonly value: Sql
  /** Whether a number can stand there and still not fit. */
  readonly mayFail: boolean
}

/** A number scaled and cast; NULL where it doesn't fit. */
export function fromNumber(
  number: Sql,
  type: 'money' | 'number' | 'integer',
  { scale }: Pick<ColumnMapping, 'scale'>,
  binary = false,
): ParsedNumber {
  const scaled = scale === undefined ? number : scaledBy(number, scale, type, binary)
  const inBinary = binary && scale === undefined
  if (type === 'money') return { value: decimalOf(scaled, 18, 4, inBinary), mayFail: true }
  if (type === 'number') {
    const double = sql`try_cast(${scaled} as double)`
    return { value: byDialect((dialect) => dialect.finite(double)), mayFail: true }
  }
  const exact = decimalOf(scaled, 38, 6, inBinary)
  const truncated = byEngine({ duckdb: () => sql`trunc(${exact})`, trino: () => sql`truncate(${exact})` })
  return {
    value: sql`case when ${exact} = ${truncated} then try_cast(${exact} as bigint) end`,
    mayFail: true,
  }
}

/** A number as DECIMAL, NULL where it doesn't fit: of a binary one the engines' own casts round apart. */
function decimalOf(number: Sql, precision: number, scale: number, binary: boolean): Sql {
  const own = sql`try_cast(${number} as decimal(${whole(precision)}, ${whole(scale)}))`
  if (!binary) return own
  return byEngine({
    duckdb: () => own,
    trino: () => byDialect((dialect) => dialect.toDecimal(sql`cast(${number} as double)`, precision, scale)),
  })
}

/** Money stays decimal when it is scaled, so that 0.01 is exactly a hundredth. */
function scaledBy(number: Sql, scale: number, type: ColumnType, binary: boolean): Sql {
  if (type === 'number') return sql`(try_cast(${number} as double) * ${typed('double', scale)})`
  return sql`(${decimalOf(number, 24, 6, binary)} * cast(${typed('varchar', decimalText(scale))} as decimal(14, 8)))`
}

function decimalText(scale: number): string {
  const text = scale.toFixed(8)
  if (Number(text) !== scale) throw new RangeError(`scale ${scale} has more than 8 decimals`)
  return text
}

/** Types whose every value fits, so that nothing needs to be asked row by row. */
export function isSafeNumber(
  engineType: string,
  type: ColumnType,
  { scale }: Pick<ColumnMapping, 'scale'>,
): boolean {
  if (scale !== undefined) return false
  const integer = /^U?(TINY|SMALL)INT$|^U?INTEGER$/.test(engineType)
  if (type === 'integer') return integer || engineType === 'BIGINT'
  if (type === 'number') return integer || engineType === 'BIGINT' || engineType.startsWith('DECIMAL')
  const [, width, places] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(engineType) ?? []
  return integer || (width !== undefined && Number(width) - Number(places) <= 14)
}

/** Types that hold doubles. */
export function isBinary(engineType: string): boolean {
  return engineType === 'DOUBLE' || engineType === 'FLOAT'
}
