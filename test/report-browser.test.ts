import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { openWorkspace, simulate } from 'tranche'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

describe.skipIf(executable === undefined)(
  'the report in a browser (skipped where there is no Chromium)',
  () => {
    let room: string
    let browser: Browser
    beforeAll(async () => {
      room = await mkdtemp(join(tmpdir(), 'tranche-browser-'))
      const dir = join(room, 'bank')
      await simulate({ dir, customers: 400, months: 12, seed: 3, dirt: 0 })
      const workspace = await openWorkspace(dir)
      await workspace.run()
      for (const lang of ['en', 'zh'] as const)
        await writeFile(join(room, `${lang}.html`), await workspace.report({ lang, format: 'html' }))
      browser = await chromium.launch({
        executablePath: executable!,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      })
    })
    afterAll(async () => {
      await browser?.close()
      await rm(room, { recursive: true, force: true })
    })

    test.each([
      ['en', 1280],
      ['en', 390],
      ['en', 1920],
      ['zh', 1280],
      ['zh', 390],
    ])(
      '%s at %i px asks nobody for anything, complains of nothing and does not scroll sideways',
      async (lang, width) => {
        const page = await browser.newPage({ viewport: { width, height: 900 } })
        const asked: string[] = []
        const complaints: string[] = []
        page.on('request', (request) => asked.push(request.url()))
        page.on('console', (message) => complaints.push(message.text()))
        page.on('pageerror', (error) => complaints.push(error.message))
        await page.goto(`file://${join(room, `${lang}.html`)}`)
        expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
        expect(complaints).toEqual([])
        const seen = await page.evaluate(() => {
          const { document } = globalThis as unknown as {
            document: {
              documentElement: { scrollWidth: number; clientWidth: number; lang: string }
              querySelectorAll(selector: string): { length: number }
            }
          }
          const { scrollWidth, clientWidth, lang: language } = document.documentElement
          return {
            sideways: scrollWidth > clientWidth,
            language,
            figures: document.querySelectorAll('svg').length,
          }
        })
        expect(seen).toMatchObject({ sideways: false })
        expect(seen.language.startsWith(lang)).toBe(true)
        await page.close()
      },
    )

    const open = async (lang: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme })
      await page.goto(`file://${join(room, `${lang}.html`)}`)
      return page
    }

    test.each([
      ['en', 'light'],
      ['zh', 'dark'],
    ] as const)(
      '%s, %s: nothing stands in the way of a screen reader or a weak eye',
      async (lang, scheme) => {
        const page = await open(lang, scheme)
        const seriousOnes = async () => {
          const { violations } = (await page.evaluate('axe.run(document)')) as {
            violations: { id: string; impact: string; nodes: { html: string }[] }[]
          }
          return violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 160)}`)
        }
        await page.evaluate(axe.source)
        expect(await seriousOnes()).toEqual([])
        await page.evaluate(
          'for (const details of document.querySelectorAll("details")) details.open = true; document.querySelector(".note").showPopover()',
        )
        expect(await seriousOnes()).toEqual([])
        await page.close()
      },
    )

    test.each(['en', 'zh'])(
      '%s: a sentence opens its numbers by the keyboard, and closes them',
      async (lang) => {
        const page = await open(lang)
        const mark = page.locator('.lead .mark').first()
        await mark.focus()
        await page.keyboard.press('Enter')
        const note = page.locator('.note:popover-open')
        expect(await note.count()).toBe(1)
        expect(await note.locator('pre').innerText()).toContain('select')
        expect(await note.locator('dt').count()).toBeGreaterThan(4)
        await page.keyboard.press('Escape')
        expect(await note.count()).toBe(0)
        await page.close()
      },
    )

    test('in print the notes stand below, and nothing that can only be clicked', async () => {
      const page = await open('en')
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('.note').first().isVisible()).toBe(true)
      for (const hidden of ['nav', '.close', '#all', '.narrow'])
        expect(await page.locator(hidden).first().isVisible(), hidden).toBe(false)
      await page.close()
    })
  },
)
