import { type Sql, sql } from '../../sql/sql.ts'
import { dateFromText } from '../readers/date-formats.ts'
import { type NumberReading, numberFromText, plainNumber } from '../readers/number-formats.ts'
import { type Between, type WallClock, wallClockOf } from './local-time.ts'

/** A text that is read as a number, a day or a time: any way people write one, and the ways nearly all are written. */
export interface TextReading {
  /** Equal for readings that give the same value for the same text. */
  readonly kind: string
  readonly text: Sql
  /** Reads any text: a long expression, dear to plan and to work out. */
  readonly any: (text: Sql) => Sql
  /** Short expressions, each for texts written one way. */
  readonly ways: readonly UsualWay[]
}

export interface UsualWay {
  /** True of texts that are written so; `value` then reads them as `any` does. */
  readonly fits: (text: Sql) => Sql
  /** `between` are the ends of `time` over all texts that fit, where known. */
  readonly value: (text: Sql, between: Between | null) => Sql
  /** The time on the clock, where it is to be converted. */
  readonly time?: (text: Sql) => Sql
}

const time = '[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,9})?)?'
const isoDay = `(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?:[ T]${time})?`
const isoZone = `(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ]${time} ?(?:Z|[-+][0-9]{2}(?::?[0-9]{2})?)`

export function numberTexts(text: Sql, reading: NumberReading): TextReading {
  const { decimal = '.', as = 'decimal' } = reading
  const plain: UsualWay = {
    fits: (written) => sql`regexp_full_match(${written}, ${plainNumber.pattern})`,
    value: (written) => plainNumber.value(written, as),
  }
  return {
    kind: `number ${decimal} ${as}`,
    text,
    any: (written) => numberFromText(written, reading),
    ways: decimal === '.' ? [plain] : [],
  }
}

/** Days; a time of day behind one is dropped. */
export function dateTexts(text: Sql, formats: readonly string[]): TextReading {
  const value = (written: Sql) => sql`try_cast(left(${written}, 10) as date)`
  const iso: UsualWay = {
    fits: (written) => sql`(regexp_full_match(${written}, ${isoDay}) and ${value(written)} is not null)`,
    value,
  }
  return {
    kind: `date ${formats.join(' ')}`,
    text,
    any: (written) => dateFromText(written, formats),
    ways: startsWithIso(formats) ? [iso] : [],
  }
}

/** Instants in UTC. */
export function instantTexts(
  text: Sql,
  formats: readonly string[],
  clock: WallClock,
  any: (text: Sql) => Sql,
): TextReading {
  const local = (written: Sql) => sql`try_cast(${written} as timestamp)`
  const absolute = (written: Sql) => sql`make_timestamp(epoch_us(try_cast(${written} as timestamptz)))`
  const near = (between: Between | null) =>
    between === null ? clock : wallClockOf(clock.zone.timeZone, between)
  const iso: UsualWay = {
    fits: (written) => sql`(regexp_full_match(${written}, ${isoDay}) and ${local(written)} is not null)`,
    value: (written, between) => near(between).toUtc(local(written)),
    time: local,
  }
  const zoned: UsualWay = {
    fits: (written) => sql`(regexp_full_match(${written}, ${isoZone}) and ${absolute(written)} is not null)`,
    value: absolute,
  }
  return {
    kind: `instant ${clock.zone.timeZone} ${formats.join(' ')}`,
    text,
    any,
    ways: [
      ...(startsWithIso(formats) ? [iso] : []),
      ...(formats.every((name) => name === 'iso_zone') ? [zoned] : []),
    ],
  }
}

function startsWithIso(formats: readonly string[]): boolean {
  return formats.length === 0 || formats[0] === 'yyyy-mm-dd'
}
