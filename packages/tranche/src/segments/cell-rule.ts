import type { SegmentSetModel } from '@tranche/contract'
import type { TypedExpr } from '@tranche/language'
import type { SegmentSetDefinition } from '../workspace/catalogue.ts'
import { cellsOf, otherCell } from '../workspace/segment-cells.ts'

const at = { line: 1, column: 1 } as const

/** The rule that the cell of a set stands for; undefined for what no short rule describes: clusters, lists, likeness. */
export function cellRule(
  { value }: Pick<SegmentSetDefinition, 'value'>,
  model: SegmentSetModel | null,
  cell: string,
): TypedExpr | undefined {
  if (model?.kind !== 'bands' && model?.kind !== 'grid') return undefined
  if (model.kind === 'bands') {
    const band = cellsOf(value).findIndex((one) => one.value === cell)
    return band > model.cuts.length ? undefined : inBands(model.of, model.cuts, [band])
  }
  const areas = value.grid!.cells
  const area = (index: number) =>
    all([
      inBands(
        model.rows.of,
        model.rows.cuts,
        areas[index]!.rows.map((band) => band - 1),
      ),
      inBands(
        model.columns.of,
        model.columns.cuts,
        areas[index]!.columns.map((band) => band - 1),
      ),
    ])
  // Of areas that overlap, the first that fits has the customer.
  const index = cell === otherCell ? areas.length : areas.findIndex(({ key }) => key === cell)
  const before = areas.slice(0, index).map((_, earlier) => not(area(earlier)))
  return all([...before, ...(cell === otherCell ? [] : [area(index)])])
}

/** Neighbouring bands are one stretch. */
function inBands(of: string, cuts: readonly number[], bands: readonly number[]): TypedExpr {
  const sorted = [...new Set(bands)].filter((band) => band <= cuts.length).sort((a, b) => a - b)
  const stretches: { from: number; to: number }[] = []
  for (const band of sorted) {
    const last = stretches.at(-1)
    if (last !== undefined && last.to === band - 1) last.to = band
    else stretches.push({ from: band, to: band })
  }
  return any(
    stretches.map(({ from, to }) => {
      const low = cuts[from - 1]
      const high = cuts[to]
      const sides = [
        ...(low === undefined ? [] : [compare(of, '>=', low)]),
        ...(high === undefined ? [] : [compare(of, '<', high)]),
      ]
      return sides.length === 0 ? isNumber(of) : all(sides)
    }),
  )
}

function compare(name: string, op: '>=' | '<', value: number): TypedExpr {
  return {
    kind: 'compare',
    op,
    left: { kind: 'name', name, at, type: 'number' },
    right: { kind: 'number', value, at, type: 'number' },
    at,
    type: 'bool',
  }
}

/** True of any number, unknown where it is missing. */
function isNumber(name: string): TypedExpr {
  return any([compare(name, '<', 0), compare(name, '>=', 0)])
}

const no: TypedExpr = { kind: 'bool', value: false, at, type: 'bool' }

const all = (operands: readonly TypedExpr[]): TypedExpr =>
  operands.length === 1 ? operands[0]! : { kind: 'and', operands, at, type: 'bool' }
const any = (operands: readonly TypedExpr[]): TypedExpr =>
  operands.length === 0
    ? no
    : operands.length === 1
      ? operands[0]!
      : { kind: 'or', operands, at, type: 'bool' }
const not = (operand: TypedExpr): TypedExpr => ({ kind: 'not', operand, at, type: 'bool' })
