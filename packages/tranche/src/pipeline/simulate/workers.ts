import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { TrancheError } from '../../errors.ts'
import type { PartResult } from './shard.ts'
import type { Part, Recipe } from './shard-state.ts'

const source = import.meta.url.endsWith('.ts')
const workerFile = source
  ? new URL('./shard-worker.ts', import.meta.url)
  : new URL('./shard-worker.js', import.meta.url)

/**
 * Lets workers fill the parts, each on a thread of its own; results come in any order. Nobody is torn off in the
 * middle of a part, so that no file is left half written: who is stopped finishes the part at hand.
 * @throws TrancheError cancelled, where the signal says so
 */
export async function fillParts(
  recipe: Recipe,
  parts: readonly Part[],
  dataFolder: string,
  options: { readonly threads?: number; readonly signal?: AbortSignal },
  take: (result: PartResult) => Promise<void>,
): Promise<void> {
  const threads = Math.max(1, Math.min(parts.length, options.threads ?? availableParallelism()))
  const waiting = [...parts]
  const stop = (): void => {
    waiting.length = 0
  }
  options.signal?.addEventListener('abort', stop, { once: true })
  if (options.signal?.aborted) stop()
  let taking = Promise.resolve()
  const takeInTurn = (result: PartResult): Promise<void> => {
    taking = taking.then(() => take(result))
    return taking
  }
  const outcomes = await Promise.allSettled(
    Array.from({ length: threads }, () => drive({ recipe, dataFolder }, waiting, stop, takeInTurn)),
  )
  options.signal?.removeEventListener('abort', stop)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  await taking
  if (options.signal?.aborted)
    throw new TrancheError(
      'cancelled',
      { en: 'The simulation was stopped.', zh: '模拟已停止。' },
      { hint: { en: 'The folder is incomplete; simulate again.', zh: '文件夹不完整，请重新模拟。' } },
    )
}

/** Gives one worker one part after another until none waits. */
function drive(
  workerData: { readonly recipe: Recipe; readonly dataFolder: string },
  waiting: Part[],
  stop: () => void,
  take: (result: PartResult) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, {
      workerData,
      ...(source
        ? { execArgv: ['--conditions=tranche-source', '--disable-warning=ExperimentalWarning'] }
        : {}),
    })
    let failure: unknown
    const fail = (error: unknown): void => {
      failure ??= error
      stop()
    }
    const next = (): void => worker.postMessage(waiting.shift() ?? null)
    worker.on('message', (result: PartResult) => {
      next()
      take(result).catch(fail)
    })
    worker.on('error', fail)
    worker.on('exit', () => (failure === undefined ? resolve() : reject(failure)))
    next()
  })
}
