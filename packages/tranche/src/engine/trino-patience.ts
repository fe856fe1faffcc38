import { queued, stalled } from './trino-error.ts'
import type { Answer } from './trino-protocol.ts'

/** How long a query is waited for, in ms: while it stands in the server's queue, and once its work is done and nothing comes. */
export interface WaitLimits {
  readonly queueMs: number
  readonly stallMs: number
}

/** Looks at each answer to one query. @returns what throws unreachable once one of the limits is passed */
export function patience({ queueMs, stallMs }: WaitLimits): (answer: Answer) => void {
  const inQueue = since(isQueued)
  const atEnd = since(isDone)
  return (answer) => {
    if (inQueue(answer) > queueMs) throw queued(answer.id, queueMs)
    if (atEnd(answer) > stallMs) throw stalled(answer.id)
  }
}

/** For how many ms answers were such without a break; less than none where the last one wasn't. */
function since(isSuch: (answer: Answer) => boolean): (answer: Answer) => number {
  let start: number | null = null
  return (answer) => {
    const now = performance.now()
    start = isSuch(answer) ? (start ?? now) : null
    return start === null ? -1 : now - start
  }
}

const isQueued = ({ stats }: Answer): boolean => stats.state === 'QUEUED'

/** Whether the server has done all work of a query that it calls running, and gives nothing. */
function isDone({ stats, data }: Answer): boolean {
  const { state, totalSplits, completedSplits } = stats
  return state === 'RUNNING' && data === undefined && totalSplits > 0 && completedSplits === totalSplits
}
