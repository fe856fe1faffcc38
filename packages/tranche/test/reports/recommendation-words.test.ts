import type { Finding } from '@tranche/contract'
import {
  changeMessages,
  recommendationMessages,
  unprovenBudget,
  unprovenChanges,
} from '@tranche/language/report'
import { describe, expect, test } from 'vitest'
import { createLabels } from '../../src/reports/labels.ts'
import { fillMessage, plainText } from '../../src/reports/sentence.ts'

const messages = { ...recommendationMessages, ...changeMessages }
const unproven = { ...unprovenBudget, ...unprovenChanges }
const catalogue = { features: [], metrics: [], extras: {}, sources: [] }

/** A finding with everything that a message names, every number the same. */
function findingFor(key: string, template: string, number: number): Finding {
  const values: Record<string, string | number> = { attribute: 'channel' }
  for (const [, field, spec = ''] of template.matchAll(/\{(\w+)(?:\|([^{}]+))?\}/g)) {
    const [style] = spec.split('|')
    if (style === 'words') Object.assign(values, { [`${field}_en`]: 'words', [`${field}_zh`]: '词语' })
    else if (['text', 'level', 'total', 'attribute', 'attributes', 'measure'].includes(style!))
      values[field!] = style === 'level' ? 'true' : style === 'measure' ? 'value_12m' : 'channel'
    else values[field!] = number
  }
  return {
    ...{ key, section: 'changes', message: key, subject: 'channel', metric: 'value_12m', unit: 'money' },
    ...{ estimate: number, low: number - 1, high: number + 1, n: Math.abs(number), missing_share: 0 },
    ...{ p: null, p_adjusted: null, significant: null, effect_size: null, needed_n: null, values },
    ...{ assumption: null, period_start: null, period_end: null, as_of: '', logic_hash: '', query: '' },
    ...{ members: null, members_n: null, rank: 1 },
  } as Finding
}

const said = (key: string, template: string, lang: 'en' | 'zh', number: number) =>
  plainText(
    fillMessage(template, findingFor(key, template, number), {
      labels: createLabels(catalogue, lang),
      currency: 'CNY',
    }),
  )

describe.each([
  ...Object.entries(messages),
  ...Object.entries(unproven).map(([key, text]) => [`not shown: ${key}`, text] as const),
])('%s', (key, text) => {
  test('is a sentence in Chinese, without English words or half-width punctuation', () => {
    for (const number of [-3, 0, 1, 2500]) {
      const zh = said(key, text.zh, 'zh', number)
      expect(zh).not.toMatch(/[A-Za-z]{2,}/)
      expect(zh).not.toMatch(/[,;:!?()](?!\d{3})/)
      expect(zh).toMatch(/。$/)
      expect(zh).not.toMatch(/[，、：]。|。。|\{|\}/)
    }
  })

  test('is a sentence in English, with the singular of one', () => {
    for (const number of [-3, 0, 1, 2500]) {
      const en = said(key, text.en, 'en', number)
      expect(en).not.toMatch(/\p{Script=Han}/u)
      expect(en).toMatch(/^(?:\p{Lu}|[-−\d]|words|yes)/u)
      expect(en).toMatch(/[.]$/)
      expect(en).not.toMatch(/\{|\}| {2}| \./)
      if (number === 1) expect(en).not.toMatch(/\b1 (?:customers|definitions|things|sources|days|months)\b/)
    }
  })

  test('names the same figures in both languages', () => {
    const fieldsOf = (template: string) =>
      [...new Set([...template.matchAll(/\{(\w+)/g)].map(([, field]) => field!))].sort()
    expect(fieldsOf(text.zh)).toEqual(fieldsOf(text.en))
  })
})
