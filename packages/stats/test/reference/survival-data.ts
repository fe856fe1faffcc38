import type * as S from '@tranche/stats'
import { numbers, readColumns } from './adapter.ts'
import { once } from './shape.ts'

// The input files of the survival area, and columns turned into codes and matrices.

type Columns = Record<string, string[]>

export const codes = (labels: readonly string[]): number[] => {
  const known = [...new Set(labels)].sort()
  return labels.map((label) => known.indexOf(label))
}
export const truth = (column: readonly string[]): Float64Array =>
  Float64Array.from(column, (v) => (v === 'True' ? 1 : Number(v) || 0))
export const matrix = (c: Columns, names: readonly string[]): Float64Array =>
  Float64Array.from({ length: c[names[0]!]!.length * names.length }, (_, k) =>
    Number(c[names[k % names.length]!]![Math.floor(k / names.length)]),
  )
export const named = (names: readonly string[], values: readonly number[]): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!]))

export const waltons = once(() => {
  const c = readColumns('data/waltons_dataset.csv')
  // R orders the groups as they come: control last.
  return {
    data: { time: numbers(c['T']!), event: numbers(c['E']!) },
    group: c['group']!.map((g) => (g === 'control' ? 0 : 1)),
  }
})
export const ALL = ['fin', 'age', 'race', 'wexp', 'mar', 'paro', 'prio']
export const rossiData = (covariates: readonly string[], strata: readonly string[] = []): S.CoxData => {
  const c = readColumns('data/rossi.csv')
  const data = {
    time: numbers(c['week']!),
    event: numbers(c['arrest']!),
    x: matrix(c, covariates),
    p: covariates.length,
  }
  return strata.length === 0
    ? data
    : { ...data, strata: codes(c['fin']!.map((_, i) => strata.map((s) => c[s]![i]).join(' '))) }
}
