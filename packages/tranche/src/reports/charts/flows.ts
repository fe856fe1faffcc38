import type { Language } from '@tranche/contract'
import { formatCount } from '@tranche/language'
import { flowWords, pageWords } from '@tranche/language/report'
import { type FigureData, labelOf, shownPoints } from './figure-data.ts'
import { colours, drawSvg, fontFamily, fontSize, shorten, textWidth } from './svg.ts'

/** Who stands where on two days: cells from top to bottom, and how many went from which to which; null is none of them. */
export interface FlowChart {
  readonly cells: readonly string[]
  readonly flows: readonly {
    readonly from: number | null
    readonly to: number | null
    readonly customers: number
  }[]
  /** Whether to be in a cell further up is to have risen. */
  readonly isRanked: boolean
  readonly headings: readonly [before: string, after: string]
  readonly lang: Language
}

const nodeWidth = 10
const lineHeight = 16
const mostLines = 3
const top = 64
const ways = ['up', 'down', 'changed', 'kept', 'joined'] as const
type Way = (typeof ways)[number]
const wayColours: Readonly<Record<Way, { readonly color: string; readonly opacity: number }>> = {
  up: { color: colours.categories[0], opacity: 0.6 },
  down: { color: colours.categories[1], opacity: 0.7 },
  changed: { color: colours.categories[0], opacity: 0.6 },
  kept: { color: colours.mark, opacity: 0.4 },
  joined: { color: colours.mark, opacity: 0.25 },
}

/** Where the customers of each cell went from one day to another, as ribbons as wide as they are many. */
export function drawFlows(chart: FlowChart, width: number): string {
  const { cells, lang, isRanked, headings } = chart
  const flows = chart.flows.filter(({ customers }) => customers > 0)
  if (flows.length === 0) return ''
  const places = [...cells.keys(), null]
  const sides = (['from', 'to'] as const).map((side) =>
    places.flatMap((place) => {
      const customers = flows.reduce((sum, flow) => sum + (flow[side] === place ? flow.customers : 0), 0)
      return customers === 0 ? [] : [{ side, place, customers }]
    }),
  )
  const nodes = sides.flat()
  const nameOf = (place: number | null) => (place === null ? pageWords.noCell[lang] : cells[place]!)
  const margin = Math.min(width * 0.3, Math.max(...nodes.map(({ place }) => textWidth(nameOf(place)))) + 16)
  const names = new Map(places.map((place) => [place, linesOf(nameOf(place), margin - 12)]))
  const lines = Math.max(...[...names.values()].map(({ length }) => length))
  const nodeGap = lineHeight * (lines + 1) + 2
  const rows = Math.max(...sides.map(({ length }) => length))
  const height = top + rows * (nodeGap + 34)
  const found = new Set(flows.map((flow) => wayOf(flow, isRanked)))
  return drawSvg(
    {
      graphic: [
        ...headingTexts(headings, width),
        ...keys(
          ways.filter((way) => found.has(way)),
          lang,
        ),
      ],
      series: [
        {
          type: 'sankey',
          ...{ left: margin, right: margin, top, bottom: 12, nodeWidth, nodeGap },
          ...{ layoutIterations: 0, draggable: false, silent: true },
          data: nodes.map(({ side, place, customers }) => ({
            name: `${side} ${place}`,
            depth: side === 'from' ? 0 : 1,
            itemStyle: { color: place === null ? colours.line : colours.second, borderWidth: 0 },
            label: {
              position: side === 'from' ? 'left' : 'right',
              distance: 8,
              formatter: [
                ...names.get(place)!.map((line) => `{name|${line}}`),
                `{count|${formatCount(customers, lang)}}`,
              ].join('\n'),
              align: side === 'from' ? 'right' : 'left',
              rich: {
                name: { fontSize, lineHeight, color: colours.ink },
                count: { fontSize, lineHeight, color: colours.second },
              },
            },
          })),
          links: flows.map((flow) => ({
            source: `from ${flow.from}`,
            target: `to ${flow.to}`,
            value: flow.customers,
            lineStyle: { ...wayColours[wayOf(flow, isRanked)], curveness: 0.5 },
          })),
        },
      ],
    },
    { width, height },
  )
}

/** A figure of the report whose marks are shares of the customers that a level had before. */
export function drawFlowFigure(data: FigureData, width: number): string {
  const points = shownPoints(data)
  const levels = [...new Set(points.map(({ label }) => label!))]
  const levelOf = (series: string) => levels.indexOf(series.slice(series.indexOf('=') + 1))
  const { lang } = data.words.labels
  return drawFlows(
    {
      cells: levels.map((level) => labelOf(data, level)),
      flows: points.map(({ series, label, y, n }) => ({
        from: levelOf(series),
        to: levels.indexOf(label!),
        customers: Math.round(y! * n!),
      })),
      isRanked: true,
      headings: [flowWords.before[lang], flowWords.after[lang]],
      lang,
    },
    width,
  )
}

/** Which way customers went. */
export function wayOf(
  { from, to }: { readonly from: number | null; readonly to: number | null },
  isRanked: boolean,
): Way {
  if (from === null || to === null) return 'joined'
  if (from === to) return 'kept'
  if (!isRanked) return 'changed'
  return to < from ? 'up' : 'down'
}

/** A name in as many lines as it takes, at most three; braces are markup to the engine. */
function linesOf(name: string, pixels: number): readonly string[] {
  const words = name.replace(/[{}|]/g, ' ').match(/[^\s\u2E80-\uFFEF]+\s*|[\u2E80-\uFFEF]/g) ?? [name]
  const lines: string[] = ['']
  for (const word of words) {
    const last = lines.at(-1)!
    const isFull = last !== '' && textWidth(last + word.trimEnd()) > pixels
    // What closes stays with what it closes.
    if (isFull && !/^[、，。：；）]/.test(word)) lines.push(word)
    else lines[lines.length - 1] = last + word
  }
  const rest = lines.slice(mostLines - 1).join('')
  return [...lines.slice(0, mostLines - 1), ...(rest === '' ? [] : [rest])].map((line) =>
    shorten(line.trim(), pixels + 4),
  )
}

function headingTexts([before, after]: FlowChart['headings'], width: number) {
  const style = { fontFamily, fontSize, fill: colours.second, y: 40 }
  return [
    { type: 'text', style: { ...style, text: before, x: 0 } },
    { type: 'text', style: { ...style, text: after, x: width, align: 'right' } },
  ]
}

function keys(shown: readonly Way[], lang: Language) {
  let x = 0
  return shown.flatMap((way) => {
    const text = flowWords[way][lang]
    const { color, opacity } = wayColours[way]
    const key = [
      { type: 'rect', shape: { x, y: 5, width: 10, height: 10 }, style: { fill: color, opacity } },
      { type: 'text', style: { text, x: x + 15, y: 4, fontFamily, fontSize, fill: colours.second } },
    ]
    x += textWidth(text) + 34
    return key
  })
}
