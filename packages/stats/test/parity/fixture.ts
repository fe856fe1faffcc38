import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

/** What a script of `parity/` wrote: values of a peer's package and how they came about. */
export interface Fixture<Case> {
  readonly package: string
  readonly version: string
  readonly script: string
  readonly seed: number | null
  /** Relative, and absolute below 1. */
  readonly tolerance: number
  readonly cases: readonly (Case & { readonly case: string })[]
}

export function readFixture<Case>(name: string): Fixture<Case> {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8'))
}

/** Holds numbers, however nested in arrays, to expected ones. */
export function expectNear(actual: unknown, expected: unknown, tolerance: number, path = ''): void {
  if (typeof expected === 'number') {
    expect(typeof actual, path).toBe('number')
    const difference = Math.abs((actual as number) - expected)
    if (!(difference <= tolerance * Math.max(1, Math.abs(expected))))
      expect.unreachable(`${path}: ${actual} instead of ${expected}`)
    return
  }
  const [got, wanted] = [actual, expected].map((list) => Array.from(list as ArrayLike<unknown>))
  expect(got!.length, `length of ${path}`).toBe(wanted!.length)
  for (const [i, part] of wanted!.entries()) expectNear(got![i], part, tolerance, `${path}[${i}]`)
}

/** Row-major data of nested rows, as the kernel takes it. */
export function rowsOf(x: readonly (readonly number[])[]): {
  readonly data: Float64Array
  readonly n: number
  readonly p: number
} {
  return { data: Float64Array.from(x.flat()), n: x.length, p: x[0]!.length }
}
