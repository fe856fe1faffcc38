import type { Text } from '@tranche/contract'
import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** A complaint of a schema in words: what was expected there, and what stands there. */
export function schemaWords(issue: Issue, found: unknown): Text {
  switch (issue.code) {
    case 'invalid_type':
      return expected(kinds[issue.expected] ?? { en: issue.expected, zh: issue.expected }, found)
    case 'unrecognized_keys': {
      const keys = issue.keys.map((key) => JSON.stringify(key))
      return { en: `unrecognized: ${keys.join(', ')}.`, zh: `无法识别：${keys.join('、')}。` }
    }
    case 'invalid_value': {
      const values = issue.values.map(String)
      return expected({ en: `one of ${values.join(', ')}`, zh: `以下之一：${values.join('、')}` }, found)
    }
    case 'too_small':
      return expected(
        {
          en: `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin).en}`,
          zh: `${issue.inclusive ? '至少' : '大于'} ${issue.minimum}${unitOf(issue.origin).zh}`,
        },
        found,
      )
    case 'too_big':
      return expected(
        {
          en: `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin).en}`,
          zh: `${issue.inclusive ? '至多' : '小于'} ${issue.maximum}${unitOf(issue.origin).zh}`,
        },
        found,
      )
    case 'invalid_union':
      return expected({ en: 'one of the known forms', zh: '已知写法之一' }, found)
    default:
      return { en: issue.message, zh: `不符合定义规范：${issue.message}` }
  }
}

const kinds: Readonly<Record<string, Text>> = {
  string: { en: 'text', zh: '文本' },
  number: { en: 'a number', zh: '数字' },
  int: { en: 'a whole number', zh: '整数' },
  boolean: { en: 'true or false', zh: 'true 或 false' },
  object: { en: 'a map of keys and values', zh: '键值对' },
  record: { en: 'a map of keys and values', zh: '键值对' },
  array: { en: 'a list', zh: '列表' },
  tuple: { en: 'a list', zh: '列表' },
}

function expected(what: Text, found: unknown): Text {
  if (found === undefined) return { en: `missing; expected ${what.en}.`, zh: `缺失，应为${what.zh}。` }
  const shown = shorten(shownAs(found))
  return { en: `expected ${what.en}, found ${shown}.`, zh: `应为${what.zh}，实际为 ${shown}。` }
}

function shownAs(found: unknown): string {
  if (typeof found === 'number') return Number.isFinite(found) ? String(found) : 'no finite number'
  return JSON.stringify(found) ?? String(found)
}

const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text)

function unitOf(origin: string): Text {
  if (origin === 'string') return { en: ' characters', zh: ' 个字符' }
  if (origin === 'array') return { en: ' entries', zh: ' 项' }
  return { en: '', zh: '' }
}
