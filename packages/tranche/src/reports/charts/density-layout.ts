import type { FigurePoint, Text } from '@tranche/contract'
import { formatMoney } from '@tranche/language'
import { type FigureData, shownPoints } from './figure-data.ts'
import { colours } from './svg.ts'

/** What is drawn of customers by two amounts, on axes of powers of ten, wherever it is drawn. */
export interface DensityLayout {
  readonly cells: readonly DensityCell[]
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
  readonly xTicks: readonly number[]
  readonly yTicks: readonly number[]
  /** Where the groups are cut; null where no customer lies beyond. */
  readonly cut: { readonly x: number; readonly y: number } | null
  /** The amount at a power of ten. */
  readonly money: (power: number) => string
}

export interface DensityCell {
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
  readonly colour: string
}

/** The two groups beyond the cut, above and below. */
export const beyondCut: { readonly above: Text; readonly below: Text } = {
  above: { en: 'High net worth ↑', zh: '高净值 ↑' },
  below: { en: 'Under-monetised ↓', zh: '待激活 ↓' },
}

/** Lays a density figure out; undefined where every cell is empty or hidden. */
export function layOutDensity(data: FigureData, mostTicks: number): DensityLayout | undefined {
  const points = shownPoints(data).filter(({ series }) => series === 'cell')
  if (points.length === 0) return undefined
  const { lang } = data.words.labels
  const cutAt = (series: string) => data.points.find((point) => point.series === series)
  const dx = cutAt('cut_x')?.low ?? 0.1
  const xs = points.map(({ x }) => x!)
  const x = [Math.min(...xs) - dx / 2, Math.max(...xs) + dx / 2] as const
  const y = [
    Math.min(...points.map(({ low }) => low!)),
    Math.max(...points.map(({ high }) => high!)),
  ] as const
  const colourOf = shading(points)
  const [cutX, cutY] = [cutAt('cut_x')?.x ?? null, cutAt('cut_y')?.x ?? null]
  return {
    cells: points.map((point) => ({
      x: [point.x! - dx / 2, point.x! + dx / 2],
      y: [point.low!, point.high!],
      colour: colourOf(point.n!),
    })),
    x,
    y,
    xTicks: thin(ticksOf(x), mostTicks),
    yTicks: thin(ticksOf(y), 6),
    cut: cutX !== null && cutY !== null && cutX < x[1] ? { x: cutX, y: cutY } : null,
    money: (power) =>
      formatMoney({ amount: 10 ** power, currency: data.words.currency }, { lang }).replace(/\.00(?!\d)/, ''),
  }
}

/** Darker by the logarithm of how many there are. */
function shading(points: readonly FigurePoint[]): (n: number) => string {
  const logs = points.map(({ n }) => Math.log(n!))
  const [least, most] = [Math.min(...logs), Math.max(...logs)]
  const last = colours.steps.length - 1
  return (n) => {
    const part = most === least ? 1 : (Math.log(n) - least) / (most - least)
    return colours.steps[Math.min(last, Math.floor(part * colours.steps.length))]!
  }
}

/** Powers of ten, and two and five times them, in order. */
function ticksOf([low, high]: readonly [number, number]): readonly number[] {
  return [0, Math.log10(2), Math.log10(5)]
    .flatMap((part) => Array.from({ length: 14 }, (_, power) => power + part))
    .filter((tick) => tick >= low && tick <= high)
    .sort((a, b) => a - b)
}

/** Every second, third … tick until no more than `most` are left; powers of ten go last. */
function thin(ticks: readonly number[], most: number): readonly number[] {
  if (ticks.length <= most) return ticks
  const powers = ticks.filter((tick) => Math.abs(tick - Math.round(tick)) < 1e-9)
  if (powers.length >= 2 && powers.length <= most) return powers
  const step = Math.ceil(ticks.length / most)
  return ticks.filter((_, index) => index % step === 0)
}
