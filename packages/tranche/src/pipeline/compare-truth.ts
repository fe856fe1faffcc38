import { readFile } from 'node:fs/promises'
import type { Text } from '@tranche/contract'
import { wilsonInterval } from '@tranche/stats'
import type { Warehouse } from '../engine/warehouse.ts'
import type { ValueModel } from '../models/value/customer-value.ts'
import { type Sql, sql } from '../sql/sql.ts'
import type { PlantedEffect, Truth } from './simulate/truth.ts'
import { loadArtefact } from './steps.ts'

/** A planted number beside what the run found, with its 95% interval. */
export interface TruthComparison {
  readonly key: string
  readonly label: Text
  readonly planted: number
  readonly found: number
  readonly low: number
  readonly high: number
  readonly covered: boolean
}

type Found = Pick<TruthComparison, 'found' | 'low' | 'high'>

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
  const found = new Map<string, Found>([...(await valueParameters(warehouse)), ...(await shares(warehouse))])
  return truth.effects.flatMap(({ key, value, definition }: PlantedEffect) => {
    const estimate = found.get(key)
    if (estimate === undefined) return []
    return [
      {
        key,
        label: definition,
        planted: value,
        ...estimate,
        covered: estimate.low <= value && value <= estimate.high,
      },
    ]
  })
}

async function valueParameters(warehouse: Warehouse): Promise<readonly (readonly [string, Found])[]> {
  const model = await loadArtefact<ValueModel>(warehouse, 'model:value')
  if (model === null) return []
  const { bgNbd, gammaGamma } = model.purchases
  return [...parametersOf('value.bg_nbd', bgNbd), ...parametersOf('value.gamma_gamma', gammaGamma)]
}

function parametersOf(
  prefix: string,
  model: {
    parameters: Readonly<Record<string, number>>
    standardErrors: Readonly<Record<string, number>> | null
  } | null,
): readonly (readonly [string, Found])[] {
  if (model?.standardErrors == null) return []
  const { parameters, standardErrors } = model
  return Object.entries(parameters).map(([name, value]) => {
    // Positive parameters: the interval is symmetric on the log scale.
    const ratio = Math.exp((1.96 * standardErrors[name]!) / value)
    return [`${prefix}.${name}`, { found: value, low: value / ratio, high: value * ratio }] as const
  })
}

const converted = sql`(first_investment_days is not null and first_investment_days < 30)`

async function shares(warehouse: Warehouse): Promise<readonly (readonly [string, Found])[]> {
  const asked: { readonly key: string; readonly what: Sql; readonly where: Sql }[] = [
    { key: 'gender.share.male', what: sql`gender = 'male'`, where: sql`gender is not null` },
    ...(['male', 'female'] as const).map((gender) => ({
      key: `gender.conversion_30d.${gender}`,
      what: converted,
      where: sql`tenure_days >= 30 and gender = ${gender}`,
    })),
    ...(
      [
        ['under_25', 20, 24],
        ['25_34', 25, 34],
        ['35_50', 35, 50],
        ['over_50', 51, 70],
      ] as const
    ).map(([key, from, to]) => ({
      key: `age.conversion_30d.${key}`,
      what: converted,
      where: sql`tenure_days >= 30 and age_years between ${from} and ${to}`,
    })),
    {
      key: 'value_exploration.share.under_monetised',
      what: sql`credit_limit >= 100000 and first_investment_amount < 10000`,
      where: sql`credit_limit is not null and first_investment_amount is not null`,
    },
    {
      key: 'value_exploration.share.high_net_worth',
      what: sql`credit_limit >= 100000 and first_investment_amount >= 100000`,
      where: sql`credit_limit is not null and first_investment_amount is not null`,
    },
  ]
  const found: (readonly [string, Found])[] = []
  for (const { key, what, where } of asked) {
    const { successes, n } = await warehouse.row<{ successes: number; n: number }>(
      sql`select count(*) filter (where ${what}) as successes, count(*) as n from features where ${where}`,
    )
    if (n === 0) continue
    const { low, high } = wilsonInterval({ successes, n })
    found.push([key, { found: successes / n, low, high }])
  }
  return found
}
