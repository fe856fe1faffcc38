import type { StandardTableName } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import type { Noticed } from '../intake/quality/noticed.ts'
import type { QualityRow } from '../intake/quality/quality-row.ts'
import { sql } from '../sql/sql.ts'
import { loadArtefact, saveArtefact } from './steps.ts'

/** Rows of this machine that name nothing which is there, by a table of the cluster with what they name. */
export interface Orphans {
  readonly table: StandardTableName
  readonly source: string
  readonly column: string
  /** Of the run, with the column `value`. */
  readonly values: string
}

/** What was found where rows of this machine and of the cluster came together for the first time. */
export interface Meeting {
  readonly quality: QualityRow[]
  readonly noticed: Noticed[]
  /** Rows that don't stand in their table after all. */
  readonly aside: {
    readonly source: string
    readonly table: StandardTableName
    readonly duplicates: number
    readonly quarantined: number
  }[]
  readonly orphans: Orphans[]
  /** Tables of which several sources give a key: what stands under it is told on the cluster. */
  readonly contested: StandardTableName[]
  /** Tables of which rows contradict those of another source, and are kept there to be listed. */
  readonly contradicting: StandardTableName[]
}

export const noMeeting = (): Meeting => ({
  ...{ quality: [], noticed: [], aside: [] },
  ...{ orphans: [], contested: [], contradicting: [] },
})

const artefact = 'cluster:met'

export type Met = Pick<Meeting, 'orphans' | 'contested' | 'contradicting'>

/** Keeps what later steps need of it, and moves rows in the published table `row_counts`. */
export async function keepMeeting(local: Warehouse, met: Meeting): Promise<void> {
  const { orphans, contested, contradicting } = met
  for (const { source, table, duplicates, quarantined } of met.aside)
    await local.run(sql`update row_counts set kept = kept - ${duplicates + quarantined},
      duplicates = duplicates + ${duplicates}, quarantined = quarantined + ${quarantined}
      where source = ${source} and table_name = ${table}`)
  await saveArtefact(local, artefact, { orphans, contested, contradicting } satisfies Met)
}

export async function readMeeting(local: Warehouse): Promise<Met> {
  return { ...noMeeting(), ...(await loadArtefact<Met>(local, artefact)) }
}
