import { parse } from '@bufbuild/cel'
import { childrenOf, type Expr } from './ast.ts'
import { complaintAbout } from './complaints.ts'
import { convert } from './convert.ts'
import { limits } from './limits.ts'
import { type Problem, ProblemSignal, problem } from './problem.ts'
import { bracketDepths, type Lexed, lex, positionAt, type Token } from './tokens.ts'

export type ParseOutcome =
  | { readonly ok: true; readonly expr: Expr }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads one expression of the rule language (a subset of CEL). Whatever the text, it answers with a tree or with
 * problems that name line and column; it never throws. Names and types are looked at by `checkExpression`.
 */
export function parseExpression(text: string): ParseOutcome {
  try {
    return { ok: true, expr: parseGuarded(text) }
  } catch (error) {
    if (error instanceof ProblemSignal) return { ok: false, problems: [error.problem] }
    throw error
  }
}

function parseGuarded(text: string): Expr {
  const lexed = guardText(text)
  let parsed: ReturnType<typeof parse>
  try {
    // A comment at the end needs its line's end.
    parsed = parse(`${text}\n`)
  } catch (error) {
    throw new ProblemSignal(syntaxProblem(lexed, error))
  }
  const expr = convert(parsed, lexed)
  guardTree(expr)
  return expr
}

const tooDeep = {
  en: `The expression is nested more than ${limits.depth} levels deep.`,
  zh: `表达式嵌套超过 ${limits.depth} 层。`,
}
const divide = {
  en: 'Make a feature of a part of it and name that here.',
  zh: '请把其中一部分定义为特征，再在此处引用。',
}
const tooManyParts = {
  en: `The expression has more than ${limits.nodes} parts.`,
  zh: `表达式的组成部分超过 ${limits.nodes} 个。`,
}

/** Refuses what could exhaust the parser before it sees it. */
function guardText(text: string): Lexed {
  const start = { line: 1, column: 1 }
  if (text.length > limits.characters)
    throw new ProblemSignal(
      problem(
        'too_long',
        start,
        {
          en: `The expression has ${text.length} characters; at most ${limits.characters} are accepted.`,
          zh: `表达式有 ${text.length} 个字符，最多允许 ${limits.characters} 个。`,
        },
        divide,
      ),
    )
  if (!text.isWellFormed())
    throw new ProblemSignal(
      problem('syntax', start, {
        en: 'The expression holds half of a character (a lone surrogate).',
        zh: '表达式中含有不完整的字符（孤立的代理项）。',
      }),
    )
  const lexed = lex(text)
  const depths = bracketDepths(lexed.tokens)
  const deep = lexed.tokens.find((token) => depths.get(token.offset)! > limits.depth)
  if (deep) throw new ProblemSignal(problem('too_deep', positionAt(lexed.text, deep.offset), tooDeep, divide))
  const negated = longRunOfSigns(lexed)
  if (negated)
    throw new ProblemSignal(problem('too_deep', positionAt(lexed.text, negated.offset), tooDeep, divide))
  if (lexed.tokens.length > limits.nodes * 4)
    throw new ProblemSignal(problem('too_many_parts', start, tooManyParts, divide))
  return lexed
}

/** The parser lets pairs of signs cancel, so that their depth is seen here only. */
function longRunOfSigns({ tokens }: Lexed): Token | undefined {
  let run = 0
  return tokens.find(({ kind }) => {
    run = kind === 'unary' ? run + 1 : 0
    return run > limits.depth
  })
}

function guardTree(root: Expr): void {
  let nodes = 0
  const visit = (node: Expr, depth: number): void => {
    nodes++
    if (nodes > limits.nodes)
      throw new ProblemSignal(problem('too_many_parts', node.at, tooManyParts, divide))
    if (depth > limits.depth) throw new ProblemSignal(problem('too_deep', node.at, tooDeep, divide))
    childrenOf(node).forEach((child, index) => {
      // A chain such as a + b + c + … leans to the left; it is long, not deep.
      const chained = index === 0 && node.kind === 'arithmetic' && child.kind === 'arithmetic'
      visit(child, chained ? depth : depth + 1)
    })
  }
  visit(root, 1)
}

function syntaxProblem(lexed: Lexed, error: unknown): Problem {
  const complaint = complaintAbout(lexed)
  if (complaint)
    return problem('syntax', positionAt(lexed.text, complaint.offset), complaint.message, complaint.hint)
  const place = placeOf(error)
  if (place === undefined)
    return problem(
      'syntax',
      { line: 1, column: 1 },
      {
        en: `The expression can't be read: ${error instanceof Error ? error.message : String(error)}.`,
        zh: '无法解析该表达式。',
      },
    )
  const at = positionAt(lexed.text, place.offset)
  if (place.reserved)
    return problem(
      'syntax',
      at,
      { en: 'This name is a reserved word.', zh: '该名称是保留字。' },
      { en: 'Write row["…"] around the name.', zh: '请写成 row["…"]。' },
    )
  const found = lexed.text.codePointAt(place.offset)
  return problem('syntax', at, {
    en:
      found === undefined
        ? 'The expression ends too early.'
        : `Did not expect ${String.fromCodePoint(found)} here.`,
    zh: found === undefined ? '表达式不完整。' : `此处不应出现 ${String.fromCodePoint(found)}。`,
  })
}

/** The parser's errors carry a place that its types don't export. */
function placeOf(error: unknown): { offset: number; reserved: boolean } | undefined {
  if (!(error instanceof Error) || !('location' in error)) return undefined
  const { start } = error.location as { start: { offset: number } }
  return { offset: start.offset, reserved: error.message.includes('reserved identifier') }
}
