/** Why a statistic was refused. A caller may switch on the code; the message is for people. */
export type StatsErrorCode =
  | 'invalidOption'
  | 'lengthMismatch'
  | 'emptyData'
  | 'insufficientData'
  | 'notFinite'
  | 'outOfDomain'
  | 'zeroVariance'
  | 'oneClass'
  | 'separation'
  | 'singular'
  | 'notPositiveDefinite'
  | 'notConverged'
  | 'assumptionFailed'
  | 'infeasible'
  | 'unsupported'

export interface StatsErrorDetails {
  /** What the reader can do about it. */
  readonly hint?: string
  /** Small facts for logs: sizes, names, limits; never a row of data. */
  readonly context?: Readonly<Record<string, string | number | boolean>>
  readonly cause?: unknown
}

/**
 * Every refusal of this library. It is thrown instead of returning NaN, 0 or p = 1 for "could not compute"; `code` is for
 * programs, `message` and `hint` for people, `context` for logs.
 * Cost O(1).
 * @throws nothing
 * @example
 * new StatsError('oneClass', 'Every outcome is 1; both were expected.').code // → 'oneClass'
 */
export class StatsError extends Error {
  readonly code: StatsErrorCode
  readonly hint: string
  readonly context: Readonly<Record<string, string | number | boolean>>

  constructor(code: StatsErrorCode, message: string, details: StatsErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'StatsError'
    this.code = code
    this.hint = details.hint ?? ''
    this.context = details.context ?? {}
  }
}

/**
 * Throws `outOfDomain` unless the value is a finite number greater than zero.
 * Cost O(1).
 * @throws StatsError `outOfDomain`
 * @example
 * requirePositive('rate', 0) // throws outOfDomain
 */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0) || value === Infinity)
    throw new StatsError(
      'outOfDomain',
      `${name} is ${value}; a finite number greater than zero was expected.`,
    )
}

/**
 * Throws `notFinite` unless the value is finite.
 * Cost O(1).
 * @throws StatsError `notFinite`
 * @example
 * requireFinite('rate', Infinity) // throws notFinite
 */
export function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value))
    throw new StatsError('notFinite', `${name} is ${value}; a finite number was expected.`)
}

/**
 * Throws `outOfDomain` unless the value lies in [0, 1].
 * Cost O(1).
 * @throws StatsError `outOfDomain`
 * @example
 * requireProbability('share', 1.2) // throws outOfDomain
 */
export function requireProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1))
    throw new StatsError('outOfDomain', `${name} is ${value}; a probability between 0 and 1 was expected.`)
}

/**
 * Throws `outOfDomain` unless the level lies strictly between 0 and 1.
 * Cost O(1).
 * @throws StatsError `outOfDomain`
 * @example
 * requireLevel('level', 95) // throws outOfDomain
 */
export function requireLevel(name: string, value: number): void {
  if (!(value > 0 && value < 1))
    throw new StatsError(
      'outOfDomain',
      `${name} is ${value}; a number strictly between 0 and 1 was expected, such as 0.95.`,
    )
}

/**
 * Throws `lengthMismatch` unless every named column has the same length; returns that length.
 * Cost O(1).
 * @throws StatsError `lengthMismatch`
 * @example
 * requireSameLength({ x: [1, 2], y: [3, 4] }) // → 2
 */
export function requireSameLength(columns: Readonly<Record<string, ArrayLike<unknown> | undefined>>): number {
  let first = ''
  let length = -1
  for (const [name, column] of Object.entries(columns)) {
    if (column === undefined) continue
    if (length < 0) {
      first = name
      length = column.length
    } else if (column.length !== length)
      throw new StatsError(
        'lengthMismatch',
        `${name} has ${column.length} values and ${first} has ${length}; equal lengths were expected.`,
      )
  }
  return Math.max(length, 0)
}

/**
 * Throws `notFinite` with the index of the first value that is not a finite number.
 * Cost O(n).
 * @throws StatsError `notFinite`
 * @example
 * requireFiniteColumn('spend', [1, Infinity]) // throws notFinite
 */
export function requireFiniteColumn(name: string, column: ArrayLike<number>): void {
  for (let i = 0; i < column.length; i++)
    if (!Number.isFinite(column[i]!))
      throw new StatsError(
        'notFinite',
        `${name} has the value ${column[i]} at index ${i}; finite numbers were expected.`,
        {
          hint: 'Leave out or impute rows with missing values first.',
          context: { index: i },
        },
      )
}

/** Throws `outOfDomain` for NaN; the infinities pass. */
export function requireNumber(name: string, value: number): void {
  if (Number.isNaN(value)) throw new StatsError('outOfDomain', `${name} is NaN; a number was expected.`)
}

/** Throws unless a row-major matrix has whole sizes of at least 0 and as many values as they say. */
export function requireMatrix(name: string, data: ArrayLike<number>, n: number, p: number): void {
  if (!(Number.isInteger(n) && n >= 0 && Number.isInteger(p) && p >= 0))
    throw new StatsError('invalidOption', `${name} is ${n}×${p}; whole sizes of at least 0 were expected.`)
  if (data.length !== n * p)
    throw new StatsError(
      'lengthMismatch',
      `${name} has ${data.length} values; ${n * p} were expected for ${n}×${p}.`,
    )
}
