import {
  checkExpression,
  type Expr,
  parseDate,
  parseExpression,
  printExpression,
  type Row,
  type Scope,
  type ScopeColumn,
  type Type,
  type TypedExpr,
  type Value,
} from '@tranche/language'
import fc from 'fast-check'

/** Columns of every type, with names that need quoting; `amount` is a DECIMAL and `days` an integer in the engine. */
export const columnTypes = {
  x: 'number',
  y: 'number',
  amount: 'number',
  days: 'number',
  name: 'string',
  '列 "名"\\': 'string',
  level: 'string',
  born: 'date',
  due: 'date',
  at: 'instant',
  seen: 'instant',
  active: 'bool',
  flag: 'bool',
  tags: 'set',
} as const satisfies Record<string, Type>
export type ColumnName = keyof typeof columnTypes
export const columnNames = Object.keys(columnTypes) as ColumnName[]

const levels = ['high', 'low', '中']

export const scope: Scope = {
  columns: new Map<string, ScopeColumn>(
    columnNames.map((name) => [
      name,
      { type: columnTypes[name], ...(name === 'level' ? { values: levels } : {}) },
    ]),
  ),
}

const texts = [
  '',
  'a',
  'A',
  'ab',
  'é',
  'e\u0301',
  '中',
  '中文',
  '💥',
  "it's",
  '"',
  '\\',
  '\n',
  '%',
  '_',
  ' a',
  '--',
  "'; drop table t; --",
  'null',
]
const numbers = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.5,
  1.5,
  -2.5,
  2.5,
  1.005,
  3,
  1e-7,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  1e-300,
  1e154,
  1e300,
  1.7976931348623157e308,
  -1.7976931348623157e308,
  2 ** 53,
  0.1 + 0.2,
  123456789.12345,
]
const days = [
  '0001-01-01',
  '1582-10-10',
  '1900-02-28',
  '1900-03-01',
  '1969-12-31',
  '1970-01-01',
  '2000-02-29',
  '2024-02-29',
  '2024-03-01',
  '2026-03-29',
  '9999-12-31',
]

const number = fc.oneof(
  fc.constantFrom(...numbers),
  fc.integer({ min: -20, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const text = fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 4, unit: 'grapheme' }).map(noNul))
const day = fc.oneof(
  fc.constantFrom(...days),
  fc.date({ min: new Date('1890-01-01'), max: new Date('2110-01-01'), noInvalidDate: true }).map(toDay),
)
/** Microseconds; many near the hours in which New York, Shanghai or UTC begin a day or change their clocks. */
const instant = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('1987-04-12', '2024-03-10', '2024-11-03', '2024-02-29', '1999-12-31'),
      fc.nat(172_800),
    )
    .map(([start, seconds]) => (BigInt(Date.parse(start)) + BigInt(seconds) * 1000n) * 1000n),
  fc.bigInt({ min: -100_000_000_000_000n, max: 2_000_000_000_000_000n }),
)

const values: Record<Type, fc.Arbitrary<Value>> = {
  bool: fc.boolean(),
  number: fc.oneof(
    { weight: 12, arbitrary: number },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
  ),
  string: text,
  date: day.map((written) => parseDate(written)!),
  instant,
  set: fc.array(text, { maxLength: 3 }).map((items) => new Set(items)),
}

const cells: Partial<Record<ColumnName, fc.Arbitrary<Value>>> = {
  amount: fc.integer({ min: -1_000_000, max: 1_000_000 }).map((units) => units / 10_000),
  days: fc.integer({ min: -3, max: 1000 }),
  level: fc.constantFrom(...levels),
}

/** A row in which about a quarter of the values are missing. */
export const rowArbitrary: fc.Arbitrary<Row> = fc.record(
  Object.fromEntries(
    columnNames.map((name) => [name, fc.option(cells[name] ?? values[columnTypes[name]], { freq: 4 })]),
  ),
)

/** Checked row expressions of the given type, of moderate depth. */
export function expressionArbitrary(type: Type, depth = 4): fc.Arbitrary<TypedExpr> {
  return node(type, depth).map(typedOf)
}

/** Parses and checks what the generator or a test wrote; throws with the problems if it is refused. */
export function typedFrom(text: string, kind: 'row' | 'rule' = 'row', within: Scope = scope): TypedExpr {
  const parsed = parseExpression(text)
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`)
  const checked = checkExpression(parsed.expr, within, { kind })
  if (!checked.ok) throw new Error(`${text}: ${JSON.stringify(checked.problems)}`)
  return checked.expr
}

function typedOf(expr: Expr): TypedExpr {
  return typedFrom(printExpression(expr))
}

const at = { line: 1, column: 1 }
const named = (type: Type): fc.Arbitrary<Expr> =>
  fc
    .constantFrom(...columnNames.filter((name) => columnTypes[name] === type))
    .map((name) => ({ kind: 'name', name, at }))

function literal(type: 'number' | 'string' | 'date' | 'bool'): fc.Arbitrary<Expr> {
  switch (type) {
    case 'number':
      return number.map((value) => ({ kind: 'number', value: value === 0 ? 0 : value, at }))
    case 'string':
      return text.map((value) => ({ kind: 'string', value, at }))
    case 'date':
      return day.map((value) => ({ kind: 'date', value, at }))
    case 'bool':
      return fc.boolean().map((value) => ({ kind: 'bool', value, at }))
  }
}

const nodes = new Map<string, fc.Arbitrary<Expr>>()

/** One arbitrary per type and depth: built anew at every place they would be many thousands. */
function node(type: Type, depth: number): fc.Arbitrary<Expr> {
  const key = `${type} ${depth}`
  const known = nodes.get(key) ?? buildNode(type, depth)
  nodes.set(key, known)
  return known
}

function buildNode(type: Type, depth: number): fc.Arbitrary<Expr> {
  const leaf =
    type === 'instant' || type === 'set' ? named(type) : fc.oneof(named(type), named(type), literal(type))
  if (depth <= 0 || type === 'set') return leaf
  const below = depth - 1
  const part = (of: Type) => node(of, below)
  const general = [
    fc
      .tuple(part('bool'), part(type), part(type))
      .map(([condition, yes, no]): Expr => ({ kind: 'choose', condition, yes, no, at })),
    fc
      .array(part(type), { minLength: 2, maxLength: 3 })
      .map((args): Expr => ({ kind: 'call', fn: 'coalesce', args, at })),
  ]
  const own: Record<Type, fc.Arbitrary<Expr>[]> = {
    bool: conditions(part),
    number: calculations(part),
    string: [
      fc
        .tuple(part('string'), part('string'))
        .map(([left, right]): Expr => ({ kind: 'arithmetic', op: '+', left, right, at })),
    ],
    date: [
      fc
        .tuple(
          fc.constantFrom('business_day' as const, 'business_month' as const),
          fc.oneof(part('date'), part('instant')),
        )
        .map(([fn, arg]): Expr => ({ kind: 'call', fn, args: [arg], at })),
    ],
    instant: [],
    set: [],
  }
  return fc.oneof(leaf, ...own[type], ...general)
}

function calculations(part: (type: Type) => fc.Arbitrary<Expr>): fc.Arbitrary<Expr>[] {
  const binary = fc
    .tuple(
      fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
      part('number'),
      part('number'),
    )
    .map(([op, left, right]): Expr => ({ kind: 'arithmetic', op, left, right, at }))
  return [
    binary,
    binary,
    part('number').map((operand): Expr => ({ kind: 'negate', operand, at })),
    part('number').map((arg): Expr => ({ kind: 'call', fn: 'abs', args: [arg], at })),
    fc.tuple(part('number'), fc.integer({ min: 0, max: 10 })).map(
      ([arg, value]): Expr => ({
        kind: 'call',
        fn: 'round',
        args: [arg, { kind: 'number', value, at }],
        at,
      }),
    ),
    fc
      .tuple(part('date'), part('date'))
      .map(([from, to]): Expr => ({ kind: 'call', fn: 'days_between', args: [from, to], at })),
  ]
}

function conditions(part: (type: Type) => fc.Arbitrary<Expr>): fc.Arbitrary<Expr>[] {
  const ordered = fc.constantFrom('number' as const, 'date' as const, 'instant' as const)
  const junction = fc
    .tuple(
      fc.constantFrom('and' as const, 'or' as const),
      fc.array(part('bool'), { minLength: 2, maxLength: 3 }),
    )
    .map(([kind, operands]): Expr => ({ kind, operands, at }))
  return [
    junction,
    junction,
    part('bool').map((operand): Expr => ({ kind: 'not', operand, at })),
    ordered.chain((type) =>
      fc
        .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), part(type), part(type))
        .map(([op, left, right]) => ({ kind: 'compare', op, left, right, at }) as Expr),
    ),
    fc.constantFrom('string' as const, 'bool' as const).chain((type) =>
      fc
        .tuple(fc.constantFrom('==', '!='), part(type), part(type))
        .map(([op, left, right]) => ({ kind: 'compare', op, left, right, at }) as Expr)
        .filter(noLevelLiteral),
    ),
    fc.constantFrom('number' as const, 'string' as const, 'date' as const, 'bool' as const).chain((type) =>
      fc
        .tuple(part(type), fc.array(literal(type), { minLength: 1, maxLength: 3 }))
        .map(([operand, list]): Expr => ({ kind: 'in', operand, list, at }))
        .filter(noLevelLiteral),
    ),
    fc.tuple(part('string'), part('set')).map(([element, set]): Expr => ({ kind: 'has', element, set, at })),
    fc
      .tuple(
        fc.constantFrom('startsWith' as const, 'endsWith' as const, 'contains' as const),
        part('string'),
        part('string'),
      )
      .map(([op, subject, piece]): Expr => ({ kind: 'match', op, subject, part: piece, at })),
    fc
      .constantFrom<Type>('number', 'string', 'date', 'instant', 'bool', 'set')
      .chain((type) => part(type))
      .map((arg): Expr => ({ kind: 'call', fn: 'known', args: [arg], at })),
  ]
}

/** `level` has listed values, and a comparison of it with another literal is refused. */
function noLevelLiteral(expr: Expr): boolean {
  if (expr.kind === 'in') return !isLevel(expr.operand)
  return expr.kind !== 'compare' || !(isLevel(expr.left) || isLevel(expr.right))
}
const isLevel = (expr: Expr) => expr.kind === 'name' && expr.name === 'level'

function toDay(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function noNul(value: string): string {
  return value.replaceAll('\0', '')
}
