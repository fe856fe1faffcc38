import { openExistingState, openState, type StateOptions } from '../store/open-state.ts'
import type { StateDatabase } from '../store/state-database.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

/** What of the machine the state needs; filled in from the process where absent. */
export interface StateSurroundings {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly clock?: () => Date
}

export function stateOptionsOf(
  { dir, workspace }: Pick<Catalogue, 'dir' | 'workspace'>,
  { env, clock }: StateSurroundings,
): StateOptions {
  return {
    dir,
    settings: workspace.state,
    env: env ?? process.env,
    clock: clock ?? (() => new Date()),
  }
}

/** Opens the state, creating or bringing it forward, for as long as the work takes. @throws TrancheError */
export async function withState<T>(
  catalogue: Pick<Catalogue, 'dir' | 'workspace'>,
  surroundings: StateSurroundings,
  work: (state: StateDatabase) => Promise<T>,
): Promise<T> {
  const state = await openState(stateOptionsOf(catalogue, surroundings))
  try {
    return await work(state)
  } finally {
    await state.close()
  }
}

/**
 * Opens the state for a run: null where nothing was ever written to it, unless the run is to be published in it. Where several machines share a state, none but
 * this one runs until the work is done. @throws TrancheError busy where another does
 */
export async function withRunState<T>(
  catalogue: Catalogue,
  surroundings: StateSurroundings,
  work: (state: StateDatabase | null) => Promise<T>,
): Promise<T> {
  const options = stateOptionsOf(catalogue, surroundings)
  const isShared = catalogue.workspace.warehouse.engine === 'trino'
  const state = await (isShared ? openState(options) : openExistingState(options))
  if (state === null) return await work(null)
  try {
    const lock = await state.lockRuns()
    try {
      return await work(state)
    } finally {
      await lock.release()
    }
  } finally {
    await state.close()
  }
}
