import { evaluateExpression } from '../evaluate.ts'
import type { TypedExpr } from '../types.ts'
import type { Column } from './columns.ts'
import {
  type ConditionKernel,
  chunkRows,
  columnOf,
  fromTable,
  type KernelContext,
  no,
  unknown,
  yes,
} from './kernel.ts'

/**
 * A condition on one dictionary-coded text column and constants is decided once per dictionary entry, and then
 * looked up by code. Undefined for every other condition.
 */
export function dictionaryKernel(context: KernelContext, expr: TypedExpr): ConditionKernel | undefined {
  const subject = textSubject(expr)
  if (subject === undefined || !('codes' in columnOf(context, subject))) return undefined
  const truthOf = dictionaryJudge(expr, subject.name)
  const judged = fromTable(context, () => {
    const { codes, dictionary } = columnOf(context, subject) as CodedColumn
    return { codes, truth: truthOf(dictionary) }
  })
  const out = { yes: new Int32Array(chunkRows / 32), maybe: new Int32Array(chunkRows / 32) }
  return () => {
    const { start, count } = context.chunk
    const { codes, truth } = judged()
    for (let word = 0, base = start; base < start + count; word++, base += 32) {
      let yes = 0
      let maybe = 0
      const end = Math.min(32, start + count - base)
      for (let bit = 0; bit < end; bit++) {
        const value = truth[codes[base + bit]! + 1]!
        yes |= (value >> 1) << bit
        maybe |= (value & 1) << bit
      }
      out.yes[word] = yes
      out.maybe[word] = maybe
    }
    return out
  }
}

/** Answers by code, shifted by one so that the code -1 finds one too: reading outside of an array is slow. A dictionary may grow from table to table. */
function dictionaryJudge(expr: TypedExpr, name: string): (dictionary: readonly string[]) => Uint8Array {
  let judged: readonly string[] | undefined
  let truth = Uint8Array.of(unknown)
  return (dictionary) => {
    const keep = dictionary === judged ? truth.length - 1 : 0
    judged = dictionary
    if (keep === dictionary.length) return truth
    const longer = new Uint8Array(dictionary.length + 1)
    longer.set(truth.subarray(0, keep + 1))
    for (let code = keep; code < dictionary.length; code++)
      longer[code + 1] = evaluateExpression(expr, { [name]: dictionary[code]! }) === true ? yes : no
    truth = longer
    return truth
  }
}

type CodedColumn = Extract<Column, { readonly codes: Int32Array }>

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
