import { createRequire } from 'node:module'
import type { CustomSeriesOption } from 'echarts/charts'
import type { EChartsCoreOption } from 'echarts/core'

/** Colours by role; the page says what each is in light and dark. */
export const colours = {
  ink: '#1A1F2B',
  second: '#5B6472',
  line: '#E3E6EB',
  mark: '#9AA3AF',
  paper: '#FFFFFF',
  accent: '#1F4E79',
  band: '#D5E1EE',
  /** One hue from light to dark, for ordered values. */
  steps: ['#EAF1F8', '#C7DAEB', '#94B9D8', '#5790BD', '#2A6699', '#123E66'],
  /** Okabe and Ito, safe for colour-blind readers. */
  categories: ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00'],
  rest: '#B8BEC7',
  /** Words on the low and the high half of the steps, and on light and dark categories. */
  onLow: '#10141B',
  onHigh: '#FDFDFE',
  onLight: '#0F1115',
  onDark: '#FEFEFE',
} as const

const variables: Readonly<Record<string, string>> = {
  [colours.ink]: 'ink',
  [colours.second]: 'ink-2',
  [colours.line]: 'line',
  [colours.mark]: 'mark',
  [colours.paper]: 'paper',
  [colours.accent]: 'accent',
  [colours.band]: 'band',
  [colours.onLow]: 'on-low',
  [colours.onHigh]: 'on-high',
  ...Object.fromEntries(colours.steps.map((colour, index) => [colour, `step-${index}`])),
}

export const fontFamily = 'inherit'
export const fontSize = 12

export interface ChartSize {
  readonly width: number
  readonly height: number
}

type RenderItem = NonNullable<CustomSeriesOption['renderItem']>
export type ItemApi = Parameters<RenderItem>[1]
export type ItemResult = ReturnType<RenderItem>

// The build in one file, on first use: as modules ECharts is six hundred files, which take a second to load.
const require = createRequire(import.meta.url)
const engine = (): typeof import('echarts') => require('echarts')

/** Draws an ECharts option on the server as SVG that takes its colours from the page and has no global names. */
export function drawSvg(option: EChartsCoreOption, { width, height }: ChartSize): string {
  const chart = engine().init(null, null, { ssr: true, renderer: 'svg', width, height })
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily, fontSize, color: colours.ink }, ...option })
    return clean(chart.renderToSVGString(), width, height)
  } finally {
    chart.dispose()
  }
}

/** Drops hover styles and event data, which a printed figure has no use for, and names colours by role. */
function clean(svg: string, width: number, height: number): string {
  const body = svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<defs\s*>\s*<\/defs>/g, '')
    .replace(/ class="[^"]*"/g, '')
    .replace(/ ecmeta_\w+="[^"]*"/g, '')
    .replace(/ pointer-events="[^"]*"/g, '')
    .replace(/font-family:inherit;?/g, '')
    .replace(/<rect width="\d+" height="\d+" x="0" y="0" fill="none"><\/rect>/, '')
    .replace(/(fill|stroke)="(#[0-9A-Fa-f]{6})"/g, (whole, name: string, colour: string) => {
      const variable = variables[colour.toUpperCase()]
      return variable ? `${name}="var(--${variable})"` : whole
    })
    .replace(/\n\s*/g, '')
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true" focusable="false">${body}</svg>`
}

/** Width of a text in pixels at the given size: a full-width character is a square, others about half of one. */
export function textWidth(text: string, size: number = fontSize): number {
  let width = 0
  for (const character of text) width += /[\u2E80-\uFFEF]/.test(character) ? size : size * 0.56
  return width
}

export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

export function shorten(text: string, pixels: number): string {
  if (textWidth(text) <= pixels) return text
  let kept = text
  while (kept.length > 1 && textWidth(`${kept}…`) > pixels) kept = kept.slice(0, -1)
  return `${kept}…`
}
