import {
  childrenOf,
  evaluateExpression,
  formatIsoDate,
  printExpression,
  type Row,
  type TypedExpr,
  type Value,
} from '@tranche/language'
import type { Cell, Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { sql } from '../sql/sql.ts'
import { cellRule } from './cell-rule.ts'
import type { SegmentRules } from './check-segments.ts'
import { customersSql } from './customer-blocks.ts'
import { type ClusterPlace, explainCluster } from './explain-cluster.ts'
import type { SetModels } from './fit-sets.ts'
import { type NumberColumn, numberColumns } from './number-columns.ts'
import { namesOf } from './preview-rule.ts'

export type Verdict = 'in' | 'out' | 'unknown'

export interface ClauseVerdict {
  readonly clause: string
  readonly holds: boolean | null
  readonly values: Readonly<Record<string, Cell>>
}

/** One value that, changed alone, would turn the verdict round. */
export interface Change {
  readonly name: string
  readonly from: Cell
  readonly to: Cell
  readonly verdict: Verdict
}

export interface MembershipExplanation {
  readonly customer: string
  readonly segment: string
  readonly rule: string
  readonly verdict: Verdict
  readonly clauses: readonly ClauseVerdict[]
  /** Smallest first, as shares of the value that is changed; texts and missing values last. */
  readonly changes: readonly Change[]
  /** Where he stands among the centres of a cluster's set; null for other segments, and where it is not known. */
  readonly cluster: ClusterPlace | null
}

/**
 * Why a customer is in a segment, or is not, or can't be judged: each clause with its values and verdict, and which single
 * change would turn it round. @throws TrancheError not_found
 */
export async function explainMembership(
  warehouse: Warehouse,
  rules: SegmentRules,
  customer: string,
  segment: string,
  models: SetModels = new Map(),
): Promise<MembershipExplanation> {
  const cell = ofCell(segment, rules, models)
  const rule = cell ?? ruleOf(segment, rules)
  const names = namesOf(rule, rules)
  const [cells] = await warehouse.rows(
    sql`select * from (${customersSql(names, rules.scope)}) as customers where customer_id = ${customer}`,
  )
  if (cells === undefined)
    throw new TrancheError('not_found', {
      en: 'There is no such customer in the published run.',
      zh: '已发布的运行中没有该客户。',
    })
  const row = rowOf(cells, names, rules)
  // Who lacks an input is in no cell, though another input may rule this one out: as it is counted.
  const answer = (expr: TypedExpr, values: Row) =>
    expr === rule && cell !== undefined && names.some((name) => (values[name] ?? null) === null)
      ? undefined
      : evaluate(expr, values, rules)
  const cluster = await placeOfCluster(warehouse, rules, { customer, segment, models })
  const known = await numberColumns(warehouse, comparedNumbers(rule, rules), rules.scope)
  const clauses = rule.kind === 'and' || rule.kind === 'or' ? rule.operands : [rule]
  const now = verdictOf(answer(rule, row))
  return {
    customer,
    segment,
    rule: printExpression(rule),
    verdict: now,
    clauses: clauses.map((clause) => ({
      clause: printExpression(clause),
      holds: (answer(clause, row) as boolean | undefined) ?? null,
      values: Object.fromEntries(namesOf(clause, rules).map((name) => [name, cells[name] ?? null])),
    })),
    cluster,
    changes:
      cluster?.changes ??
      candidates(rule, rules, known)
        .flatMap(({ name, to }) => {
          const verdict = verdictOf(answer(rule, { ...row, [name]: to }))
          const type = rules.scope.columns.get(name)!.type
          return verdict === now || (verdict === 'unknown' && now !== 'unknown')
            ? []
            : [{ name, from: cells[name] ?? null, to: shown(to, type), verdict, size: sizeOf(row[name], to) }]
        })
        .sort((a, b) => a.size - b.size || a.name.localeCompare(b.name, 'en'))
        .filter((change, index, all) => all.findIndex(({ name }) => name === change.name) === index)
        .map(({ size: _, ...change }) => change),
  }
}

async function placeOfCluster(
  warehouse: Warehouse,
  { sets, scope }: SegmentRules,
  asked: { readonly customer: string; readonly segment: string; readonly models: SetModels },
): Promise<ClusterPlace | null> {
  const cell = scope.columnSegments.find(({ key }) => key === asked.segment)
  const set = sets.find(({ key }) => key === cell?.column)
  const model = set === undefined ? undefined : asked.models.get(set.key)
  if (set === undefined || model?.kind !== 'cluster') return null
  return await explainCluster(warehouse, { set, model, customer: asked.customer, cell: cell!.value, scope })
}

/** What a band or an area of a grid comes down to, so that its clauses can be told. */
function ofCell(segment: string, { sets, scope }: SegmentRules, models: SetModels): TypedExpr | undefined {
  const cell = scope.columnSegments.find(({ key }) => key === segment)
  const set = sets.find(({ key }) => key === cell?.column)
  return set === undefined ? undefined : cellRule(set, models.get(set.key) ?? null, cell!.value)
}

/** The rule of a segment, for one that is a column's value the comparison with it. @throws TrancheError not_found */
export function ruleOf(segment: string, { rules, scope }: SegmentRules): TypedExpr {
  const found = rules.find(({ key }) => key === segment)
  if (found !== undefined) return found.rule
  const standing = scope.columnSegments.find(({ key }) => key === segment)
  if (standing === undefined)
    throw new TrancheError('not_found', {
      en: `There is no segment ${JSON.stringify(segment)}.`,
      zh: `没有名为 ${JSON.stringify(segment)} 的客群。`,
    })
  const at = { offset: 0, line: 1, column: 1 }
  return {
    kind: 'compare',
    op: '==',
    left: { kind: 'name', name: standing.column, at, type: 'string' },
    right: { kind: 'string', value: standing.value, at, type: 'string' },
    at,
    type: 'bool',
  }
}

function evaluate(expr: TypedExpr, row: Row, rules: SegmentRules): Value | undefined {
  return evaluateExpression(expr, row, {
    inSegment: (key) => evaluate(ruleOf(key, rules), row, rules) as boolean | undefined,
  })
}

const verdictOf = (answer: Value | undefined): Verdict =>
  answer === true ? 'in' : answer === false ? 'out' : 'unknown'

function rowOf(
  cells: Readonly<Record<string, Cell>>,
  names: readonly string[],
  { scope }: SegmentRules,
): Row {
  return Object.fromEntries(
    names.map((name) => {
      const cell = cells[name] ?? null
      return [name, cell === null ? null : languageValue(cell, scope.columns.get(name)!.type)]
    }),
  )
}

function languageValue(cell: Cell, type: string): Value {
  if (type === 'number') return Number(cell)
  if (type === 'date') return Date.parse(`${cell}T00:00:00Z`) / 86_400_000
  if (type === 'instant') return BigInt(Date.parse(String(cell))) * 1000n
  return cell as string | boolean
}

function shown(value: Value, type: string): Cell {
  return type === 'date' ? formatIsoDate(value as number) : (value as Cell)
}

/** Values just on either side of what a rule compares with, and other known texts: one of them turns a comparison round. */
function candidates(
  rule: TypedExpr,
  rules: SegmentRules,
  known: ReadonlyMap<string, NumberColumn>,
): { name: string; to: Value }[] {
  return partsOf(rule, rules).flatMap((part) => comparisons(part, rules, known))
}

/** An expression and everything within it, through the segments that it asks about. */
function partsOf(rule: TypedExpr, rules: SegmentRules): readonly TypedExpr[] {
  const parts = rule.kind === 'segment' ? [ruleOf(rule.key, rules)] : childrenOf(rule)
  return [rule, ...parts.flatMap((part) => partsOf(part, rules))]
}

/** Names of numbers that a rule holds against numbers. */
function comparedNumbers(rule: TypedExpr, rules: SegmentRules): readonly string[] {
  const names = partsOf(rule, rules).flatMap((part) =>
    part.kind === 'compare'
      ? [part.left, part.right].flatMap((side) => (side.kind === 'name' ? [side.name] : []))
      : [],
  )
  return [...new Set(names)]
}

function comparisons(
  node: TypedExpr,
  { scope }: SegmentRules,
  known: ReadonlyMap<string, NumberColumn>,
): { name: string; to: Value }[] {
  if (node.kind === 'name') {
    const known = node.type === 'bool' ? [true, false] : (scope.columns.get(node.name)?.values ?? [])
    return known.map((to) => ({ name: node.name, to }))
  }
  if (node.kind === 'in' && node.operand.kind === 'name') {
    const { name } = node.operand
    return node.list.flatMap((item) =>
      literalsNear(item)
        .slice(0, 1)
        .map((to) => ({ name, to })),
    )
  }
  if (node.kind !== 'compare') return []
  return [
    { side: node.left, other: node.right },
    { side: node.right, other: node.left },
  ].flatMap(({ side, other }) =>
    side.kind === 'name'
      ? literalsNear(other, known.get(side.name)?.isWhole).map((to) => ({ name: side.name, to }))
      : [],
  )
}

/** The literal itself, and for what has an order the next on either side, a whole step away. */
function literalsNear(node: TypedExpr, isWhole = false): Value[] {
  if (node.kind === 'string') return [node.value]
  if (node.kind === 'number' && isWhole) {
    const [low, high] = [Math.floor(node.value), Math.ceil(node.value)]
    return low === high ? [low, low + 1, low - 1] : [low, high]
  }
  if (node.kind === 'number')
    return [node.value, node.value + stepOf(node.value), node.value - stepOf(node.value)]
  if (node.kind !== 'date') return []
  const day = Date.parse(`${node.value}T00:00:00Z`) / 86_400_000
  return [day, day + 1, day - 1]
}

/** One for whole numbers, and one in the last place written for others. */
function stepOf(value: number): number {
  const decimals = String(value).split('.')[1]?.length ?? 0
  return 10 ** -decimals
}

function sizeOf(from: Value | null | undefined, to: Value): number {
  if (typeof from !== 'number' || typeof to !== 'number') return Number.POSITIVE_INFINITY
  return Math.abs(to - from) / Math.max(Math.abs(from), Math.abs(to), 1)
}
