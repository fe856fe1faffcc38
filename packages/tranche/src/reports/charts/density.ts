import { formatMoney } from '@tranche/language'
import { type FigureData, shownPoints } from './figure-data.ts'
import { colours, drawSvg, type ItemApi, type ItemResult, textWidth } from './svg.ts'

/** Where customers lie by two amounts on logarithmic axes, darker where there are more, with the cuts between groups. */
export function drawDensity(data: FigureData, width: number): string {
  const cells = shownPoints(data).filter(({ series }) => series === 'cell')
  if (cells.length === 0) return ''
  const { lang } = data.words.labels
  const money = (power: number) =>
    formatMoney({ amount: 10 ** power, currency: data.words.currency }, { lang }).replace(/\.00(?!\d)/, '')
  const cut = (series: string) => data.points.find((point) => point.series === series)
  const dx = cut('cut_x')?.low ?? 0.1
  const xs = cells.map(({ x }) => x!)
  const [x0, x1] = [Math.min(...xs) - dx / 2, Math.max(...xs) + dx / 2]
  const [y0, y1] = [Math.min(...cells.map(({ low }) => low!)), Math.max(...cells.map(({ high }) => high!))]
  const most = Math.log(Math.max(...cells.map(({ n }) => n!)))
  const least = Math.log(Math.min(...cells.map(({ n }) => n!)))
  const ticksOf = (low: number, high: number) =>
    [0, Math.log10(2), Math.log10(5)].flatMap((part) =>
      Array.from({ length: 14 }, (_, power) => power + part).filter((tick) => tick >= low && tick <= high),
    )
  const xTicks = thin(
    ticksOf(x0, x1).sort((a, b) => a - b),
    width < 500 ? 4 : 7,
  )
  const yTicks = thin(
    ticksOf(y0, y1).sort((a, b) => a - b),
    6,
  )
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
            const cutX = cut('cut_x')?.x
            const cutY = cut('cut_y')?.x
            const halo = { align: 'right', fill: colours.ink, stroke: colours.paper, lineWidth: 3 }
            const lines = { stroke: colours.ink, lineWidth: 1, lineDash: [4, 3] }
            const inside =
              cutX !== null && cutX !== undefined && cutY !== null && cutY !== undefined && cutX < x1
            return {
              type: 'group',
              children: [
                ...yTicks.map((tick) => ({
                  type: 'line' as const,
                  shape: { x1: at(x0, tick)[0], y1: at(x0, tick)[1], x2: right, y2: at(x0, tick)[1] },
                  style: { stroke: colours.line, lineWidth: 1 },
                })),
                ...cells.map(({ x, low, high, n }) => {
                  const [cx1, cy1] = at(x! - dx / 2, high!)
                  const [cx2, cy2] = at(x! + dx / 2, low!)
                  const part = most === least ? 1 : (Math.log(n!) - least) / (most - least)
                  return {
                    type: 'rect' as const,
                    shape: { x: cx1 + 0.5, y: cy1 + 0.5, width: cx2 - cx1 - 1, height: cy2 - cy1 - 1 },
                    style: {
                      fill: colours.steps[
                        Math.min(colours.steps.length - 1, Math.floor(part * colours.steps.length))
                      ]!,
                    },
                  }
                }),
                ...xTicks.map((tick) =>
                  text(money(tick), at(tick, y0)[0], bottom + 8, { align: 'center', verticalAlign: 'top' }),
                ),
                ...yTicks.map((tick) =>
                  text(money(tick), left - 8, at(x0, tick)[1], { align: 'right', verticalAlign: 'middle' }),
                ),
                ...(inside
                  ? [
                      {
                        type: 'line' as const,
                        shape: { x1: at(cutX, y0)[0], y1: top, x2: at(cutX, y0)[0], y2: bottom },
                        style: lines,
                      },
                      {
                        type: 'line' as const,
                        shape: {
                          x1: at(cutX, cutY)[0],
                          y1: at(cutX, cutY)[1],
                          x2: right,
                          y2: at(cutX, cutY)[1],
                        },
                        style: lines,
                      },
                      text(lang === 'zh' ? '高净值 ↑' : 'High net worth ↑', right, at(cutX, cutY)[1] - 6, {
                        ...halo,
                        verticalAlign: 'bottom',
                      }),
                      text(lang === 'zh' ? '待激活 ↓' : 'Under-monetised ↓', right, at(cutX, cutY)[1] + 6, {
                        ...halo,
                        verticalAlign: 'top',
                      }),
                    ]
                  : []),
              ],
            }
          },
        },
      ],
    },
    { width, height: width < 500 ? 300 : 380 },
  )
}

/** Every second, third … tick until no more than `most` are left; powers of ten go last. */
function thin(ticks: readonly number[], most: number): readonly number[] {
  if (ticks.length <= most) return ticks
  const powers = ticks.filter((tick) => Math.abs(tick - Math.round(tick)) < 1e-9)
  if (powers.length >= 2 && powers.length <= most) return powers
  const step = Math.ceil(ticks.length / most)
  return ticks.filter((_, index) => index % step === 0)
}
