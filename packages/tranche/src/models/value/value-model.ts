import type { Text } from '@tranche/contract'
import { counted } from '@tranche/language'
import { type BgNbdModel, fitBgNbd, fitGammaGamma, type GammaGammaModel, StatsError } from '@tranche/stats'
import type { Columns } from '../../engine/warehouse.ts'

/** Repeat customers below which no lifetime model is fitted: its four parameters would be noise. */
const fewestRepeaters = 50
/** Correlation of frequency and spend above which the spend model's assumption is taken to fail. */
const largestCorrelation = 0.3

export type TimeUnit = 'day' | 'week'
export const daysPerUnit: Record<TimeUnit, number> = { day: 1, week: 7 }

/** How value_12m was reached. */
export type ValueMethod = 'lifetime_model' | 'last_year' | 'none'

/** Why a part of the model was not used; `code` is stable. */
export interface Refusal {
  readonly code: string
  readonly text: Text
}

export interface PurchaseModel {
  readonly timeUnit: TimeUnit
  readonly bgNbd: BgNbdModel | null
  readonly gammaGamma: GammaGammaModel | null
  readonly refusals: readonly Refusal[]
}

/** Distinct histories in days with how many customers share each. */
export interface GroupedDays {
  readonly frequency: Float64Array
  readonly recencyDays: Float64Array
  readonly ageDays: Float64Array
  readonly weights: Float64Array
}

export interface RepeatSpend {
  readonly frequency: Float64Array
  readonly meanAmount: Float64Array
  readonly weights?: Float64Array
}

/** Fits BG/NBD on grouped histories and Gamma-Gamma on repeat customers; says what it refuses and why. */
export function fitPurchaseModel(
  grouped: GroupedDays,
  spend: RepeatSpend,
  timeUnit: TimeUnit,
): PurchaseModel {
  const refusals: Refusal[] = []
  const repeaters = grouped.weights.reduce(
    (sum, weight, index) => (grouped.frequency[index]! > 0 ? sum + weight : sum),
    0,
  )
  if (repeaters < fewestRepeaters) {
    refusals.push(tooFewRepeaters(repeaters))
    return { timeUnit, bgNbd: null, gammaGamma: null, refusals }
  }
  const attempt = <T>(name: Text, work: () => T): T | null => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof StatsError)) throw error
      refusals.push({
        code: error.code,
        text: {
          en: `${name.en} was not fitted: ${error.message}`,
          zh: `${name.zh}未能拟合（${error.code}）。`,
        },
      })
      return null
    }
  }
  const days = daysPerUnit[timeUnit]
  const bgNbd = attempt({ en: 'The purchase model (BG/NBD)', zh: '购买模型（BG/NBD）' }, () =>
    fitBgNbd({
      frequency: grouped.frequency,
      recency: grouped.recencyDays.map((value) => value / days),
      T: grouped.ageDays.map((value) => value / days),
      weights: grouped.weights,
    }),
  )
  const gammaGamma = attempt({ en: 'The spend model (Gamma-Gamma)', zh: '金额模型（Gamma-Gamma）' }, () =>
    fitGammaGamma(
      {
        frequency: spend.frequency,
        monetaryValue: spend.meanAmount,
        ...(spend.weights === undefined ? {} : { weights: spend.weights }),
      },
      { q: 'aboveOne', maximumCorrelation: largestCorrelation },
    ),
  )
  return { timeUnit, bgNbd, gammaGamma, refusals }
}

function tooFewRepeaters(repeaters: number): Refusal {
  return {
    code: 'too_few_repeaters',
    text: {
      en: `Only ${counted(repeaters, 'customer', 'customers')} bought on more than one day; a lifetime model needs ${fewestRepeaters}.`,
      zh: `只有 ${repeaters} 位客户在一天以上有购买，拟合生命周期价值模型至少需要 ${fewestRepeaters} 位。`,
    },
  }
}

export function groupedDays(columns: Columns): GroupedDays {
  return {
    frequency: numbers(columns, 'frequency'),
    recencyDays: numbers(columns, 'recency_days'),
    ageDays: numbers(columns, 'age_days'),
    weights: numbers(columns, 'customers'),
  }
}

/** A column that has no missing values, as numbers. */
export function numbers(columns: Columns, name: string): Float64Array {
  const column = columns.byName[name]
  if (column?.type !== 'number') throw new TypeError(`Expected the column ${name} as numbers.`)
  return column.values
}
