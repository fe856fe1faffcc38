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
}

export const noMeeting = (): Meeting => ({ quality: [], noticed: [], aside: [], orphans: [], contested: [] })

const artefact = 'cluster:met'

export type Met = Pick<Meeting, 'orphans' | 'contested'>

/** Keeps what later steps need of it, and moves rows in the published table `row_counts`. */
export async function keepMeeting(local: Warehouse, { aside, orphans, contested }: Meeting): Promise<void> {
  for (const { source, table, duplicates, quarantined } of aside)
    await local.run(sql`update row_counts set kept = kept - ${duplicates + quarantined},
      duplicates = duplicates + ${duplicates}, quarantined = quarantined + ${quarantined}
      where source = ${source} and table_name = ${table}`)
  await saveArtefact(local, artefact, { orphans, contested } satisfies Met)
}

export async function readMeeting(local: Warehouse): Promise<Met> {
  return (await loadArtefact<Met>(local, artefact)) ?? { orphans: [], contested: [] }
}
