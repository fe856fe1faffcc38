import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
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
  },
)
