import { formatMonth, formatPercent } from '@tranche/language'
import { findProvince } from '../../insights/code-lists/china.ts'
import { type FigureData, formatTick, shownPoints } from './figure-data.ts'
import { colours, drawSvg, type ItemApi, type ItemResult } from './svg.ts'

/** Retention by cohort (rows) and month after the first purchase (columns). */
export function drawTriangle(data: FigureData, width: number): string {
  const points = shownPoints(data)
  const cohorts = [...new Set(points.map(({ series }) => series))]
  const narrow = width < 500
  const offsets = [...new Set(points.map(({ x }) => x!))]
    .filter((offset) => !narrow || [1, 2, 3, 6, 9, 12].includes(offset))
    .sort((a, b) => a - b)
  if (cohorts.length === 0 || offsets.length === 0) return ''
  const { lang } = data.words.labels
  const left = lang === 'zh' ? 76 : 104
  const cell = { width: (width - left - 4) / offsets.length, height: 24 }
  const values = points.map(({ y }) => y!)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return drawGrid(width, 24 + cohorts.length * cell.height + 4, () => {
    const children: GridChildren = []
    offsets.forEach((offset, column) => {
      children.push(
        label(`${offset}`, left + (column + 0.5) * cell.width, 10, { align: 'center', fill: colours.second }),
      )
    })
    cohorts.forEach((cohort, row) => {
      const y = 22 + row * cell.height
      children.push(label(formatMonth(cohort, lang), 0, y + cell.height / 2, { fill: colours.ink }))
      offsets.forEach((offset, column) => {
        const point = points.find(({ series, x }) => series === cohort && x === offset)
        if (!point) return
        const step = stepOf(point.y!, least, most)
        children.push({
          type: 'rect',
          shape: {
            x: left + column * cell.width + 0.5,
            y: y + 0.5,
            width: cell.width - 1,
            height: cell.height - 1,
          },
          style: { fill: colours.steps[step]! },
        })
        children.push(
          label(
            formatPercent(point.y!, { lang, digits: 0 }),
            left + (column + 0.5) * cell.width,
            y + cell.height / 2,
            {
              align: 'center',
              fill: onStep(step),
            },
          ),
        )
      })
    })
    return children
  })
}

/** Provinces as tiles, roughly where they lie; names short, the value under each. */
export function drawTiles(data: FigureData, width: number): string {
  const points = shownPoints(data).flatMap((point) => {
    const province = findProvince(point.label ?? '')
    return province ? [{ point, province }] : []
  })
  if (points.length === 0) return ''
  const { lang } = data.words.labels
  const first = Math.min(...points.map(({ province }) => province.column))
  const columns = Math.max(...points.map(({ province }) => province.column)) - first + 1
  const top = Math.min(...points.map(({ province }) => province.row))
  const rows = Math.max(...points.map(({ province }) => province.row)) - top + 1
  const size = Math.min(62, Math.floor(width / columns))
  const height = Math.min(size, 48)
  const values = points.map(({ point }) => point.y!)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const small = size < 44
  return drawGrid(width, rows * height + 4, () =>
    points.flatMap(({ point, province }) => {
      const x = (province.column - first) * size
      const y = (province.row - top) * height
      const step = stepOf(point.y!, least, most)
      const fill = onStep(step)
      return [
        {
          type: 'rect' as const,
          shape: { x: x + 1, y: y + 1, width: size - 2, height: height - 2 },
          style: { fill: colours.steps[step]! },
        },
        label(lang === 'zh' ? province.short : province.abbreviation, x + size / 2, y + (height / 2 - 8), {
          align: 'center',
          fill,
          fontSize: small ? 11 : 12,
        }),
        label(short(data, point.y!), x + size / 2, y + height / 2 + 9, {
          align: 'center',
          fill,
          fontSize: small ? 9 : 11,
        }),
      ]
    }),
  )
}

function short(data: FigureData, value: number): string {
  if (data.figure.unit === 'share' || data.figure.unit === 'rate') return `${Math.round(value * 100)}%`
  return formatTick(data, Number(value.toPrecision(2)))
}

type GridChildren = NonNullable<Extract<ItemResult, { type: 'group' }>>['children']

function drawGrid(width: number, height: number, children: () => GridChildren): string {
  return drawSvg(
    {
      grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: { type: 'value', min: 0, max: 1, show: false },
      yAxis: { type: 'value', min: 0, max: 1, show: false },
      series: [
        {
          type: 'custom',
          silent: true,
          clip: false,
          data: [[0]],
          renderItem: (_: unknown, __: ItemApi): ItemResult => ({ type: 'group', children: children() }),
        },
      ],
    },
    { width, height },
  )
}

function label(text: string, x: number, y: number, style: object) {
  return { type: 'text' as const, style: { text, x, y, verticalAlign: 'middle' as const, ...style } }
}

function stepOf(value: number, least: number, most: number): number {
  const part = most === least ? 0.5 : (value - least) / (most - least)
  return Math.min(colours.steps.length - 1, Math.floor(part * colours.steps.length))
}

/** Words that stand out on the three low steps, and on the three high ones: contrast of at least 4.5. */
function onStep(step: number): string {
  return step <= 2 ? colours.onLow : colours.onHigh
}
