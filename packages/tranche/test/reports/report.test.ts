import type { Language } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkHtmlNumbers } from '../../src/reports/check/check-numbers.ts'
import { sentenceOf } from '../../src/reports/findings-text.ts'
import { type ReportFormat, renderReport, reportWords } from '../../src/reports/render-report.ts'
import { readReportData } from '../../src/reports/report-data.ts'
import { plainText } from '../../src/reports/sentence.ts'
import { sql } from '../../src/sql/sql.ts'
import { asOf, findingsOf, type Institution, makeInstitution } from '../insights/institution.ts'

const manifest = { asOf, snapshot: 'abcdef0123456789', version: '0.1.0' }
const evil = `<script>alert("x")</script> | **b** 'q' \`c\``
let institution: Institution
const render = (lang: Language, format: ReportFormat, from: Institution = institution) =>
  renderReport({ ...from, manifest, lang, format })
const wordsOf = (lang: Language) => reportWords(institution.catalogue, lang)

beforeAll(async () => {
  institution = await makeInstitution({ customers: 6000, effects: true })
  await institution.warehouse.run(
    sql`update customer_value set creative = ${evil} where creative = 'cashback'`,
  )
  await findingsOf(institution)
})
afterAll(() => institution.warehouse.close())

describe.each(['en', 'zh'] as const)('the report in %s', (lang) => {
  it('holds no number that its own mark does not bear out', async () => {
    const data = await readReportData(institution.warehouse)
    const { checked, lies } = checkHtmlNumbers(
      await render(lang, 'html'),
      data,
      wordsOf(lang),
      institution.catalogue,
    )
    expect(lies).toEqual([])
    expect(checked).toBeGreaterThan(300)
  })

  it('is caught in a lie when a digit, a sign word or a mark is altered', async () => {
    const data = await readReportData(institution.warehouse)
    const html = await render(lang, 'html')
    const lies = (text: string) =>
      checkHtmlNumbers(text, data, wordsOf(lang), institution.catalogue).lies.length
    const marks = [...html.matchAll(/<data [^>]*>[^<]*\d/g)]
    const altered = [...html]
    for (const { index, 0: text } of marks) {
      const at = index + text.length - 1
      altered[at] = String((Number(html[at]) + 1) % 10)
    }
    expect(lies(altered.join(''))).toBeGreaterThanOrEqual(marks.length)
    const turned =
      lang === 'en' ? html.replace(' lower for ', ' higher for ') : html.replace('前者低', '前者高')
    expect(turned).not.toBe(html)
    expect(lies(turned)).toBeGreaterThan(0)
    expect(
      lies(html.replace(/<data ([^>]*)data-finding="[^"]*"/, '<data $1data-finding="none"')),
    ).toBeGreaterThan(0)
  })

  it('says what is only assumed of its currency and zone', async () => {
    const { catalogue } = institution
    const workspace = { ...catalogue.workspace, assumed: ['timeZone' as const, 'currency' as const] }
    const assumed = { ...institution, catalogue: { ...catalogue, workspace } } as Institution
    const [zone, money] =
      lang === 'en'
        ? ['(Asia/Shanghai, assumed)', 'CNY (assumed)']
        : ['（Asia/Shanghai，假定）', 'CNY（假定）']
    for (const said of [zone, money]) {
      expect(await render(lang, 'md', assumed)).toContain(said)
      expect(await render(lang, 'md')).not.toContain(said)
    }
  })

  it('asks for nothing from outside and lets no source word become markup', async () => {
    const html = await render(lang, 'html')
    expect(html).not.toMatch(/(src|href)="(?!#)/)
    expect(html).not.toMatch(/url\(|@import|<link|<script|<iframe/)
    expect(html).toContain('&lt;script&gt;')
    const markdown = await render(lang, 'md')
    expect(markdown).toContain('\\<script\\>')
  })

  it('has no repeated or dangling names', async () => {
    const html = await render(lang, 'html')
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, target] of html.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target)
    expect(html).not.toMatch(/zr\d+-|NaN|undefined|Infinity|\[object/)
  })

  it('notes every sentence in Markdown with the numbers behind it', async () => {
    const markdown = await render(lang, 'md')
    const used = new Set([...markdown.matchAll(/\[\^([^\]]+)\](?!:)/g)].map((match) => match[1]))
    const noted = new Set([...markdown.matchAll(/^\[\^([^\]]+)\]:/gm)].map((match) => match[1]))
    expect(used.size).toBeGreaterThan(20)
    expect([...used].sort()).toEqual([...noted].sort())
  })
})

describe('sentences', () => {
  it('are Chinese with full-width punctuation, and English without Chinese words', async () => {
    const { findings } = await readReportData(institution.warehouse)
    for (const finding of findings) {
      const zh = plainText(sentenceOf(finding, wordsOf('zh')))
        .replaceAll(evil, '')
        .replace(/P\d/g, '')
      expect(zh, finding.key).not.toMatch(/[A-Za-z]{2,}/)
      expect(zh, finding.key).not.toMatch(/[,;:!?()](?!\d{3})/)
      expect(zh, finding.key).toMatch(/。$/)
      const en = plainText(sentenceOf(finding, wordsOf('en'))).replace(/一线|新一线|二线|三线/g, '')
      expect(en, finding.key).not.toMatch(/[\u3000-\u9FFF\uFF00-\uFFEF]/)
      expect(en, finding.key).not.toMatch(/[a-z]_[a-z]/)
      expect(en, finding.key).toMatch(/\.$/)
    }
  })
})

describe('equal tables', () => {
  it('give equal bytes, whatever the number of threads', async () => {
    const texts = await Promise.all(
      [1, 2].map(async (threads) => {
        const again = await makeInstitution({ customers: 2000, effects: true, threads })
        await findingsOf(again)
        const text = `${await render('en', 'html', again)}${await render('zh', 'md', again)}`
        again.warehouse.close()
        return text
      }),
    )
    expect(texts[0]).toBe(texts[1])
  })

  it.each([0, 12, 150])('give a report of %i customers without an empty figure', async (customers) => {
    const few = await makeInstitution({ customers, effects: true })
    await findingsOf(few)
    const data = await readReportData(few.warehouse)
    for (const lang of ['en', 'zh'] as const) {
      const html = await render(lang, 'html', few)
      expect(html).not.toMatch(/NaN|undefined|<div class="wide"><\/div>/)
      expect(checkHtmlNumbers(html, data, wordsOf(lang), few.catalogue).lies).toEqual([])
      expect((await render(lang, 'md', few)).length).toBeGreaterThan(500)
    }
    few.warehouse.close()
  })

  it('give a short report where nothing depends on anything', async () => {
    const none = await makeInstitution({ customers: 2000, effects: false, seed: 2 })
    await findingsOf(none)
    const html = await render('en', 'html', none)
    none.warehouse.close()
    expect(html.includes('Differences not proven')).toBe(true)
  })
})

describe('findings of another version', () => {
  it('are refused with what to do, instead of a sentence without its number', async () => {
    const old = await makeInstitution({ customers: 1500, effects: true })
    await findingsOf(old)
    await old.warehouse.run(sql`update findings set "values" = '{}' where message like 'gap%'`)
    const attempt = renderReport({ ...old, manifest, lang: 'en', format: 'html' })
    await expect(attempt).rejects.toMatchObject({
      code: 'refused',
      hint: { en: 'Run `tranche run --force`.' },
    })
    old.warehouse.close()
  })
})
