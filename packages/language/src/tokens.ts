import type { Text } from '@tranche/contract'
import type { Position } from './ast.ts'

export interface Token {
  readonly kind: 'operand' | 'open' | 'close' | 'operator' | 'unary' | 'separator' | 'stray'
  readonly text: string
  /** Place in the text, counted in UTF-16 units from 0, as the parser counts. */
  readonly offset: number
}

export interface Lexed {
  readonly tokens: readonly Token[]
  /** Offset of a string that is opened and never closed. */
  readonly unclosedString?: number
  readonly text: string
}

/**
 * Cuts a text into tokens as far as the guards and the messages need it; the parser itself has the last word.
 * Comments and spaces are left out, a string is one operand whatever it holds.
 */
export function lex(text: string): Lexed {
  const tokens: Token[] = []
  let offset = 0
  while (offset < text.length) {
    const rest = text[offset]!
    if (/\s/.test(rest)) {
      offset++
    } else if (rest === '/' && text[offset + 1] === '/') {
      while (offset < text.length && text[offset] !== '\n') offset++
    } else {
      const end = stringEnd(text, offset)
      if (end === 'unclosed') return { tokens, unclosedString: offset, text }
      const token = end === undefined ? nextToken(text, offset, tokens.at(-1)) : undefined
      const kind = token?.kind ?? 'operand'
      const length = token?.length ?? end! - offset
      tokens.push({ kind, text: text.slice(offset, offset + length), offset })
      offset += length
    }
  }
  return { tokens, text }
}

/** Line and column (from 1) of an offset; columns count characters, so a surrogate pair is one. */
export function positionAt(text: string, offset: number): Position {
  let line = 1
  let column = 1
  for (let i = 0; i < offset && i < text.length; i++) {
    if (text[i] === '\n') {
      line++
      column = 1
    } else if (!/[\uDC00-\uDFFF]/.test(text[i]!)) column++
  }
  return { line, column }
}

/** For each token the number of brackets open around it; an opening bracket counts itself. */
export function bracketDepths(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const depths = new Map<number, number>()
  let depth = 0
  for (const token of tokens) {
    if (token.kind === 'open') depth++
    depths.set(token.offset, depth)
    if (token.kind === 'close') depth--
  }
  return depths
}

export interface Complaint {
  readonly offset: number
  readonly message: Text
  readonly hint?: Text
}

function stringEnd(text: string, start: number): number | 'unclosed' | undefined {
  let at = start
  let raw = false
  while (at - start < 2 && /[rRbB]/.test(text[at] ?? '')) {
    raw ||= /[rR]/.test(text[at]!)
    at++
  }
  const quote = text[at]
  if (quote !== '"' && quote !== "'") return undefined
  const triple = text[at + 1] === quote && text[at + 2] === quote
  const width = triple ? 3 : 1
  at += width
  while (at < text.length) {
    const character = text[at]!
    if (character === '\\' && !raw) at += 2
    else if (character === '\n' && !triple) return 'unclosed'
    else if (character !== quote) at++
    else if (!triple) return at + 1
    else if (text[at + 1] === quote && text[at + 2] === quote) return at + 3
    else at++
  }
  return 'unclosed'
}

const operators = ['&&', '||', '==', '!=', '<>', '<=', '>=', '<', '>', '+', '-', '*', '/', '%', '=', '&', '|']
/** Halves of rare characters count as letters, so that both are in one token. */
const letter = /[\p{L}\p{N}_\uD800-\uDFFF]/u

function nextToken(
  text: string,
  offset: number,
  previous: Token | undefined,
): { kind: Token['kind']; length: number } {
  const character = text[offset]!
  if (letter.test(character)) {
    let end = offset
    const numeric = /[0-9]/.test(character)
    while (end < text.length && (letter.test(text[end]!) || (numeric && isNumberPart(text, end)))) end++
    const length = end - offset
    return { kind: text.slice(offset, end) === 'in' ? 'operator' : 'operand', length }
  }
  if ('([{'.includes(character)) return { kind: 'open', length: 1 }
  if (')]}'.includes(character)) return { kind: 'close', length: 1 }
  if (',?:.'.includes(character)) return { kind: 'separator', length: 1 }
  const operator = operators.find((candidate) => candidate === text.slice(offset, offset + candidate.length))
  const afterOperand = previous?.kind === 'operand' || previous?.kind === 'close'
  if (operator === '-' && !afterOperand) return { kind: 'unary', length: 1 }
  if (operator !== undefined) return { kind: 'operator', length: operator.length }
  return { kind: character === '!' ? 'unary' : 'stray', length: 1 }
}

/** `1.5`, `1e-3`: the point and the sign inside a number. */
function isNumberPart(text: string, at: number): boolean {
  if (text[at] === '.') return /[0-9]/.test(text[at + 1] ?? '')
  return /[+-]/.test(text[at]!) && /[eE]/.test(text[at - 1]!) && /[0-9]/.test(text[at + 1] ?? '')
}
