import { beyondCut, layOutDensity } from './density-layout.ts'
import type { FigureData } from './figure-data.ts'
import { colours, drawSvg, type ItemApi, type ItemResult, textWidth } from './svg.ts'

/** Where customers lie by two amounts on logarithmic axes, darker where there are more, with the cuts between groups. */
export function drawDensity(data: FigureData, width: number): string {
  const layout = layOutDensity(data, width < 500 ? 4 : 7)
  if (layout === undefined) return ''
  const { cells, cut, xTicks, yTicks, money } = layout
  const [x0, x1] = layout.x
  const [y0, y1] = layout.y
  const { lang } = data.words.labels
  const left = Math.max(...yTicks.map((tick) => textWidth(money(tick)))) + 12
  return drawSvg(
    {
      grid: { left, right: 12, top: 8, bottom: 28 },
      xAxis: { type: 'value', min: x0, max: x1, show: false },
      yAxis: { type: 'value', min: y0, max: y1, show: false },
      series: [
        {
          type: 'custom',
          silent: true,
          clip: false,
          data: [[0]],
          renderItem: (_: unknown, api: ItemApi): ItemResult => {
            const at = (x: number, y: number) => api.coord([x, y]) as [number, number]
            const [right, top] = at(x1, y1)
            const bottom = at(x0, y0)[1]
            const text = (content: string, x: number, y: number, style: object) => ({
              type: 'text' as const,
              style: { text: content, x, y, fill: colours.second, ...style },
            })
            const line = (from: [number, number], to: [number, number], style: object) => ({
              type: 'line' as const,
              shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
              style,
            })
            const halo = { align: 'right', fill: colours.ink, stroke: colours.paper, lineWidth: 3 }
            const dashed = { stroke: colours.ink, lineWidth: 1, lineDash: [4, 3] }
            return {
              type: 'group',
              children: [
                ...yTicks.map((tick) =>
                  line(at(x0, tick), [right, at(x0, tick)[1]], { stroke: colours.line, lineWidth: 1 }),
                ),
                ...cells.map(({ x, y, colour }) => {
                  const [cx1, cy1] = at(x[0], y[1])
                  const [cx2, cy2] = at(x[1], y[0])
                  return {
                    type: 'rect' as const,
                    shape: { x: cx1 + 0.5, y: cy1 + 0.5, width: cx2 - cx1 - 1, height: cy2 - cy1 - 1 },
                    style: { fill: colour },
                  }
                }),
                ...xTicks.map((tick) =>
                  text(money(tick), at(tick, y0)[0], bottom + 8, { align: 'center', verticalAlign: 'top' }),
                ),
                ...yTicks.map((tick) =>
                  text(money(tick), left - 8, at(x0, tick)[1], { align: 'right', verticalAlign: 'middle' }),
                ),
                ...(cut === null
                  ? []
                  : [
                      line([at(cut.x, y0)[0], top], [at(cut.x, y0)[0], bottom], dashed),
                      line(at(cut.x, cut.y), [right, at(cut.x, cut.y)[1]], dashed),
                      text(beyondCut.above[lang], right, at(cut.x, cut.y)[1] - 6, {
                        ...halo,
                        verticalAlign: 'bottom',
                      }),
                      text(beyondCut.below[lang], right, at(cut.x, cut.y)[1] + 6, {
                        ...halo,
                        verticalAlign: 'top',
                      }),
                    ]),
              ],
            }
          },
        },
      ],
    },
    { width, height: width < 500 ? 300 : 380 },
  )
}
