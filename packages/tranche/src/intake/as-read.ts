import type { Input } from '@tranche/contract'
import type { Pins } from './cluster/tables-there.ts'

/** What another run read, where that is to be read again and nothing else. */
export interface AsRead {
  /** Which files of a source are taken in, by its key and their path. */
  readonly isWanted: (source: string, file: string) => boolean
  /** Given the content of all of them before one is read. @throws TrancheError where one is no longer what it was */
  readonly requireSame: (files: readonly Pick<Input, 'source' | 'file' | 'sha256'>[]) => void
  /** Which rows of tables in place are read instead of their newest. */
  readonly pins: Pins
}
