import { beyondCut, layOutDensity } from '../charts/density-layout.ts'
import type { FigureData } from '../charts/figure-data.ts'
import type { Slide } from './native.ts'
import { body, inches, type SlideTheme } from './theme.ts'

const plot = {
  left: body.left + 1.1,
  top: body.top + 0.1,
  width: body.width - 1.3,
  height: body.height - 0.9,
}

/**
 * Customers by two amounts as shapes that can be edited: no native chart has two axes of powers of ten. False where every
 * cell is empty or hidden.
 */
export function addDensity(slide: Slide, theme: SlideTheme, data: FigureData): boolean {
  const layout = layOutDensity(data, 7)
  if (layout === undefined) return false
  const { lang } = data.words.labels
  const [x0, x1] = layout.x
  const [y0, y1] = layout.y
  const across = (x: number) => plot.left + ((x - x0) / (x1 - x0)) * plot.width
  const down = (y: number) => plot.top + ((y1 - y) / (y1 - y0)) * plot.height
  const [right, bottom] = [across(x1), down(y0)]
  const label = (text: string, x: number, y: number, align: 'left' | 'center' | 'right') => {
    const width = 1.6
    const left = align === 'left' ? x : align === 'center' ? x - width / 2 : x - width
    slide.addText(text, {
      ...inches(left, y - 0.14, width, 0.28),
      ...theme.text(11),
      color: theme.second,
      align,
      valign: 'middle',
      margin: 0,
    })
  }
  const line = (from: readonly [number, number], to: readonly [number, number], dashed: boolean) =>
    slide.addShape('line', {
      ...inches(from[0], from[1], to[0] - from[0], to[1] - from[1]),
      line: dashed
        ? { color: theme.ink, width: 1, dashType: 'dash' }
        : { color: theme.line, width: 0.75, dashType: 'solid' },
    })
  for (const tick of layout.yTicks) {
    line([plot.left, down(tick)], [right, down(tick)], false)
    label(layout.money(tick), plot.left - 0.1, down(tick), 'right')
  }
  for (const tick of layout.xTicks) label(layout.money(tick), across(tick), bottom + 0.2, 'center')
  const gap = 0.01
  for (const { x, y, colour } of layout.cells)
    slide.addShape('rect', {
      ...inches(
        across(x[0]) + gap,
        down(y[1]) + gap,
        across(x[1]) - across(x[0]) - 2 * gap,
        down(y[0]) - down(y[1]) - 2 * gap,
      ),
      fill: { color: colour.slice(1) },
    })
  if (layout.cut !== null) {
    const [cutX, cutY] = [across(layout.cut.x), down(layout.cut.y)]
    line([cutX, plot.top], [cutX, bottom], true)
    line([cutX, cutY], [right, cutY], true)
    label(beyondCut.above[lang], right, cutY - 0.17, 'right')
    label(beyondCut.below[lang], right, cutY + 0.17, 'right')
  }
  return true
}
