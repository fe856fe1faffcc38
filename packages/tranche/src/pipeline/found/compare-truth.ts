import { readFile } from 'node:fs/promises'
import type { Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import type { PlantedEffect, Truth } from '../simulate/truth.ts'
import { foundActions } from './actions.ts'
import { foundAdjustedGap } from './adjusted-gap.ts'
import type { Found } from './interval.ts'
import { peopleOf } from './people.ts'
import { foundRatios } from './ratios.ts'
import { foundShares } from './shares.ts'
import { foundValueParameters } from './value-parameters.ts'

/** A planted number beside what the run found, with its 95% interval. */
export interface TruthComparison extends Found {
  readonly key: string
  readonly label: Text
  readonly unit: PlantedEffect['unit']
  readonly planted: number
  readonly covered: boolean
}

/**
 * Compares what a simulation planted with what the published tables say. Only this function, besides the simulation
 * itself, opens truth.json. Effects of which the run computes nothing are left out.
 */
export async function compareTruth({
  warehouse,
  truthFile,
}: {
  readonly warehouse: Warehouse
  readonly truthFile: string
}): Promise<readonly TruthComparison[]> {
  const truth = JSON.parse(await readFile(truthFile, 'utf8')) as Truth
  const people = await peopleOf(warehouse)
  const found = new Map<string, Found>([
    ...(await foundValueParameters(warehouse)),
    ...(await foundShares(warehouse, people)),
    ...(await foundRatios(warehouse, people)),
    ...(await foundAdjustedGap(warehouse, people)),
    ...(await foundActions(warehouse, people)),
  ])
  return truth.effects.flatMap(({ key, label, unit, value }) => {
    const estimate = found.get(key)
    if (estimate === undefined) return []
    const covered = estimate.low <= value && value <= estimate.high
    return [{ key, label, unit, planted: value, ...estimate, covered }]
  })
}
