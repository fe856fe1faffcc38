import * as S from '@tranche/stats'

/** A call of a public function as its example makes it. */
export interface RecordedCall {
  readonly name: string
  readonly args: readonly unknown[]
}

/** The first call that an example makes of the function it belongs to. */
export function recordCall(name: string, example: string): RecordedCall | undefined {
  let call: RecordedCall | undefined
  const scope = Object.fromEntries(
    Object.entries(S).map(([key, value]) =>
      key === name
        ? [
            key,
            (...args: unknown[]) => {
              call ??= { name, args: args.map(copy) }
              return (value as (...args: unknown[]) => unknown)(...args)
            },
          ]
        : [key, value],
    ),
  )
  const body = example.replace(/ \/\/ (→|throws) .*$/gm, '')
  try {
    new Function(...Object.keys(scope), `"use strict";\n${body}`)(...Object.values(scope))
  } catch {
    // The example of a check shows its refusal.
  }
  return call
}

/** What becomes of every column of a call at once. */
export const COLUMN_CASES: Readonly<Record<string, (values: readonly number[]) => readonly number[]>> = {
  'all zero': (values) => values.map(() => 0),
  'all one': (values) => values.map(() => 1),
  'all alike': (values) => values.map(() => values[0] ?? 0),
  'in units of 1e15': (values) => values.map((v) => v * 1e15),
  'in units of 1e-15': (values) => values.map((v) => v * 1e-15),
  denormal: (values) => values.map((v) => v * 5e-324),
  'one entry': (values) => values.slice(0, 1),
  'two entries': (values) => values.slice(0, 2),
  'no entry': () => [],
  negative: (values) => values.map((v) => -v),
  'not finite': (values) => values.map((v, i) => (i === values.length - 1 ? Number.POSITIVE_INFINITY : v)),
  'no number': (values) => values.map((v, i) => (i === 0 ? Number.NaN : v)),
}

export const NUMBER_CASES: readonly number[] = [
  0,
  -1,
  0.5,
  1e-15,
  5e-324,
  1e15,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
]

export interface Degenerate {
  readonly what: string
  readonly args: readonly unknown[]
}

/** Every degenerate form of a call: all columns at once, each column alone, each number alone. */
export function degenerateForms(args: readonly unknown[]): readonly Degenerate[] {
  const places = args.flatMap((arg, i) => placesOf(arg, [i]))
  const columns = places.filter(({ values }) => values !== undefined)
  const forms: Degenerate[] = []
  for (const [name, change] of Object.entries(COLUMN_CASES)) {
    if (columns.length === 0) break
    forms.push({ what: `columns ${name}`, args: replaceAll(args, columns, change) })
    if (columns.length > 1)
      for (const place of columns)
        forms.push({ what: `${place.path.join('.')} ${name}`, args: replaceAll(args, [place], change) })
  }
  for (const { path, number } of places)
    if (number !== undefined)
      // A whole number may be a size, and a huge size is the caller's own cost.
      for (const value of NUMBER_CASES)
        if (!(Number.isInteger(number) && Math.abs(value) > 1e9))
          forms.push({ what: `${path.join('.')} = ${value}`, args: replaceAt(args, path, value) })
  return forms
}

interface Place {
  readonly path: readonly (string | number)[]
  readonly values?: readonly number[]
  readonly number?: number
}

function placesOf(value: unknown, path: readonly (string | number)[]): readonly Place[] {
  if (typeof value === 'number') return [{ path, number: value }]
  if (isColumn(value)) return [{ path, values: Array.from(value as ArrayLike<number>) }]
  if (value === null || typeof value !== 'object' || value instanceof Map) return []
  // A fitted model is ours to keep whole.
  if ('version' in value) return []
  return Object.entries(value).flatMap(([key, part]) =>
    placesOf(part, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

function isColumn(value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return true
  return Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === 'number')
}

function replaceAll(
  args: readonly unknown[],
  places: readonly Place[],
  change: (values: readonly number[]) => readonly number[],
): readonly unknown[] {
  return places.reduce<readonly unknown[]>((own, { path }) => {
    const before = at(own, path) as ArrayLike<number>
    const after = change(Array.from(before))
    return replaceAt(own, path, ArrayBuffer.isView(before) ? retyped(before, after) : after)
  }, args)
}

function retyped(before: unknown, after: readonly number[]): unknown {
  const Type = (before as Float64Array).constructor as unknown as { from(values: readonly number[]): unknown }
  return Type.from(after)
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<string | number, unknown>)[key], value)
}

function replaceAt(value: unknown, path: readonly (string | number)[], own: unknown): readonly unknown[] {
  if (path.length === 0) return own as readonly unknown[]
  const [key, ...rest] = path
  const next = Array.isArray(value) ? [...value] : { ...(value as object) }
  const record = next as Record<string | number, unknown>
  record[key!] = replaceAt(record[key!], rest, own)
  return next as readonly unknown[]
}

/** Columns are copied: a function that works in place must not change what later forms start from. */
function copy(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return retyped(value, Array.from(value as unknown as ArrayLike<number>))
  if (Array.isArray(value)) return value.map(copy)
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)]))
  return value
}

/** Where a result holds NaN; undefined where it holds none. */
export function whereNaN(value: unknown, path = 'result'): string | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? path : undefined
  if (value === null || typeof value !== 'object') return undefined
  const parts = ArrayBuffer.isView(value)
    ? Array.from(value as unknown as ArrayLike<number>).entries()
    : Object.entries(value)
  for (const [key, part] of parts) {
    const found = whereNaN(part, `${path}.${key}`)
    if (found) return found
  }
  return undefined
}
