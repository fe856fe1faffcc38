import { TrancheError } from '../errors.ts'
import { type CurrentRun, publishCurrentRun, readCurrentRun } from '../store/current-run.ts'
import type { Running } from './run.ts'

type Shared = Pick<Running, 'catalogue' | 'state' | 'clock'>

/** The run on the cluster that is in force as a run begins; null before the first, and for runs on this machine. */
export async function seenCurrent({ catalogue, state }: Shared): Promise<CurrentRun | null> {
  if (catalogue.workspace.warehouse.engine !== 'trino' || state === null) return null
  return await readCurrentRun(state)
}

/**
 * Puts a run on the cluster in force for everybody who shares the state, by one row.
 * @throws TrancheError refused where another run was published since this one began
 */
export async function publishShared(
  { catalogue, state, clock }: Shared,
  run: string,
  seen: CurrentRun | null,
): Promise<void> {
  if (catalogue.workspace.warehouse.engine !== 'trino' || state === null) return
  if (await publishCurrentRun(state, run, seen, clock())) return
  throw new TrancheError(
    'refused',
    {
      en: `Run ${run} is not published: another run was, since it began.`,
      zh: `未发布运行 ${run}：在其开始之后已有另一运行发布。`,
    },
    { hint: { en: 'Run again: tranche run', zh: '请重新运行：tranche run' } },
  )
}
