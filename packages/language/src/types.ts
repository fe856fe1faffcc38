import type { Text } from '@tranche/contract'
import type { Node, Position } from './ast.ts'

/**
 * What a value is. Numbers are doubles; a date is a calendar day; an instant is a point in time (UTC);
 * a set holds strings.
 */
export type Type = 'bool' | 'number' | 'string' | 'date' | 'instant' | 'set'

/** An expression whose names and types were found in order; what evaluators and compilers take. */
export type TypedExpr = Node<{ readonly at: Position; readonly type: Type }>

export interface ScopeColumn {
  readonly type: Type
  /** Whether a value may be missing; true unless said. */
  readonly nullable?: boolean
  /** All values a string, or an element of a set, can take. */
  readonly values?: readonly string[]
}

/** What the names in an expression stand for. */
export interface Scope {
  readonly columns: ReadonlyMap<string, ScopeColumn>
  /** Keys of the segments that `in_segment` may ask for. */
  readonly segments?: readonly string[]
}

export const typeNames: Readonly<Record<Type, Text>> = {
  bool: { en: 'yes or no', zh: '是否' },
  number: { en: 'a number', zh: '数字' },
  string: { en: 'text', zh: '文本' },
  date: { en: 'a date', zh: '日期' },
  instant: { en: 'a time', zh: '时间' },
  set: { en: 'a set of texts', zh: '文本集合' },
}
