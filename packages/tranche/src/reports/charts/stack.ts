import { formatPercent } from '@tranche/language'
import { type FigureData, labelOf, shownPoints } from './figure-data.ts'
import { capital, colours, drawSvg, type ItemApi, type ItemResult, shorten, textWidth } from './svg.ts'

const rowHeight = 40
const keyHeight = 22

/** Parts of a whole, one bar a row; parts are named by a key above and carry their shares where they fit. */
export function drawStack(data: FigureData, width: number): string {
  const points = shownPoints(data)
  const rows = [...new Set(points.map(({ series }) => series))]
  const parts = [...new Set(points.map(({ label }) => label ?? ''))]
  if (rows.length === 0) return ''
  const { labels } = data.words
  const rowName = (row: string) =>
    row.includes('=')
      ? capital(labels.level('segment', row))
      : capital(row === 'customers' ? labels.measure('customers') : labels.total(row))
  const partName = (part: string) => labelOf(data, part)
  const left = Math.min(width * 0.36, Math.max(...rows.map((row) => textWidth(rowName(row)))) + 12)
  const colourOf = (index: number) => colours.categories[index] ?? colours.rest
  const keys = layKeys(parts.map(partName), width)
  const top = keys.height + 8
  return drawSvg(
    {
      grid: { left, right: 8, top, bottom: 4 },
      xAxis: { type: 'value', min: 0, max: 1, show: false },
      yAxis: { type: 'category', data: rows, inverse: true, show: false },
      series: [
        {
          type: 'custom',
          silent: true,
          clip: false,
          data: rows.map((_, i) => [i]),
          renderItem: (_: unknown, api: ItemApi): ItemResult => {
            const i = Number(api.value(0))
            let start = 0
            const children: NonNullable<Extract<ItemResult, { type: 'group' }>>['children'] = []
            parts.forEach((part, index) => {
              const point = points.find(({ series, label }) => series === rows[i] && label === part)
              if (!point) return
              const [x1, y] = api.coord([start, i]) as [number, number]
              start += point.y!
              const x2 = api.coord([Math.min(1, start), i])[0]!
              const text = formatPercent(point.y!, { lang: labels.lang, digits: 0 })
              children.push({
                type: 'rect',
                shape: { x: x1, y: y - 13, width: Math.max(0, x2 - x1 - 1), height: 26 },
                style: { fill: colourOf(index) },
              })
              if (x2 - x1 > textWidth(text) + 6)
                children.push({
                  type: 'text',
                  style: {
                    text,
                    x: (x1 + x2) / 2,
                    y,
                    align: 'center',
                    verticalAlign: 'middle',
                    fill: darkText(index) ? colours.onLight : colours.onDark,
                  },
                })
            })
            const y = api.coord([0, i])[1]!
            children.push({
              type: 'text',
              style: {
                text: shorten(rowName(rows[i]!), left - 8),
                x: 0,
                y,
                verticalAlign: 'middle',
                fill: colours.ink,
              },
            })
            if (i === 0)
              keys.items.forEach(({ x, y: keyY, text }, index) => {
                children.push({
                  type: 'rect',
                  shape: { x, y: keyY - 5, width: 10, height: 10 },
                  style: { fill: colourOf(index) },
                })
                children.push({
                  type: 'text',
                  style: { text, x: x + 15, y: keyY, verticalAlign: 'middle', fill: colours.second },
                })
              })
            return { type: 'group', children }
          },
        },
      ],
    },
    { width, height: rows.length * rowHeight + top + 4 },
  )
}

/** Text on yellow, green and light tones is dark; contrast stays above 4.5. */
function darkText(index: number): boolean {
  return index !== 0
}

function layKeys(names: readonly string[], width: number) {
  let x = 0
  let y = 10
  const items = names.map((text) => {
    const need = textWidth(text) + 34
    if (x > 0 && x + need > width) {
      x = 0
      y += keyHeight
    }
    const item = { x, y, text }
    x += need
    return item
  })
  return { items, height: y + 8 }
}
