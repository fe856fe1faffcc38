import type { Language } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCheck } from '../../src/reports/check/check-report.ts'
import { readHead } from '../../src/reports/check/report-head.ts'
import { pageOptions, type ReportFormat, renderReport } from '../../src/reports/render-report.ts'
import { findingsOf, type Institution, makeInstitution } from '../insights/institution.ts'
import { drawOf } from './draws.ts'

const manifest = {
  asOf: '2026-06-30T16:00:00.000Z',
  snapshot: 'abcdef0123456789',
  version: '0.1.0',
  run: 'r1',
}
let institution: Institution

beforeAll(async () => {
  institution = await makeInstitution({ customers: 3000, effects: true })
  await findingsOf(institution)
})
afterAll(() => institution.warehouse.close())

const forms = (['en', 'zh'] as const).flatMap((lang) =>
  (['html', 'md'] as const).map((form) => [form, lang] as const),
)

describe.each(forms)('a report as %s in %s', (format, lang) => {
  let text: string
  let check: ReturnType<typeof openCheck>
  beforeAll(async () => {
    ;({ text, check } = await openReport(format, lang))
  })
  const liesOf = (altered: string) => {
    expect(altered).not.toBe(text)
    return check(altered).lies
  }

  it('bears out all it says', () => {
    const { checked, lies } = check(text)
    expect(lies).toEqual([])
    expect(checked).toBeGreaterThan(100)
  })

  it('is caught in each of 250 altered digits, wherever they stand', () => {
    const places = digitsOf(text, format)
    expect(places.length).toBeGreaterThan(2000)
    const draw = drawOf(`${format} ${lang}`)
    const missed: string[] = []
    for (let count = 0; count < 250; count++) {
      const at = places[draw(places.length)]!
      const digit = (Number(text[at]) + 1 + draw(9)) % 10
      const altered = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`
      if (liesOf(altered).length === 0) missed.push(text.slice(at - 60, at + 20))
    }
    expect(missed).toEqual([])
  })

  it('is caught where two true numbers change places', () => {
    const numbers =
      format === 'html'
        ? [...text.matchAll(/<data [^>]*>[^<]*<\/data>/g)]
        : [...text.matchAll(/\d+\.\d%|(?<=\| )[\d,.]+(?= \|)/g)]
    const draw = drawOf(`swap ${format} ${lang}`)
    for (let count = 0; count < 60; count++) {
      const [a, b] = [numbers[draw(numbers.length)]!, numbers[draw(numbers.length)]!].sort(
        (x, y) => x.index - y.index,
      )
      if (a![0] === b![0]) continue
      const swapped = `${text.slice(0, a!.index)}${b![0]}${text.slice(a!.index + a![0].length, b!.index)}${a![0]}${text.slice(b!.index + b![0].length)}`
      expect(liesOf(swapped).length, `${a![0]} and ${b![0]}`).toBeGreaterThan(0)
    }
  })

  it('is caught where the words of a sentence say the contrary', () => {
    const turns =
      lang === 'en'
        ? [
            ['lower for', 'higher for'],
            ['highest', 'lowest'],
            ['men', 'women'],
          ]
        : [
            ['前者低', '前者高'],
            ['最高', '最低'],
            ['男性', '女性'],
          ]
    for (const [word, contrary] of turns) {
      expect(text.includes(word!), word).toBe(true)
      // What a link leads to is no word.
      const places = [...text.matchAll(new RegExp(`(?<!#\\w*)${word}`, 'g'))].map(({ index }) => index)
      for (const at of places.slice(0, 20)) {
        const turned = `${text.slice(0, at)}${contrary}${text.slice(at + word!.length)}`
        const [lie] = liesOf(turned)
        expect(lie, text.slice(at - 40, at + 40)).toBeDefined()
        expect(lie!.shown).not.toBe(lie!.expected)
      }
    }
  })

  it('is caught where a mark is deleted, or given to another finding', () => {
    const marks =
      format === 'html'
        ? [/<data [^>]*>([^<]*)<\/data>/, /<button type="button" class="mark"[^>]*>\d+<\/button>/]
        : [/\[\^(?!metric)[^\]]+\](?!:)/]
    for (const mark of marks) {
      for (const match of [...text.matchAll(new RegExp(mark, 'g'))].slice(0, 40)) {
        const without = `${text.slice(0, match.index)}${match[1] ?? ''}${text.slice(match.index + match[0].length)}`
        expect(liesOf(without).length, match[0]).toBeGreaterThan(0)
      }
    }
    const [one, other] =
      format === 'html'
        ? [...text.matchAll(/data-sentence="([^"]*)"/g)].map(([whole]) => whole)
        : [...text.matchAll(/\[\^[^\]]+\](?!:)/g)].map(([whole]) => whole)
    expect(liesOf(text.replace(one!, other!)).length).toBeGreaterThan(0)
  })

  it('is caught where a sentence loses its mark, with numbers or without', () => {
    const sentences =
      format === 'html'
        ? [...text.matchAll(/ data-sentence="[^"]*"/g)]
        : [...text.matchAll(/\[\^(?!metric)[^\]]+\]$/gm)]
    expect(sentences.length).toBeGreaterThan(20)
    for (const { index, 0: mark } of sentences)
      expect(
        liesOf(`${text.slice(0, index)}${text.slice(index + mark.length)}`).length,
        mark,
      ).toBeGreaterThan(0)
  })

  it('is caught where a number is added without a mark, or the page is made to show something else', () => {
    const added = lang === 'en' ? 'Revenue grew by 12% last month.' : '上月收入增长12%。'
    const foot = format === 'html' ? '<section id="method">' : '\n## '
    const insert = (words: string) =>
      text.replace(foot, format === 'html' ? `<p>${words}</p>${foot}` : `\n${words}\n${foot}`)
    expect(liesOf(insert(added))).toEqual([
      { mark: 'none', shown: added, expected: 'no number without a mark' },
    ])
    expect(liesOf(insert(added.replace('12', '１２'))).length).toBe(1)
    expect(
      liesOf(insert('<script>document.body.textContent = "all is well"</script>')).length,
    ).toBeGreaterThan(0)
    expect(liesOf(insert('<style>.finding::before{content:"not "}</style>')).length).toBeGreaterThan(0)
    if (format === 'html')
      expect(liesOf(text.replace('class="finding"', 'class="finding" style="display:none"')).length).toBe(1)
  })

  it('leaves words of a reader alone, and what was left out', () => {
    const own = lang === 'en' ? 'We discussed this with the branch managers.' : '我们已与各分行行长讨论。'
    const added =
      format === 'html'
        ? text.replace('<section id="method">', `<p>${own}</p><section id="method">`)
        : text.replace('\n## ', `\n${own}\n\n## `)
    expect(liesOf(added)).toEqual([])
    const shorter =
      format === 'html'
        ? text.replace(/<section id="gender">[\s\S]*?<\/section>/, '')
        : text.replace(/\n## (?:Gender|性别差异)\n[\s\S]*?(?=\n## )/, '')
    expect(liesOf(shorter)).toEqual([])
  })
})

async function openReport(format: ReportFormat, lang: Language) {
  const source = { ...institution, manifest, lang }
  const text = await renderReport({ ...source, format })
  const head = readHead(text)
  if (head === undefined) throw new Error('The report does not say what it is.')
  return { text, check: openCheck(head, await pageOptions(source)) }
}

/** Places of all digits that a reader sees, and of those that draw pictures. */
function digitsOf(text: string, format: ReportFormat): number[] {
  if (format === 'md') {
    const body = text.indexOf('\n')
    return [...text.matchAll(/\d/g)].map(({ index }) => index).filter((at) => at > body)
  }
  const places: number[] = []
  for (const match of text.matchAll(/<\/?(\w+)([^>]*)>|([^<]+)/g)) {
    const drawn = ['path', 'text', 'circle', 'rect', 'data', 'polyline', 'polygon', 'line'].includes(
      match[1] ?? '',
    )
    if (match[3] === undefined && !drawn) continue
    for (const { index } of match[0].matchAll(/\d/g)) places.push(match.index + index)
  }
  return places
}
