import type { SegmentSet, Text } from '@tranche/contract'
import { nearest } from '@tranche/language'
import { TrancheError } from '../errors.ts'
import type { Catalogue, SegmentSetDefinition } from '../workspace/catalogue.ts'
import type { DefinitionProblem } from '../workspace/problems.ts'
import { cellsOf, inputsOf, otherCell } from '../workspace/segment-cells.ts'
import { outcomeOf } from './outcome.ts'
import type { RuleScope } from './rule-scope.ts'

type Path = readonly PropertyKey[]

/** Every fault of a set of segments, with its place: inputs that are not there or no numbers, keys taken, bands that don't exist. */
export function checkSet(
  definition: SegmentSetDefinition,
  scope: RuleScope,
  taken: ReadonlySet<string>,
): readonly DefinitionProblem[] {
  const { value } = definition
  const fault = (path: Path, text: Text, hint?: Text): DefinitionProblem => ({
    severity: 'error',
    place: definition.placeOf(path),
    text,
    ...(hint === undefined ? {} : { hint }),
  })
  const cells = cellsOf(value)
  const repeated = cells.filter(({ key }, index) => cells.findIndex((cell) => cell.key === key) !== index)
  return [
    ...inputsOf(value).flatMap(({ name, path }) => inputFault(name, path, value, scope, fault)),
    ...(taken.has(value.key) ? [fault(['key'], takenText(value.key))] : []),
    ...cells.filter(({ key }) => taken.has(key)).map(({ key }) => fault(['key'], takenText(key))),
    ...repeated.map(({ value: cell }) => fault(namesPath(value), repeatedText(cell))),
    ...gridFaults(value, fault),
    ...seedFaults(value, scope, fault),
  ]
}

/** What bands are made against must be there, and be yes or no. */
export function checkOutcome(
  { value, placeOf }: SegmentSetDefinition,
  { columns }: RuleScope,
  catalogue: Pick<Catalogue, 'features' | 'metrics'>,
): readonly DefinitionProblem[] {
  const against = value.bands?.optimal?.against
  if (against === undefined) return []
  const place = placeOf(['bands', 'optimal', 'against'])
  try {
    const outcome = outcomeOf(against, catalogue)
    if (outcome.equals !== undefined || columns.get(outcome.feature)?.type === 'bool') return []
    return [
      {
        severity: 'error',
        place,
        text: {
          en: `${against} is neither yes or no nor an outcome metric, so bands can't be made against it.`,
          zh: `${against} 既不是是非值也不是结果指标，无法据此划分分档。`,
        },
      },
    ]
  } catch (error) {
    if (!(error instanceof TrancheError)) throw error
    return [
      {
        severity: 'error',
        place,
        text: error.text,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      },
    ]
  }
}

type Fault = (path: Path, text: Text, hint?: Text) => DefinitionProblem

function inputFault(
  name: string,
  path: Path,
  { cluster }: SegmentSet,
  { columns }: RuleScope,
  fault: Fault,
): readonly DefinitionProblem[] {
  const column = columns.get(name)
  if (column === undefined || column.from === 'customer_sets') {
    const near = nearest(
      name,
      [...columns].flatMap(([key, { from }]) => (from === 'customer_sets' ? [] : [key])),
    )
    return [
      fault(
        path,
        {
          en: `There is no feature or value column ${JSON.stringify(name)}.`,
          zh: `没有名为 ${JSON.stringify(name)} 的特征或价值列。`,
        },
        near === undefined ? undefined : { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` },
      ),
    ]
  }
  const isWeight = path.at(-1) === 'weight'
  if (column.type === 'number' || (cluster !== undefined && !isWeight && column.type === 'bool')) return []
  if (column.type === 'string' && !isWeight && cluster?.method === 'k_prototypes') return []
  return [
    fault(path, {
      en: `${name} is ${column.type}, but a number is needed here.`,
      zh: `${name} 的类型为 ${column.type}，此处需要数值。`,
    }),
  ]
}

const namesPath = ({ bands, grid, cluster }: SegmentSet): Path =>
  bands !== undefined
    ? ['bands', 'names']
    : grid !== undefined
      ? ['grid', 'cells']
      : cluster === undefined
        ? ['key']
        : ['cluster', 'names']

/** Whom others are to be like must be a segment, and no cell of the set itself. */
function seedFaults(
  { key, lookalike }: SegmentSet,
  { segments, columnSegments }: RuleScope,
  fault: Fault,
): readonly DefinitionProblem[] {
  if (lookalike === undefined) return []
  const { of } = lookalike
  const isOwn = columnSegments.some((cell) => cell.column === key && cell.key === of)
  if (segments.includes(of) && !isOwn) return []
  const near = nearest(of, segments)
  return [
    fault(
      ['lookalike', 'of'],
      {
        en: `There is no segment ${JSON.stringify(of)} for others to be like.`,
        zh: `没有名为 ${JSON.stringify(of)} 的客群可作为种子。`,
      },
      near === undefined ? undefined : { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` },
    ),
  ]
}

function gridFaults({ grid }: SegmentSet, fault: Fault): readonly DefinitionProblem[] {
  if (grid === undefined) return []
  return grid.cells.flatMap((cell, index) =>
    (['rows', 'columns'] as const).flatMap((side) => {
      const { cuts, quantiles } = grid[side]
      const bands = quantiles ?? cuts!.length + 1
      return cell[side].some((band) => band > bands)
        ? [
            fault(['grid', 'cells', index, side], {
              en: `${cell.key} names band ${Math.max(...cell[side])}, but ${grid[side].of} has ${bands}.`,
              zh: `${cell.key} 引用了第${Math.max(...cell[side])}档，而 ${grid[side].of} 只有${bands}档。`,
            }),
          ]
        : []
    }),
  )
}

function takenText(key: string): Text {
  return {
    en: `${key} is the key of a feature, a column of customer_value or another segment already.`,
    zh: `${key} 已是某个特征、customer_value 的列或其他客群的键名。`,
  }
}

function repeatedText(cell: string): Text {
  return cell === otherCell
    ? {
        en: 'The cell other is made by itself; choose another key.',
        zh: 'other 单元会自动生成，请更换键名。',
      }
    : { en: `Two cells are called ${cell}.`, zh: `有两个单元都叫 ${cell}。` }
}
