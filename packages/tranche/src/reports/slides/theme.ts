import type { PageOptions, ReportDocument } from '../document/report-document.ts'
import type { Deck, Slide } from './native.ts'

export const masterName = 'Tranche'

/** Where a slide's content stands, in inches of a page of 13.33 by 7.5. */
export const body = { left: 0.6, top: 1.6, width: 12.1, height: 4.9 } as const

const titleHeight = 1.1
const titleSizes = [26, 22, 20, 18, 16, 14] as const

export interface SlideTheme {
  readonly font: string
  readonly ink: string
  readonly second: string
  readonly line: string
  readonly accent: string
  readonly rest: string
  readonly text: (size: number) => {
    readonly fontSize: number
    readonly fontFace: string
    readonly color: string
    readonly lang: string
  }
}

export function themeOf({ words, policy }: PageOptions): SlideTheme {
  const zh = words.labels.lang === 'zh'
  const font = zh ? 'Microsoft YaHei' : 'Arial'
  const ink = '1A1F2B'
  return {
    font,
    ink,
    second: '5B6472',
    line: 'E3E6EB',
    accent: policy.look.accent.slice(1),
    rest: '9AA3AF',
    text: (fontSize) => ({ fontSize, fontFace: font, color: ink, lang: zh ? 'zh-CN' : 'en-US' }),
  }
}

export function title(slide: Slide, theme: SlideTheme, text: string): void {
  // The size of the text's own run: the placeholder's takes the place of that of the box.
  slide.addText([{ text, options: { ...theme.text(titleSize(text)), bold: true } }], { placeholder: 'title' })
}

/** The largest size in points at which a sentence stays within the title's box: slides don't shrink what overflows. */
function titleSize(text: string): number {
  const widthOf = (size: number) =>
    [...text].reduce((sum, character) => sum + (character > '\u2e7f' ? 1 : 0.58), 0) * size
  const linesOf = (size: number) => Math.ceil(widthOf(size) / ((body.width - 1.5) * 72))
  return titleSizes.find((size) => linesOf(size) * size * 1.2 <= titleHeight * 72) ?? titleSizes.at(-1)!
}

export function inches(x: number, y: number, w: number, h: number) {
  return { x, y, w, h }
}

/** One plain master: a title, a hairline, the as-of line, the page's number and the firm's mark. */
export function defineMaster(deck: Deck, theme: SlideTheme, { meta, options }: ReportDocument): void {
  const { logo } = options
  deck.defineSlideMaster({
    title: masterName,
    background: { color: 'FFFFFF' },
    objects: [
      {
        placeholder: {
          options: {
            name: 'title',
            type: 'title',
            ...inches(body.left, 0.35, logo ? 10.6 : body.width, titleHeight),
            ...theme.text(26),
            align: 'left',
            valign: 'middle',
            margin: 0,
          },
          text: '',
        },
      },
      { line: { ...inches(body.left, 6.95, body.width, 0), line: { color: theme.line, width: 0.75 } } },
      {
        text: {
          text: meta,
          options: { ...inches(body.left, 7, 11, 0.3), ...theme.text(9), color: theme.second, margin: 0 },
        },
      },
      ...(logo ? [{ image: { data: logo, ...inches(11.5, 0.45, 1.2, 0.5) } }] : []),
    ],
    slideNumber: { ...inches(12.2, 7, 0.5, 0.3), ...theme.text(9), color: theme.second, align: 'right' },
  })
}
