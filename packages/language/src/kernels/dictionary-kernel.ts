import { evaluateExpression } from '../evaluate.ts'
import type { TypedExpr } from '../types.ts'
import { chunkRows, columnOf, type FlagKernel, type KernelContext, no, unknown, yes } from './kernel.ts'

/**
 * A condition on one dictionary-coded text column and constants is decided once per dictionary entry, and then
 * looked up by code. Undefined for every other condition.
 */
export function dictionaryKernel(context: KernelContext, expr: TypedExpr): FlagKernel | undefined {
  const subject = textSubject(expr)
  if (subject === undefined) return undefined
  const column = columnOf(context, subject)
  if (!('codes' in column)) return undefined
  const { codes, dictionary } = column
  // Shifted by one, so that the code -1 finds an answer in the table: reading outside of it is slow.
  const truth = new Uint8Array(dictionary.length + 1)
  truth[0] = unknown
  dictionary.forEach((text, code) => {
    truth[code + 1] = evaluateExpression(expr, { [subject.name]: text }) === true ? yes : no
  })
  const out = new Uint8Array(chunkRows)
  return () => {
    const { start, count } = context.chunk
    for (let i = 0; i < count; i++) out[i] = truth[codes[start + i]! + 1]!
    return out
  }
}

/** The one column that a comparison of text with constants is about. */
function textSubject(expr: TypedExpr): (TypedExpr & { kind: 'name' }) | undefined {
  const parts =
    expr.kind === 'compare'
      ? [expr.left, expr.right]
      : expr.kind === 'match'
        ? [expr.subject, expr.part]
        : expr.kind === 'in'
          ? [expr.operand, ...expr.list]
          : []
  const names = parts.filter((part) => part.kind === 'name')
  const constants = parts.filter((part) => part.kind === 'string')
  const [name] = names
  return names.length === 1 && name?.type === 'string' && constants.length === parts.length - 1
    ? name
    : undefined
}
