import type { ColumnMapping, Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { determines } from './choose-transaction.ts'
import type { CustomerRoot } from './customer-root.ts'
import type { Reasoned } from './draft.ts'
import { conceptScore, matchWords } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import type { Reference } from './relations.ts'

const places = {
  en: [
    'district',
    'region',
    'city',
    'town',
    'county',
    'area',
    'branch',
    'location',
    'geo',
    'geography',
    'municipality',
    'zip',
    'postcode',
  ],
  zh: ['地区', '区域', '城市', '省份', '区县', '网点', '行政区', '地址库'],
}

export interface PlaceLookup {
  readonly columns: ReadonlyMap<string, Reasoned<ColumnMapping>>
  /** The customers' own column that was used up. */
  readonly match: string
  readonly notes: readonly Text[]
}

/**
 * City and province out of a file of places that the customers refer to. Its columns may be called anything: the text
 * with a value of its own per row is the place, the text that it determines is the region around it.
 */
export async function lookUpPlaces(
  warehouse: Warehouse,
  root: CustomerRoot,
  references: readonly Reference[],
): Promise<PlaceLookup | undefined> {
  const reference = references.find(
    ({ from, to, score }) =>
      from.subject === root.subject &&
      from.column !== root.key &&
      to.subject !== root.subject &&
      score >= 1.2 &&
      (matchWords(to.subject.title, places) >= 0.6 || matchWords(from.column.name, places) >= 0.6),
  )
  if (reference === undefined) return undefined
  const { subject, column: key } = reference.to
  const texts = subject.profile.columns.filter(
    (column) => column.kind === 'text' && column !== key && column.filled >= column.rows * 0.95,
  )
  const finest = [...texts].sort((one, other) => other.distinct - one.distinct)[0]
  if (finest === undefined) return undefined
  const regions: ColumnProfile[] = []
  for (const column of texts)
    if (
      column !== finest &&
      column.distinct > 1 &&
      column.distinct < finest.distinct * 0.6 &&
      (await determines(warehouse, subject.profile, finest, column, 0.95))
    )
      regions.push(column)
  const region = regions.sort(
    (one, other) =>
      conceptScore(other.name, 'province') - conceptScore(one.name, 'province') || one.index - other.index,
  )[0]
  const lookup = (take: ColumnProfile): ColumnMapping => ({
    lookup: { source: subject.key, key: key.name, match: reference.from.column.name, take: take.name },
  })
  const why: Text = {
    en: `looked up in ${subject.title} by ${reference.from.column.name}`,
    zh: `按 ${reference.from.column.name} 在 ${subject.title} 中查得`,
  }
  const columns = new Map<string, Reasoned<ColumnMapping>>([['city', { mapping: lookup(finest), why }]])
  if (region !== undefined) columns.set('province', { mapping: lookup(region), why })
  return {
    columns,
    match: reference.from.column.name,
    notes: [
      {
        en: `Places come from ${subject.title}: ${JSON.stringify(finest.name)} as city${region === undefined ? '' : `, ${JSON.stringify(region.name)} as province`}, by the look of their values.`,
        zh: `地点取自 ${subject.title}：${JSON.stringify(finest.name)} 作为城市${region === undefined ? '' : `，${JSON.stringify(region.name)} 作为省份`}，依据取值推断。`,
      },
    ],
  }
}
