import type { Text } from '@tranche/contract'
import type { Position } from './ast.ts'

export interface Token {
  readonly kind: 'operand' | 'open' | 'close' | 'operator' | 'unary' | 'separator' | 'stray'
  readonly text: string
  /** Place in the text, counted in code points from 0. */
  readonly offset: number
}

export interface Lexed {
  readonly tokens: readonly Token[]
  /** Offset of a string that is opened and never closed. */
  readonly unclosedString?: number
  /** The text as code points: what the parser's positions count in. */
  readonly characters: readonly string[]
}

/**
 * Cuts a text into tokens as far as the guards and the messages need it; the parser itself has the last word.
 * Comments and spaces are left out, a string is one operand whatever it holds.
 */
export function lex(text: string): Lexed {
  const characters = Array.from(text)
  const tokens: Token[] = []
  let offset = 0
  while (offset < characters.length) {
    const rest = characters[offset]!
    if (/\s/.test(rest)) {
      offset++
    } else if (rest === '/' && characters[offset + 1] === '/') {
      while (offset < characters.length && characters[offset] !== '\n') offset++
    } else {
      const end = stringEnd(characters, offset)
      if (end === 'unclosed') return { tokens, unclosedString: offset, characters }
      const token = end === undefined ? nextToken(characters, offset, tokens.at(-1)) : undefined
      const kind = token?.kind ?? 'operand'
      const length = token?.length ?? end! - offset
      tokens.push({ kind, text: characters.slice(offset, offset + length).join(''), offset })
      offset += length
    }
  }
  return { tokens, characters }
}

/** Line and column (from 1) of an offset in code points. */
export function positionAt(characters: readonly string[], offset: number): Position {
  let line = 1
  let column = 1
  for (let i = 0; i < offset && i < characters.length; i++) {
    if (characters[i] === '\n') {
      line++
      column = 1
    } else column++
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

function stringEnd(characters: readonly string[], start: number): number | 'unclosed' | undefined {
  let at = start
  let raw = false
  while (at - start < 2 && /[rRbB]/.test(characters[at] ?? '')) {
    raw ||= /[rR]/.test(characters[at]!)
    at++
  }
  const quote = characters[at]
  if (quote !== '"' && quote !== "'") return undefined
  const triple = characters[at + 1] === quote && characters[at + 2] === quote
  const width = triple ? 3 : 1
  at += width
  while (at < characters.length) {
    const character = characters[at]!
    if (character === '\\' && !raw) at += 2
    else if (character === '\n' && !triple) return 'unclosed'
    else if (character !== quote) at++
    else if (!triple) return at + 1
    else if (characters[at + 1] === quote && characters[at + 2] === quote) return at + 3
    else at++
  }
  return 'unclosed'
}

const operators = ['&&', '||', '==', '!=', '<>', '<=', '>=', '<', '>', '+', '-', '*', '/', '%', '=', '&', '|']
const letter = /[\p{L}\p{N}_]/u

function nextToken(
  characters: readonly string[],
  offset: number,
  previous: Token | undefined,
): { kind: Token['kind']; length: number } {
  const character = characters[offset]!
  if (letter.test(character)) {
    let end = offset
    const numeric = /[0-9]/.test(character)
    while (
      end < characters.length &&
      (letter.test(characters[end]!) || (numeric && isNumberPart(characters, end)))
    )
      end++
    const length = end - offset
    return { kind: characters.slice(offset, end).join('') === 'in' ? 'operator' : 'operand', length }
  }
  if ('([{'.includes(character)) return { kind: 'open', length: 1 }
  if (')]}'.includes(character)) return { kind: 'close', length: 1 }
  if (',?:.'.includes(character)) return { kind: 'separator', length: 1 }
  const operator = operators.find((text) => text === characters.slice(offset, offset + text.length).join(''))
  const afterOperand = previous?.kind === 'operand' || previous?.kind === 'close'
  if (operator === '-' && !afterOperand) return { kind: 'unary', length: 1 }
  if (operator !== undefined) return { kind: 'operator', length: operator.length }
  return { kind: character === '!' ? 'unary' : 'stray', length: 1 }
}

/** `1.5`, `1e-3`: the point and the sign inside a number. */
function isNumberPart(characters: readonly string[], at: number): boolean {
  if (characters[at] === '.') return /[0-9]/.test(characters[at + 1] ?? '')
  return (
    /[+-]/.test(characters[at]!) && /[eE]/.test(characters[at - 1]!) && /[0-9]/.test(characters[at + 1] ?? '')
  )
}
