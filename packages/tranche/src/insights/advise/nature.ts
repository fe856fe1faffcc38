import type { Feature, StandardTableName } from '@tranche/contract'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { featureExpressions, featureNeeds } from '../../workspace/needs.ts'

/** The five strategies of segmentation, and what a source says of customers without its being known of which it is. */
export type Strategy = 'risk' | 'behaviour' | 'demographic' | 'value' | 'psychographic' | 'other'

const byTable: Readonly<Partial<Record<StandardTableName, Strategy>>> = {
  customer_versions: 'demographic',
  survey_answers: 'psychographic',
  repayments: 'risk',
  account_balances: 'risk',
  observations: 'risk',
  ledger: 'value',
}

/** What kind of segmentation a feature belongs to: by the table it reads, amounts being value; what is made of others, as they are. */
export function strategyOf(feature: Feature, catalogue: Pick<Catalogue, 'features' | 'extras'>): Strategy {
  if (isExtra(feature, catalogue)) return feature.unit === 'money' ? 'value' : 'other'
  if (feature.from !== undefined)
    return byTable[feature.from as StandardTableName] ?? (feature.unit === 'money' ? 'value' : 'behaviour')
  const [first] = featureNeeds(feature, featureExpressions(feature))
  const below = catalogue.features.find(({ key }) => `feature:${key}` === first)
  return below === undefined ? 'behaviour' : strategyOf(below.value, catalogue)
}

/** A column of the source's own, which may be anything. */
function isExtra({ from, measure }: Feature, { extras }: Pick<Catalogue, 'extras'>): boolean {
  if (from !== 'customer_versions' || measure === undefined || !('attribute' in measure)) return false
  return extras.customer_versions?.some(({ key }) => key === measure.attribute) === true
}

/** From 0 to 1: an attribute as it stands is easy, a count of one table less so, what rests on much else least. */
export function easeOf(feature: Feature, uses: number): number {
  const { from, measure } = feature
  const base =
    measure === undefined ? 0.5 : from === 'customer_versions' ? 1 : from === 'survey_answers' ? 0.4 : 0.8
  return base / (1 + 0.02 * Math.max(0, uses - 1))
}
