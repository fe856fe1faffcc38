import { byEngine } from '../../sql/by-engine.ts'
import { byDialect, type Sql, sql } from '../../sql/sql.ts'
import { constantText } from './constant-text.ts'
import { numberInPlace } from './texts-in-place.ts'

export type DecimalMark = '.' | ','

const wide = '０１２３４５６７８９．，－＋（）％￥＄　−'
const narrow = '0123456789.,-+()%¥$ -'
const currency = '(?:¥|\\$|€|£|US\\$|HK\\$|NT\\$|CNY|RMB|USD|EUR|GBP|HKD|TWD|CZK|人民币)'
const scaleWord = '(?:万亿|亿|百万|万|千)'
const exponent = '(?:[eE][-+]?[0-9]{1,3})?'
const plain: Readonly<Record<DecimalMark, string>> = {
  '.': `(?:[0-9]{1,3}(?:[, '][0-9]{3})+|[0-9]+)(?:\\.[0-9]*)?${exponent}|\\.[0-9]+${exponent}`,
  ',': `(?:[0-9]{1,3}(?:[. '][0-9]{3})+|[0-9]+)(?:,[0-9]*)?${exponent}|,[0-9]+${exponent}`,
}

export type NumberType = 'money' | 'decimal' | 'double'

export interface NumberReading {
  /** Names of formats; numbers have none, so this is for callers that carry them along. */
  readonly formats?: readonly string[]
  readonly decimal?: DecimalMark
  /**
   * `money` is DECIMAL(18,4) and by far the quickest of the exact ones, `decimal` DECIMAL(38,8); both round half away
   * from zero. `double` is finite.
   */
  readonly as?: NumberType
}

/**
 * A number from text as people write it: full-width digits, ¥ and other currency signs, thousands separators, 万 and 亿,
 * (1,234) and 1,234- for negative ones, and % for hundredths. NULL where the text is none, or doesn't fit.
 */
export function numberFromText(text: Sql, { decimal: mark = '.', as = 'decimal' }: NumberReading = {}): Sql {
  return byEngine({
    duckdb: () => numberInFile(text, mark, as),
    trino: () => numberInPlace(text, mark, as, castTo),
  })
}

function numberInFile(text: Sql, mark: DecimalMark, as: NumberType): Sql {
  const written = asWritten(text, mark, as)
  if (mark === ',') return written
  // Most columns hold plain numbers: the engine's own cast comes first, the patterns only where it can't be used.
  const trimmed = sql`trim(${text})`
  const simple = sql`regexp_full_match(${trimmed}, ${constantText(plainNumber.pattern)})`
  return sql`(case when ${simple} then ${plainNumber.value(trimmed, as)} else ${written} end)`
}

/** Numbers as programs write them, which the engine's own cast reads. */
export const plainNumber = {
  pattern: '[-+]?[0-9]+(?:[.][0-9]+)?',
  value: (text: Sql, as: NumberType): Sql => castTo(text, as),
} as const

function asWritten(text: Sql, mark: DecimalMark, as: NumberType): Sql {
  const tidy = sql`trim(translate(${text}, ${constantText(wide)}, ${constantText(narrow)}))`
  const kept = mark === '.' ? '[^0-9.eE+-]' : '[^0-9,eE+-]'
  const digits = sql`replace(regexp_replace(${tidy}, ${constantText(kept)}, '', 'g'), ',', '.')`
  // The first number in what is left: letters of currency codes fall away, an exponent stays.
  const body = sql`regexp_extract(${digits}, '(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][-+]?[0-9]{1,3})?')`
  const negative = sql`(${tidy} like '(%' or ${tidy} like '%-' or regexp_matches(${tidy}, '^[^0-9]*-'))`
  const signed = sql`(case when ${negative} then '-' else '' end || ${body})`
  const factor = sql`(case when ${tidy} like '%万亿%' then 1e12 when ${tidy} like '%亿%' then 1e8 when ${tidy} like '%百万%' then 1e6 when ${tidy} like '%万%' then 1e4 when ${tidy} like '%千%' then 1e3 else 1 end)`
  const percent = sql`contains(${tidy}, '%')`
  const scaled = sql`(try_cast(${signed} as double) * ${factor} / case when ${percent} then 100 else 1 end)`
  const value =
    as === 'double'
      ? castTo(scaled, as)
      : sql`(case when ${factor} = 1 and not ${percent} then ${castTo(signed, as)} else ${castTo(scaled, as)} end)`
  return sql`(case when ${isNumber(tidy, mark)} then ${value} end)`
}

function isNumber(tidy: Sql, mark: DecimalMark): Sql {
  const unsigned = `(?:${plain[mark]}) ?${scaleWord}? ?(?:元|圆|块|${currency})? ?%? ?`
  // One sign, before the currency or behind it or at the very end; two of them say nothing that could be known.
  const signed = `(?:[-+] ?(?:${currency} ?)?|(?:${currency} ?)?(?:[-+] ?)?)${unsigned}`
  const behind = `(?:${currency} ?)?${unsigned}-`
  return sql`regexp_full_match(${tidy}, ${constantText(`(?:\\( ?${signed}\\)|${signed}|${behind})`)})`
}

function castTo(value: Sql, as: NumberType): Sql {
  // Casting text to the widest decimal is two hundred times slower than to one that fits a machine word.
  if (as === 'money') return sql`try_cast(${value} as decimal(18, 4))`
  if (as === 'decimal')
    return sql`coalesce(cast(try_cast(${value} as decimal(18, 8)) as decimal(38, 8)), try_cast(${value} as decimal(38, 8)))`
  return byDialect((dialect) => dialect.finite(sql`try_cast(${value} as double)`))
}

/**
 * A whole number kept as text, for keys that a spreadsheet turned into numbers: `17850.0` and `1.785E4` become
 * `17850`; anything else stays as written.
 */
export function wholeNumberText(text: Sql): Sql {
  const number = sql`try_cast(${text} as decimal(38, 6))`
  return sql`(case when regexp_full_match(trim(${text}), '[0-9]+[.]0+|[0-9](?:[.][0-9]+)?[eE][+]?[0-9]{1,2}') and ${number} = trunc(${number}) then cast(cast(${number} as decimal(38, 0)) as varchar) else ${text} end)`
}
