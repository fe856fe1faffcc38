import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Language } from '@tranche/contract'
import readExcelFile from 'read-excel-file/node'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { TrancheError } from '../../src/errors.ts'
import { composeReport } from '../../src/reports/document/compose.ts'
import { isFigure, type ReportDocument } from '../../src/reports/document/report-document.ts'
import { pageOptions, type ReportFileFormat, writeReport } from '../../src/reports/render-report.ts'
import { plainText } from '../../src/reports/sentence.ts'
import { partsOf } from '../../src/reports/tables/rewrite-zip.ts'
import { findingsOf, type Institution, makeInstitution } from '../insights/institution.ts'

const manifest = {
  asOf: '2026-06-30T16:00:00.000Z',
  snapshot: 'abcdef0123456789',
  version: '0.1.0',
  run: 'r1',
}
let institution: Institution
let room: string

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-formats-'))
  institution = await makeInstitution({ customers: 3000, effects: true })
  await findingsOf(institution)
})
afterAll(async () => {
  institution.warehouse.close()
  await rm(room, { recursive: true, force: true })
})

const write = async (format: ReportFileFormat, lang: Language, env = process.env) => {
  const files = await writeReport({ ...institution, manifest, lang, format }, { name: 'report', env })
  return files
}
const fileOf = async (format: 'xlsx' | 'pptx' | 'pdf', lang: Language) =>
  Buffer.from((await write(format, lang)).get('')!)
const documentOf = async (lang: Language): Promise<ReportDocument> =>
  composeReport(await pageOptions({ ...institution, manifest, lang }))

describe.each(['en', 'zh'] as const)('in %s', (lang) => {
  it('the workbook holds every message and every mark of every figure as numbers', async () => {
    const document = await documentOf(lang)
    const path = join(room, `${lang}.xlsx`)
    await writeFile(path, await fileOf('xlsx', lang))
    const sheets = await readExcelFile(path)
    const [summary] = sheets
    expect(summary!.data.slice(1, 1 + document.summary.length).map((row) => row[1])).toEqual(
      document.summary.map(({ parts }) => plainText(parts)),
    )
    for (const { title, items } of document.sections) {
      const figures = items.filter(isFigure)
      if (figures.length === 0) continue
      const sheet = sheets.find(({ sheet: name }) => name === title.slice(0, 31))
      expect(sheet, title).toBeDefined()
      const shown = figures.flatMap(({ data, number }) =>
        data.points
          .filter(({ series }) => series !== 'cut_x' && series !== 'cut_y')
          .map(({ y, n, suppressed }) => [
            number,
            suppressed || data.figure.kind === 'density' ? null : y,
            n,
          ]),
      )
      const read = sheet!.data
        .slice(1)
        .map((row) => [row[0], typeof row[4] === 'number' ? row[4] : null, row[7] ?? null])
      expect(read).toEqual(shown)
    }
  })

  it('the workbook freezes its headers and formats its numbers', async () => {
    const parts = [...partsOf(await fileOf('xlsx', lang))].map(
      ({ name, content }) => [name, content.toString('utf8')] as const,
    )
    const sheets = parts.filter(([name]) => /worksheets\/sheet\d+\.xml$/.test(name))
    expect(sheets.length).toBeGreaterThan(6)
    for (const [name, xml] of sheets) expect(xml, name).toMatch(/<pane ySplit="1"[^>]*state="frozen"/)
    const styles = parts.find(([name]) => name.endsWith('styles.xml'))![1]
    for (const format of ['#,##0.00', '0.0%', '#,##0']) expect(styles).toContain(`formatCode="${format}"`)
  })

  it('the slides have one for each message, with its sentence, and the statement in the notes', async () => {
    const document = await documentOf(lang)
    const parts = new Map(
      [...partsOf(await fileOf('pptx', lang))].map(({ name, content }) => [name, content]),
    )
    const slides = [...parts].filter(([name]) => /ppt\/slides\/slide\d+\.xml$/.test(name))
    const textOf = (xml: Buffer) =>
      [...xml.toString().matchAll(/<a:t>([^<]*)/g)].map(([, text]) => text).join('')
    const escaped = (text: string) =>
      text.replaceAll('&', '&amp;').replaceAll("'", '&apos;').replaceAll('"', '&quot;')
    for (const { parts: sentence, finding } of document.summary) {
      const own = slides.filter(([, xml]) => textOf(xml).startsWith(escaped(plainText(sentence))))
      expect(own, plainText(sentence)).toHaveLength(1)
      const number = /slide(\d+)\.xml$/.exec(own[0]![0])![1]
      const notes = textOf(parts.get(`ppt/notesSlides/notesSlide${number}.xml`)!)
      expect(notes).toContain(finding.key)
      expect(notes).toContain('select ')
    }
    expect([...parts.keys()].filter((name) => /charts\/chart\d+\.xml$/.test(name)).length).toBeGreaterThan(1)
    expect([...parts.keys()].filter((name) => /slideMasters\/slideMaster\d+\.xml$/.test(name))).toHaveLength(
      1,
    )
  })

  it('a long sentence is a smaller title, and where customers lie by two amounts is drawn in shapes', async () => {
    const document = await documentOf(lang)
    const slides = [...partsOf(await fileOf('pptx', lang))]
      .filter(({ name }) => /ppt\/slides\/slide\d+\.xml$/.test(name))
      .map(({ content }) => content.toString())
    const sizes = slides.flatMap((xml) =>
      [...xml.matchAll(/<p:ph[^>]*type="title".*?sz="(\d+)".*?<a:t>([^<]*)/gs)].map(
        ([, size, text]) => [text!.length, Number(size)] as const,
      ),
    )
    expect(sizes.length).toBeGreaterThan(5)
    const [shortest, longest] = [...sizes]
      .sort(([a], [b]) => a - b)
      .filter((_, at, all) => at === 0 || at === all.length - 1)
    expect(longest![1]).toBeLessThan(shortest![1])
    const density = document.sections
      .flatMap(({ items }) => items.filter(isFigure))
      .find(({ data }) => data.figure.kind === 'density')!
    const cells = density.data.points.filter(
      ({ series, suppressed, y }) => series === 'cell' && !suppressed && y !== null,
    )
    const drawn = slides.find(
      (xml) =>
        xml.includes(plainText(density.parts).slice(0, 20)) &&
        xml.includes('prst="rect"') &&
        xml.includes('prst="line"'),
    )
    expect(drawn!.match(/prst="rect"/g)!.length).toBeGreaterThanOrEqual(cells.length)
  })

  it('native charts carry the numbers of their figures, and their own workbook to edit them in', async () => {
    const document = await documentOf(lang)
    const known = new Set<number>()
    for (const { items } of document.sections)
      for (const { data } of items.filter(isFigure))
        for (const { y, low, high } of data.points) for (const value of [y, low, high]) known.add(value ?? 0)
    for (const { values } of document.options.data.findings)
      for (const value of [values['a_value'], values['b_value']])
        if (typeof value === 'number') known.add(value)
    const parts = [...partsOf(await fileOf('pptx', lang))]
    const charts = parts.filter(({ name }) => /charts\/chart\d+\.xml$/.test(name))
    expect(parts.filter(({ name }) => /embeddings\/.*\.xlsx$/.test(name))).toHaveLength(charts.length)
    for (const { name, content } of charts) {
      const values = [...content.toString().matchAll(/<c:val>.*?<\/c:val>/gs)]
        .flatMap(([block]) => [...block.matchAll(/<c:v>([^<]*)<\/c:v>/g)])
        .map(([, text]) => Number(text))
      expect(values.length, name).toBeGreaterThan(1)
      for (const value of values) expect(known.has(value), `${name} ${value}`).toBe(true)
    }
  })

  it.each(['xlsx', 'pptx'] as const)('%s has equal bytes whenever it is written', async (format) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) })
    const first = await fileOf(format, lang)
    vi.setSystemTime(Date.UTC(2031, 11, 31))
    const second = await fileOf(format, lang)
    vi.useRealTimers()
    expect(second.equals(first)).toBe(true)
  })

  it('Markdown links to figures that are there and stand by themselves', async () => {
    const files = await write('md', lang)
    const text = String(files.get(''))
    const links = [...text.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)].map(([, link]) => decodeURI(link!))
    expect(links.length).toBeGreaterThan(5)
    expect([...files.keys()].filter((name) => name !== '').sort()).toEqual([...links].sort())
    for (const link of links) {
      const svg = String(files.get(link))
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
      expect(svg).not.toContain('var(--')
    }
  })
})

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

describe('the report as PDF', () => {
  it.skipIf(chromium === undefined)(
    'has pages, an outline and fonts of its own (skipped where there is no Chromium)',
    async () => {
      const document = await documentOf('zh')
      const pdf = (await fileOf('pdf', 'zh')).toString('latin1')
      expect(pdf.startsWith('%PDF-')).toBe(true)
      expect(pdf.match(/\/Type\s*\/Page\b/g)!.length).toBeGreaterThan(4)
      expect(pdf).toContain('/Outlines')
      expect(pdf.match(/\/FontFile[23]?/g)!.length).toBeGreaterThan(0)
      const titles = [...pdf.matchAll(/\/Title <FEFF([0-9A-F]+)>|\/Title <feff([0-9a-f]+)>/g)].map(
        ([, upper, lower]) =>
          Buffer.from((upper ?? lower)!, 'hex')
            .swap16()
            .toString('utf16le'),
      )
      for (const { title } of document.sections) expect(titles).toContain(title)
    },
    60_000,
  )

  it('says what is missing where there is no Chromium', async () => {
    const attempt = write('pdf', 'en', { TRANCHE_CHROMIUM: join(room, 'nothing-here') })
    await expect(attempt).rejects.toThrow(TrancheError)
    await expect(attempt).rejects.toMatchObject({ code: 'unavailable' })
    await attempt.catch((error: TrancheError) => {
      expect(error.text.zh).toContain('Chromium')
      expect(error.hint?.en).toContain('TRANCHE_CHROMIUM')
    })
  })
})
