import type { Text } from '@tranche/contract'

export type ErrorCode =
  | 'invalid_input'
  | 'invalid_definition'
  | 'invalid_source'
  | 'unsupported'
  | 'refused'
  | 'not_found'
  | 'busy'
  | 'unreachable'
  | 'disk_full'
  | 'cancelled'
  | 'query_failed'
  | 'damaged'
  | 'unavailable'

export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

export interface TrancheErrorOptions {
  readonly place?: Place
  /** What to do about it. */
  readonly hint?: Text
  readonly cause?: unknown
  readonly context?: Readonly<Record<string, string | number>>
}

/** The one error of the product. Its message says what, which value, what was expected; never a customer's data. */
export class TrancheError extends Error {
  readonly code: ErrorCode
  readonly text: Text
  readonly place: Place | undefined
  readonly hint: Text | undefined
  readonly context: Readonly<Record<string, string | number>>

  constructor(code: ErrorCode, text: Text, options: TrancheErrorOptions = {}) {
    super(text.en, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TrancheError'
    this.code = code
    this.text = text
    this.place = options.place
    this.hint = options.hint
    this.context = options.context ?? {}
  }
}

/** Exit code of the command line: 1 for what was refused or failed, 2 for wrong input or definitions. */
export function exitCode(error: unknown): 1 | 2 {
  const wrongInput: readonly ErrorCode[] = [
    'invalid_input',
    'invalid_definition',
    'invalid_source',
    'unsupported',
    'not_found',
  ]
  return error instanceof TrancheError && wrongInput.includes(error.code) ? 2 : 1
}
