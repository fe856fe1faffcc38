import type { Warehouse } from '../../engine/warehouse.ts'
import type { ValueModel } from '../../models/value/customer-value.ts'
import { loadArtefact } from '../steps.ts'
import { type Found, ofPositive } from './interval.ts'

/** Parameters of the fitted models of purchases and spending, which are positive: normal on the log scale. */
export async function foundValueParameters(
  warehouse: Warehouse,
): Promise<readonly (readonly [string, Found])[]> {
  const model = await loadArtefact<ValueModel>(warehouse, 'model:value')
  if (model === null) return []
  const { bgNbd, gammaGamma } = model.purchases
  return [...ofModel('value.bg_nbd', bgNbd), ...ofModel('value.gamma_gamma', gammaGamma)]
}

function ofModel(
  prefix: string,
  model: {
    parameters: Readonly<Record<string, number>>
    standardErrors: Readonly<Record<string, number>> | null
  } | null,
): readonly (readonly [string, Found])[] {
  if (model?.standardErrors == null) return []
  const { parameters, standardErrors } = model
  return Object.entries(parameters).map(([name, value]) => [
    `${prefix}.${name}`,
    ofPositive(value, standardErrors[name]! / value),
  ])
}
