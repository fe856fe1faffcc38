import { existsSync } from 'node:fs'
import { TrancheError } from '../errors.ts'
import type { ReportDocument } from './document/report-document.ts'
import { htmlReport } from './html.ts'

/** Where a Chromium usually is. */
const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/microsoft-edge',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/**
 * Prints the report's page to A4 by a Chromium of this machine, with its outline, page numbers and embedded fonts.
 * @throws TrancheError unavailable where there is no Chromium, or playwright-core is not installed
 */
export async function pdfReport(
  document: ReportDocument,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Buffer> {
  const executablePath = findChromium(env)
  const { chromium } = await loadPlaywright()
  const isRoot = process.getuid?.() === 0
  const browser = await chromium.launch({
    executablePath,
    chromiumSandbox: !isRoot,
    args: ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  })
  try {
    const context = await browser.newContext({
      offline: true,
      colorScheme: 'light',
      javaScriptEnabled: false,
    })
    const page = await context.newPage()
    await page.setContent(htmlReport(document), { waitUntil: 'load' })
    const pdf = await page.pdf({
      format: 'A4',
      printBackground: true,
      preferCSSPageSize: true,
      outline: true,
      tagged: true,
    })
    return pinDates(pdf, document.options.manifest.asOf)
  } finally {
    await browser.close()
  }
}

function findChromium(env: Readonly<Record<string, string | undefined>>): string {
  const named = env['TRANCHE_CHROMIUM']
  const found = named === undefined ? usualPlaces.find((path) => existsSync(path)) : named
  if (found !== undefined && existsSync(found)) return found
  const tried = named ?? usualPlaces.slice(0, 3).join(', ')
  throw new TrancheError(
    'unavailable',
    {
      en: `A PDF is printed by a Chromium or Chrome of this machine, and none was found (looked for ${tried}).`,
      zh: `PDF 由本机的 Chromium 或 Chrome 打印生成，未找到（已查找 ${tried}）。`,
    },
    {
      hint: {
        en: 'Install one (Debian: apt-get install chromium fonts-noto-cjk), or name it: TRANCHE_CHROMIUM=/path/to/chrome. Or write --format html and print it from a browser.',
        zh: '请安装（Debian：apt-get install chromium fonts-noto-cjk），或用 TRANCHE_CHROMIUM=/path/to/chrome 指定；也可使用 --format html 后在浏览器中打印。',
      },
    },
  )
}

async function loadPlaywright(): Promise<typeof import('playwright-core')> {
  try {
    return await import('playwright-core')
  } catch (cause) {
    throw new TrancheError(
      'unavailable',
      {
        en: 'A PDF needs the optional package playwright-core, which is not installed.',
        zh: '生成 PDF 需要可选依赖 playwright-core，当前未安装。',
      },
      {
        cause,
        hint: { en: 'npm install playwright-core', zh: '请执行 npm install playwright-core' },
      },
    )
  }
}

/** The dates of printing become the report's own, digit by digit, so that no offset in the file moves. */
function pinDates(pdf: Buffer, asOf: string): Buffer {
  const stamp = new Date(asOf).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  const text = pdf.toString('latin1')
  return Buffer.from(
    text.replace(/\/(CreationDate|ModDate) \(D:\d{14}/g, (_, name) => `/${name} (D:${stamp}`),
    'latin1',
  )
}
