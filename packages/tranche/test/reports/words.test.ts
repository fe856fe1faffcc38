import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { publishedTables, standardTables, type Text } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderReport } from '../../src/reports/render-report.ts'
import { findingsOf, type Institution, makeInstitution } from '../insights/institution.ts'

const folder = join(import.meta.dirname, '../../../language/src/report')
/** What Chinese readers write in Latin letters too. */
const known = /\b(?:RFM|SQL|CSV|PDF|Markdown|HTML|CNY|Tranche|BG|NBD)\b/g
const halfWidth = /[,;:!?()"'](?!\d)|[\p{Script=Han}）]\.|\p{Script=Han} \p{Script=Han}/u

/** A number with a noun in the plural behind it. */
const countedNoun =
  /\{(\w+)\|count\} (?:(?!and|or|of|in|for|from|to)[a-z-]+ )?(?!is\b|was\b|has\b|as\b|less\b)[a-z]{3,}s\b/g

let entries: readonly (readonly [name: string, text: Text])[]
beforeAll(async () => {
  entries = await allWords()
})

describe('words of the report', () => {
  it('are found in all their catalogues', () => {
    expect(entries.length).toBeGreaterThan(250)
    for (const part of ['messages/findings', 'messages/standing', 'page-words', 'words.ts', 'persona-words'])
      expect(
        entries.some(([name]) => name.includes(part)),
        part,
      ).toBe(true)
  })

  it('are there in both languages', () => {
    for (const [name, { en, zh }] of entries) {
      expect(typeof en === 'string' && en.trim() !== '', `${name} in English`).toBe(true)
      expect(typeof zh === 'string' && zh.trim() !== '', `${name} in Chinese`).toBe(true)
    }
  })

  it('name the same numbers in both languages', () => {
    const fields = (text: string) =>
      [
        ...new Set(
          [...text.matchAll(/\{(\w+)(\|[^{}]*)?\}/g)]
            .filter(([, , how]) => !how?.startsWith('|plural'))
            .map(([, field]) => field),
        ),
      ].sort()
    for (const [name, { en, zh }] of entries) expect(fields(zh), name).toEqual(fields(en))
  })

  it('are Chinese where they are Chinese: no English words, no half-width punctuation', () => {
    for (const [name, { zh }] of entries) {
      const text = zh
        .replace(/\{[^{}]*\}/g, '')
        .replace(known, '')
        .replace(/`[^`]*`/g, '')
      expect(text, name).not.toMatch(/[A-Za-z]{2,}/)
      expect(text, name).not.toMatch(halfWidth)
      for (const [, option] of zh.matchAll(/\{\w+\|sign:([^{}]*)\}/g))
        expect(option, name).not.toMatch(/[A-Za-z]/)
    }
  })

  it('are English where they are English: no Chinese, no full-width punctuation, no straight quotation marks in sentences', () => {
    for (const [name, { en }] of entries) {
      expect(en, name).not.toMatch(/[\u3000-\u9FFF\uFF00-\uFFEF]/)
      expect(en, name).not.toMatch(/ {2}| [,.;:!?]/)
    }
  })

  it('count in the singular too, where a number can be one', () => {
    // Groups of people, samples and arms are never one: small groups are not shown, and a comparison has two sides.
    const neverOne =
      /^(?:people|n|peers|a_n|b_n|members_n|needed_n|people_a|people_b|rest|total|levels|arm_count|asked_reach|reach|top|days|before|months)$/
    const offenders: string[] = []
    for (const [name, { en }] of entries)
      for (const [whole, field] of en.matchAll(countedNoun))
        if (!neverOne.test(field!) && !(field === 'estimate' && name.includes('experiment')))
          offenders.push(`${name}: ${whole}`)
    expect(offenders).toEqual([])
  })
})

describe('a page', () => {
  let institution: Institution
  const manifest = { asOf: '2026-06-30T16:00:00.000Z', snapshot: 'abcdef0123456789', version: '0.1.0' }
  beforeAll(async () => {
    institution = await makeInstitution({ customers: 3000, effects: true })
    await findingsOf(institution)
  })
  afterAll(() => institution.warehouse.close())

  /** What is read: without pictures, styles, codes and the keys in notes. */
  const textsOf = (html: string) =>
    html
      .slice(html.indexOf('<body'))
      .replace(/<(style|pre|code|svg|dd|footer)\b[\s\S]*?<\/\1>/g, '')
      .split(/<[^>]*>/)
      .map((text) => text.trim())
      .filter((text) => text !== '')

  it('in Chinese has no English in it but codes and names', async () => {
    const html = await renderReport({ ...institution, manifest, lang: 'zh', format: 'html' })
    for (const text of textsOf(html)) {
      const plain = text
        .replace(known, '')
        .replaceAll('Asia/Shanghai', '')
        .replace(/[0-9a-f]{12}/g, '')
      expect(plain, text).not.toMatch(/[A-Za-z]{2,}/)
      expect(plain.replace(/\d[:,]\d/g, ''), text).not.toMatch(halfWidth)
    }
  })

  it('in English marks every Chinese word as Chinese', async () => {
    const html = await renderReport({ ...institution, manifest, lang: 'en', format: 'html' })
    expect(html).toContain('<bdi lang="zh-CN">')
    const unmarked = html.replace(/<bdi lang="zh-CN">[^<]*<\/bdi>/g, '')
    for (const text of textsOf(unmarked)) expect(text).not.toMatch(/\p{Script=Han}/u)
  })
})

async function allWords(): Promise<(readonly [string, Text])[]> {
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && name !== 'index.ts',
  )
  const found: (readonly [string, Text])[] = []
  for (const file of files.sort()) walk(file, await import(join(folder, file)), found)
  walk('published', publishedTables, found)
  walk('standard', standardTables, found)
  return found
}

function walk(name: string, value: unknown, found: (readonly [string, Text])[]): void {
  if (typeof value !== 'object' || value === null) return
  const entries = Object.entries(value)
  if ('en' in value || 'zh' in value) found.push([name, value as Text])
  else for (const [key, part] of entries) walk(`${name}.${key}`, part, found)
}
