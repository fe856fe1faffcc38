import type { Text } from '@tranche/contract'

/** Why a row that was read is kept out of the standard table. What can't be read at all: RejectReason. */
export const rowReasons = [
  'missing',
  'not_a_number',
  'not_a_whole_number',
  'not_a_date',
  'not_a_time',
  'not_yes_or_no',
  'not_json',
  'too_large',
  'unreadable',
  'unknown_code',
  'lookup_missing',
  'lookup_ambiguous',
  'underivable',
  'expectation',
  'foreign_key',
  'contradiction',
] as const
export type RowReason = (typeof rowReasons)[number]

/** What is said of a rejected row, beside the column and the original text. */
export function reasonText(reason: RowReason): Text {
  return texts[reason]
}

const texts: Readonly<Record<RowReason, Text>> = {
  missing: { en: 'A value is required here and none stands.', zh: '此列必填，但没有值。' },
  not_a_number: { en: 'This is not a number.', zh: '不是数字。' },
  not_a_whole_number: { en: 'This is not a whole number.', zh: '不是整数。' },
  not_a_date: { en: 'This is not a date in the expected format.', zh: '不是约定格式的日期。' },
  not_a_time: { en: 'This is not a time in the expected format.', zh: '不是约定格式的时间。' },
  not_yes_or_no: { en: 'This is neither yes nor no.', zh: '不是“是”或“否”。' },
  not_json: { en: 'This is not JSON.', zh: '不是 JSON。' },
  too_large: { en: 'This amount has more than 14 digits before the point.', zh: '金额的整数位超过 14 位。' },
  unreadable: { en: 'The text has not the expected format.', zh: '文本不是约定的格式。' },
  unknown_code: {
    en: 'No code is declared for this value; add it under codes, or give otherwise.',
    zh: '该值没有对应的代码；请在 codes 中补充，或设置 otherwise。',
  },
  lookup_missing: { en: 'The looked-up source has no row for this key.', zh: '被查的来源中没有此键。' },
  lookup_ambiguous: {
    en: 'The looked-up source has several different values for this key.',
    zh: '被查的来源中此键对应多个不同的值。',
  },
  underivable: { en: 'The expression has no value for this row.', zh: '此行无法由表达式得出值。' },
  expectation: { en: 'The value breaks an expectation of the source.', zh: '不符合来源声明的预期。' },
  foreign_key: { en: 'The row it refers to does not exist.', zh: '引用的记录不存在。' },
  contradiction: {
    en: 'Another row with the same key says otherwise and was kept.',
    zh: '另一行键相同而内容不同，已保留那一行。',
  },
}
