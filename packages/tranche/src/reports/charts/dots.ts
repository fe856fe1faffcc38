import { formatCount } from '@tranche/language'
import { type FigureData, formatTick, formatY, labelOf, niceTicks, shownPoints } from './figure-data.ts'
import { colours, drawSvg, type ItemApi, type ItemResult, shorten, textWidth } from './svg.ts'

const rowHeight = 26

/** Levels as dots with their intervals, n under each name; the highest and lowest in colour. */
export function drawDots(data: FigureData, width: number): string {
  const points = shownPoints(data)
  if (points.length === 0) return ''
  const { lang } = data.words.labels
  const names = points.map(({ label }) => labelOf(data, label ?? ''))
  const counts = points.map(({ n }) => `n ${formatCount(n ?? 0, lang)}`)
  const left = Math.min(
    width * 0.42,
    Math.max(...names.map((name, i) => textWidth(name) + textWidth(counts[i]!) + 26)),
  )
  const values = points.map(({ y }) => formatY(data, y!))
  const right = Math.max(...values.map((value) => textWidth(value))) + 14
  const { low, high } = range(points, data.figure.metric === 'lift')
  const ticks = niceTicks(low, high, width < 500 ? 3 : 5)
  const highest = points.reduce((best, point, i) => (point.y! > points[best]!.y! ? i : best), 0)
  const lowest = points.reduce((best, point, i) => (point.y! < points[best]!.y! ? i : best), 0)
  return drawSvg(
    {
      grid: { left, right, top: 8, bottom: 24 },
      xAxis: {
        type: 'value',
        min: ticks[0],
        max: ticks.at(-1),
        interval: ticks[1]! - ticks[0]!,
        axisLabel: { color: colours.second, formatter: (value: number) => formatTick(data, value) },
        splitLine: { lineStyle: { color: colours.line } },
      },
      yAxis: { type: 'category', data: names.map(String), inverse: true, show: false },
      series: [
        {
          type: 'custom',
          silent: true,
          clip: false,
          data: points.map((_, i) => [i]),
          renderItem: (_: unknown, api: ItemApi): ItemResult => {
            const i = Number(api.value(0))
            const point = points[i]!
            const at = (value: number) => api.coord([value, i])[0]!
            const y = api.coord([0, i])[1]!
            const colour = i === highest || i === lowest ? colours.accent : colours.mark
            const end = point.high ?? point.y!
            return {
              type: 'group',
              children: [
                ...(point.low === null || point.high === null
                  ? []
                  : [
                      {
                        type: 'line' as const,
                        shape: { x1: at(point.low), y1: y, x2: at(point.high), y2: y },
                        style: { stroke: colour, lineWidth: 1.5 },
                      },
                    ]),
                { type: 'circle', shape: { cx: at(point.y!), cy: y, r: 4 }, style: { fill: colour } },
                {
                  type: 'text',
                  style: {
                    text: values[i]!,
                    x: at(Math.max(end, point.y!)) + 7,
                    y,
                    verticalAlign: 'middle',
                    fill: colours.ink,
                  },
                },
                {
                  type: 'text',
                  style: {
                    text: shorten(names[i]!, left - textWidth(counts[i]!) - 22),
                    x: 0,
                    y,
                    verticalAlign: 'middle',
                    fill: colours.ink,
                  },
                },
                {
                  type: 'text',
                  style: {
                    text: counts[i]!,
                    x: left - 12,
                    y,
                    align: 'right',
                    verticalAlign: 'middle',
                    fill: colours.second,
                    fontSize: 11,
                  },
                },
              ],
            }
          },
        },
      ],
    },
    { width, height: points.length * rowHeight + 36 },
  )
}

/** Bars from zero with their values; a line at 1 where a figure is a multiple. */
export function drawBars(data: FigureData, width: number): string {
  const points = shownPoints(data)
  if (points.length === 0) return ''
  const { lang } = data.words.labels
  const names = points.map(({ label, series }) => `${label} → ${series}`)
  const left = Math.min(width * 0.5, Math.max(...names.map((name) => textWidth(name))) + 12)
  const high = Math.max(...points.map(({ y }) => y!))
  const ticks = niceTicks(0, high, width < 500 ? 3 : 5)
  const values = points.map(({ y, n }) => `${formatY(data, y!)}  n ${formatCount(n ?? 0, lang)}`)
  const right = Math.max(...values.map((value) => textWidth(value))) + 10
  return drawSvg(
    {
      grid: { left, right, top: 8, bottom: 24 },
      xAxis: {
        type: 'value',
        min: 0,
        max: ticks.at(-1),
        interval: ticks[1]! - ticks[0]!,
        axisLabel: { color: colours.second, formatter: (value: number) => formatTick(data, value) },
        splitLine: { lineStyle: { color: colours.line } },
      },
      yAxis: { type: 'category', data: names, inverse: true, show: false },
      series: [
        {
          type: 'custom',
          silent: true,
          clip: false,
          data: points.map((_, i) => [i]),
          renderItem: (_: unknown, api: ItemApi): ItemResult => {
            const i = Number(api.value(0))
            const [x, y] = api.coord([points[i]!.y!, i]) as [number, number]
            const zero = api.coord([0, i])[0]!
            const one = api.coord([1, i])[0]!
            return {
              type: 'group',
              children: [
                {
                  type: 'rect',
                  shape: { x: zero, y: y - 8, width: x - zero, height: 16 },
                  style: { fill: i === 0 ? colours.accent : colours.mark },
                },
                {
                  type: 'line',
                  shape: { x1: one, y1: y - rowHeight / 2, x2: one, y2: y + rowHeight / 2 },
                  style: { stroke: colours.ink, lineWidth: 1 },
                },
                {
                  type: 'text',
                  style: { text: values[i]!, x: x + 6, y, verticalAlign: 'middle', fill: colours.ink },
                },
                {
                  type: 'text',
                  style: {
                    text: shorten(names[i]!, left - 10),
                    x: 0,
                    y,
                    verticalAlign: 'middle',
                    fill: colours.ink,
                  },
                },
              ],
            }
          },
        },
      ],
    },
    { width, height: points.length * rowHeight + 36 },
  )
}

function range(
  points: readonly { y: number | null; low: number | null; high: number | null }[],
  fromZero: boolean,
) {
  const low = Math.min(...points.map(({ y, low: end }) => end ?? y!))
  const high = Math.max(...points.map(({ y, high: end }) => end ?? y!))
  return {
    low: fromZero ? Math.min(0, low) : low,
    high: high === low ? low + Math.abs(low || 1) * 0.1 : high,
  }
}
