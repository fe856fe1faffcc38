import * as S from '@tranche/stats'
import { numbers, type ReferenceCase, readColumns } from './adapter.ts'

export const table = (file: string) => {
  const columns = readColumns(file)
  const names = Object.keys(columns).filter((name) => name !== '' && name !== 'target')
  const values = names.map((name) => numbers(columns[name]!))
  const [n, p] = [values[0]!.length, names.length]
  const rows: S.Rows = {
    data: Float64Array.from({ length: n * p }, (_, at) => values[at % p]![Math.floor(at / p)]!),
    n,
    p,
  }
  return { rows, target: columns['target'] ? numbers(columns['target']) : new Float64Array(n) }
}
export const scaled = (c: ReferenceCase) => {
  const { rows, target } = table(c.input.file)
  return { rows: c.params.standardise ? S.standardise(rows, S.fitStandardisation(rows, 0)) : rows, target }
}
export const matrix = (values: number[][]): S.Rows => ({
  data: Float64Array.from(values.flat()),
  n: values.length,
  p: values[0]!.length,
})
