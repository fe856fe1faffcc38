import type { Text } from '@tranche/contract'
import type { Position } from './ast.ts'

export type ProblemCode =
  | 'too_long'
  | 'too_deep'
  | 'too_many_parts'
  | 'syntax'
  | 'not_in_language'
  | 'bad_literal'
  | 'unknown_name'
  | 'unknown_value'
  | 'unknown_segment'
  | 'unknown_function'
  | 'wrong_type'
  | 'wrong_arguments'
  | 'chained_comparison'
  | 'string_order'
  | 'null_literal'
  | 'constant'
  | 'missing_included'
  | 'missing_excluded'
  | 'redundant'

/** What is wrong or surprising in an expression, where, and what to write instead. */
export interface Problem extends Position {
  readonly severity: 'error' | 'warning'
  readonly code: ProblemCode
  readonly message: Text
  readonly hint?: Text
}

export function problem(
  code: ProblemCode,
  at: Position,
  message: Text,
  hint?: Text,
  severity: Problem['severity'] = 'error',
): Problem {
  return {
    severity,
    code,
    line: at.line,
    column: at.column,
    message,
    ...(hint === undefined ? {} : { hint }),
  }
}

/** Carries one problem out of a recursive walk to the function that collects them. */
export class ProblemSignal extends Error {
  readonly problem: Problem
  constructor(found: Problem) {
    super(found.message.en)
    this.problem = found
  }
}

/** The caller handed the language something it can't work with: a bug or a broken column, not a user's typo. */
export class LanguageError extends Error {
  readonly code: 'bad_value' | 'missing_column' | 'missing_context'
  readonly hint: string
  constructor(code: LanguageError['code'], message: string, hint: string) {
    super(message)
    this.name = 'LanguageError'
    this.code = code
    this.hint = hint
  }
}
