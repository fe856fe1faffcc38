import type { ArithmeticOp, ComparisonOp, MatchOp } from './ast.ts'

/** One arithmetic step on doubles; NaN stands for unknown, which is also what a non-finite result becomes. */
export function calculate(op: ArithmeticOp, left: number, right: number): number {
  const result =
    op === '+' ? left + right : op === '-' ? left - right : op === '*' ? left * right : left / right
  return Number.isFinite(result) ? result : Number.NaN
}

/** Rounds half away from zero to 0 to 10 decimals, in the steps that SQL engines take with doubles. */
export function roundHalfAway(value: number, digits: number): number {
  const scale = powersOfTen[digits]!
  const scaled = value * scale
  if (!Number.isFinite(scaled)) return value
  const whole = Math.trunc(scaled)
  // Exact for doubles: the fraction of a double below 2^52 has no rounding of its own.
  const rounded = Math.abs(scaled - whole) >= 0.5 ? whole + Math.sign(scaled) : whole
  return rounded / scale
}

const powersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]

/** Compares two known values of one type. */
export function compareValues<T extends number | string | boolean | bigint>(
  op: ComparisonOp,
  left: T,
  right: T,
): boolean {
  switch (op) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

/** Whether a text starts with, ends with or contains another, letter by letter; the empty text is in every one. */
export function matchText(op: MatchOp, subject: string, part: string): boolean {
  switch (op) {
    case 'startsWith':
      return subject.startsWith(part)
    case 'endsWith':
      return subject.endsWith(part)
    case 'contains':
      return subject.includes(part)
  }
}
