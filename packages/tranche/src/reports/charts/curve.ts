import { type FigureData, formatTick, niceTicks, shownPoints } from './figure-data.ts'
import { colours, drawSvg, type ItemApi, type ItemResult, textWidth } from './svg.ts'

/** A smooth curve with its 95% band; the golden age, where one was found, as a shaded stretch with its years. */
export function drawCurve(data: FigureData, width: number): string {
  const points = shownPoints(data)
  if (points.length < 3) return ''
  const { lang } = data.words.labels
  const low = Math.min(...points.map((point) => point.low ?? point.y!))
  const high = Math.max(...points.map((point) => point.high ?? point.y!))
  const ticks = niceTicks(Math.max(0, low), high)
  const labels = ticks.map((tick) => formatTick(data, tick))
  const left = Math.max(...labels.map((label) => textWidth(label))) + 12
  const golden = data.others.get(`${data.figure.figure}.golden_from`)
  const from = Number(golden?.values['from'] ?? Number.NaN)
  const to = Number(golden?.values['to'] ?? Number.NaN)
  const height = width < 500 ? 230 : 300
  return drawSvg(
    {
      grid: { left, right: 16, top: 22, bottom: 26 },
      xAxis: {
        type: 'value',
        min: points[0]!.x!,
        max: points.at(-1)!.x!,
        interval: 10,
        axisLine: { lineStyle: { color: colours.mark } },
        axisLabel: {
          color: colours.second,
          showMinLabel: false,
          showMaxLabel: false,
          formatter: (value: number) => (lang === 'zh' ? `${value}岁` : `${value}`),
        },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        min: ticks[0],
        max: ticks.at(-1),
        interval: ticks[1]! - ticks[0]!,
        axisLabel: { color: colours.second, formatter: (value: number) => formatTick(data, value) },
        splitLine: { lineStyle: { color: colours.line } },
      },
      series: [
        {
          type: 'custom',
          silent: true,
          data: [[0]],
          renderItem: (_: unknown, api: ItemApi): ItemResult => {
            const at = (x: number, y: number) => api.coord([x, y]) as [number, number]
            const band = [
              ...points.map((point) => at(point.x!, point.high ?? point.y!)),
              ...[...points].reverse().map((point) => at(point.x!, point.low ?? point.y!)),
            ]
            const children: NonNullable<Extract<ItemResult, { type: 'group' }>>['children'] = [
              { type: 'polygon', shape: { points: band }, style: { fill: colours.band } },
              {
                type: 'polyline',
                shape: { points: points.map((point) => at(point.x!, point.y!)) },
                style: { stroke: colours.accent, lineWidth: 2.5, fill: 'none' },
              },
            ]
            if (Number.isFinite(from) && Number.isFinite(to)) {
              const [x1, top] = at(from, ticks.at(-1)!)
              const [x2, bottom] = at(to + 1, ticks[0]!)
              for (const x of [x1, x2])
                children.push({
                  type: 'line',
                  shape: { x1: x, y1: top, x2: x, y2: bottom },
                  style: { stroke: colours.second, lineWidth: 1, lineDash: [3, 3] },
                })
              children.push({
                type: 'text',
                style: {
                  text: lang === 'zh' ? `黄金年龄 ${from}–${to}岁` : `Golden age ${from}–${to}`,
                  x: (x1 + x2) / 2,
                  y: top - 8,
                  align: 'center',
                  verticalAlign: 'bottom',
                  fill: colours.ink,
                },
              })
            }
            return { type: 'group', children }
          },
        },
      ],
    },
    { width, height },
  )
}

/** Shares of the total against shares of customers, poorest first, with the line of equality. */
export function drawLorenz(data: FigureData, width: number): string {
  const points = shownPoints(data)
  if (points.length < 3) return ''
  const { lang } = data.words.labels
  const percent = (value: number) => `${Math.round(value * 100)}%`
  const axis = {
    type: 'value' as const,
    min: 0,
    max: 1,
    interval: 0.25,
    axisLabel: { color: colours.second, formatter: percent },
    splitLine: { lineStyle: { color: colours.line } },
  }
  const height = width < 500 ? 260 : 340
  return drawSvg(
    {
      grid: { left: 44, right: 24, top: 12, bottom: 26 },
      xAxis: { ...axis, splitLine: { show: false } },
      yAxis: axis,
      series: [
        {
          type: 'custom',
          silent: true,
          data: [[0]],
          renderItem: (_: unknown, api: ItemApi): ItemResult => {
            const at = (x: number, y: number) => api.coord([x, y]) as [number, number]
            const [ex, ey] = at(0.36, 0.42)
            const below = points.find(({ x }) => x === 0.9)
            const [tx, ty] = at(0.9, below?.y ?? 0)
            return {
              type: 'group',
              children: [
                {
                  type: 'polyline',
                  shape: { points: [at(0, 0), at(1, 1)] },
                  style: { stroke: colours.mark, lineWidth: 1, lineDash: [4, 4], fill: 'none' },
                },
                {
                  type: 'polyline',
                  shape: { points: points.map(({ x, y }) => at(x!, y!)) },
                  style: { stroke: colours.accent, lineWidth: 2.5, fill: 'none' },
                },
                { type: 'circle', shape: { cx: tx, cy: ty, r: 4 }, style: { fill: colours.accent } },
                {
                  type: 'text',
                  style: {
                    text: lang === 'zh' ? '完全平均' : 'everybody equal',
                    x: ex,
                    y: ey,
                    align: 'right',
                    verticalAlign: 'bottom',
                    fill: colours.second,
                  },
                },
                {
                  type: 'text',
                  style: {
                    text:
                      lang === 'zh'
                        ? `90%的客户：${percent(below?.y ?? 0)}`
                        : `nine in ten: ${percent(below?.y ?? 0)}`,
                    x: tx - 10,
                    y: ty - 4,
                    align: 'right',
                    verticalAlign: 'bottom',
                    fill: colours.ink,
                  },
                },
              ],
            }
          },
        },
      ],
    },
    { width, height },
  )
}
