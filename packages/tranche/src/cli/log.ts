import { join } from 'node:path'
import { destination, pino } from 'pino'
import { createFolder } from '../engine/folder.ts'
import type { ProgressEvent } from '../engine/run-context.ts'
import { TrancheError } from '../errors.ts'

/** The log of one command: JSON lines in `.tranche/logs`, without any customer's data. */
export async function createLog(dir: string): Promise<{
  event(event: ProgressEvent): void
  error(error: unknown): void
  close(): Promise<void>
}> {
  const folder = await createFolder(dir)
  const day = new Date().toISOString().slice(0, 10)
  const file = destination({ dest: join(folder.logs, `${day}.jsonl`), sync: true, mode: 0o640 })
  const log = pino({ base: { pid: process.pid } }, file)
  return {
    event: (event) => {
      if (event.status !== 'advanced') log.info(event, 'step')
    },
    error: (error) => {
      if (error instanceof TrancheError)
        log.error(
          { code: error.code, place: error.place, context: error.context, cause: causeOf(error) },
          error.message,
        )
      else log.error({ err: error }, 'unexpected')
    },
    close: async () => {
      file.end()
    },
  }
}

/** Engines quote values in their messages; only the kind of failure is kept. */
function causeOf(error: TrancheError): string | undefined {
  const message = error.cause instanceof Error ? error.cause.message : undefined
  return (
    message?.match(/^[A-Z][A-Za-z ]+ Error/)?.[0] ??
    (error.cause instanceof Error ? error.cause.name : undefined)
  )
}
