import { TrancheError } from '../../errors.ts'
import { loadArtefact } from '../../pipeline/steps.ts'
import { openCurrent } from '../open-current.ts'
import type { Invocation } from '../program.ts'

export async function act(invocation: Invocation, key: string): Promise<void> {
  const warehouse = await openCurrent(invocation)
  try {
    const value = await loadArtefact<Record<string, unknown>>(warehouse, 'model:value')
    const models = value === null ? [] : [{ key: 'value', ...value }]
    const found = models.find((candidate) => candidate.key === key)
    if (found === undefined)
      throw new TrancheError(
        'not_found',
        { en: `There is no model ${JSON.stringify(key)}.`, zh: `没有名为 ${JSON.stringify(key)} 的模型。` },
        { hint: { en: 'There is: value.', zh: '可用的模型：value。' } },
      )
    const { purchases, ...rest } = found as unknown as {
      purchases: { bgNbd: Fitted; gammaGamma: Fitted }
    } & Record<string, unknown>
    const document = {
      ...rest,
      bgNbd: flat(purchases.bgNbd, (purchases as unknown as { timeUnit: string }).timeUnit),
      gammaGamma: flat(purchases.gammaGamma, undefined),
    }
    if (invocation.output.json) invocation.output.document(document)
    else invocation.output.say(JSON.stringify(document, null, 2))
  } finally {
    warehouse.close()
  }
}

type Fitted = { readonly parameters: Record<string, number>; readonly [part: string]: unknown } | null

/** Parameters first, where people look for them; the rest of the fit beside them. */
function flat(model: Fitted, timeUnit: string | undefined): unknown {
  if (model === null) return null
  const { parameters, standardErrors, diagnostics, data, independence } = model
  return {
    ...parameters,
    ...(timeUnit === undefined ? {} : { timeUnit }),
    standardErrors,
    diagnostics,
    data,
    independence,
  }
}
