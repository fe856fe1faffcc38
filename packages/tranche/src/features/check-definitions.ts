import type { Text } from '@tranche/contract'
import { type Place, TrancheError } from '../errors.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { createCalendar } from './calendar.ts'
import { FeatureSet } from './feature-set.ts'
import { MetricPlans } from './metric-plan.ts'

export interface DefinitionFault {
  readonly severity: 'error'
  readonly place: Place
  readonly text: Text
  readonly hint?: Text
}

/** Names that the tables of features and metrics give to columns of their own. */
const reserved = ['customer_id', 'as_of', 'since']

/**
 * Checks all features and metrics: tables, columns, features named, types of expressions and of `empty`. Gives every
 * fault with the place of the part that is wrong and the nearest known name; a definition gives its first.
 */
export function checkDefinitions(
  catalogue: Pick<Catalogue, 'features' | 'metrics' | 'extras' | 'workspace'>,
): readonly DefinitionFault[] {
  const calendar = createCalendar(catalogue.workspace.timeZone, [anyInstant])
  const features = new FeatureSet(catalogue, calendar)
  const metrics = new MetricPlans(features, catalogue.metrics)
  const faults = new Map<string, DefinitionFault>()
  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof TrancheError)) throw error
      const fault = faultOf(error)
      faults.set(JSON.stringify([fault.place, fault.text.en]), fault)
    }
  }
  for (const { key, place, placeOf } of catalogue.features) {
    if (reserved.includes(key)) attempt(() => refuseName(key, placeOf(['key'])))
    attempt(() => features.node(key, place))
  }
  for (const definition of catalogue.metrics)
    attempt(() => {
      for (const need of metrics.plan(definition).needs) features.node(need, definition.place)
    })
  return [...faults.values()]
}

/** Types do not depend on the instant. */
const anyInstant = '2000-01-01T00:00:00Z'

function refuseName(key: string, place: Place): never {
  throw new TrancheError(
    'invalid_definition',
    {
      en: `${key} is a column of the table of features; choose another key.`,
      zh: `${key} 是特征表自身的列名，请更换键名。`,
    },
    { place },
  )
}

function faultOf(error: TrancheError): DefinitionFault {
  return {
    severity: 'error',
    place: error.place ?? { file: '' },
    text: error.text,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}
