import { parentPort } from 'node:worker_threads'
import * as S from '@tranche/stats'
import { publicStatistics } from '../../../../docs/reference/stats-functions.ts'
import { degenerateForms, recordCall } from './degenerate.ts'
import { type Outcome, outcomeOf, type SweepReport } from './sweep.ts'

/** They walk a tree that is handed over, and one that was grown by this library holds together. */
const GIVEN_TREES = ['addScores', 'leafOf', 'countLeaves', 'decisionTree']
/** They wrap what is handed over as it is; in a column a number that is not finite is a missing one. */
const WRAPPERS = ['columnOf', 'numberColumnOf', 'numberColumns', 'compare']

const post = (report: SweepReport): void => parentPort!.postMessage(report)
const statistics = publicStatistics().filter(({ kind }) => kind === 'function')
const throwsOf = new Map(statistics.map(({ name, doc }) => [name, doc.throws]))

for (const { name, doc } of statistics) {
  if (GIVEN_TREES.includes(name) || WRAPPERS.includes(name)) continue
  post({ at: `${name}, its example` })
  const call = recordCall(name, doc.example)
  if (!call) {
    post({ problem: `${name}: the example does not call the function` })
    continue
  }
  const run = (S as unknown as Record<string, (...own: readonly unknown[]) => unknown>)[name]!
  const stated = statedCodes(name)
  const unstated = new Map<string, string>()
  for (const { what, args } of degenerateForms(call.args)) {
    post({ at: `${name}, ${what}` })
    const outcome = outcomeOf(() => run(...args))
    if (outcome.kind === 'broken') post({ problem: `${name}, ${what}: ${outcome.problem}` })
    else if (isUnstated(outcome, stated)) unstated.set(outcome.code, what)
  }
  for (const [code, what] of unstated)
    post({ problem: `${name} throws ${code}, which its comment does not state (${what})` })
}
post({ done: true })

function isUnstated(
  outcome: Outcome,
  stated: ReadonlySet<string> | 'any',
): outcome is Outcome & { kind: 'refused' } {
  return outcome.kind === 'refused' && stated !== 'any' && !stated.has(outcome.code)
}

/** Codes in a comment and, where it says "as `other`" or "those of `other`", in the other's; any where a learner throws. */
function statedCodes(name: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> | 'any' {
  const text = throwsOf.get(name) ?? ''
  if (text.includes('of the learner')) return 'any'
  const found = new Set<string>()
  for (const [, word] of text.matchAll(/`(\w+)`/g)) {
    if (!throwsOf.has(word!) || seen.has(word!)) found.add(word!)
    else {
      const further = statedCodes(word!, new Set([...seen, name]))
      if (further === 'any') return 'any'
      for (const code of further) found.add(code)
    }
  }
  return found
}
