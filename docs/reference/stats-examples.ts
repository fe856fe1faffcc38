/** A line of an example with the value that it gave and the one that it states, both as plain data. */
export interface ExampleResult {
  readonly line: string
  readonly actual: unknown
  readonly stated: unknown
}

/**
 * Runs an example with the package's functions in scope. `expression // → value` states a value, numbers to seven
 * digits; `expression // throws code` a refusal. Values agree when they are deeply equal.
 */
export function exampleResults(example: string, scope: Readonly<Record<string, unknown>>): ExampleResult[] {
  const results: ExampleResult[] = []
  const program = example
    .split('\n')
    .map((line) => {
      const [, expression, kind, value] = /^(.*\S) \/\/ (→|throws) (.*)$/.exec(line) ?? []
      if (expression === undefined) return line
      const claim = JSON.stringify(line)
      return kind === '→'
        ? `; value(${claim}, ${expression}, ${value})`
        : `; refusal(${claim}, () => ${expression}, ${JSON.stringify(value)})`
    })
    .join('\n')
  const value = (line: string, actual: unknown, stated: unknown) =>
    results.push({ line, actual: toDigits(actual), stated: toDigits(stated) })
  const refusal = (line: string, run: () => unknown, stated: string) =>
    results.push({ line, actual: codeOf(run), stated })
  const run = new Function('value', 'refusal', ...Object.keys(scope), `"use strict";\n${program}`)
  run(value, refusal, ...Object.values(scope))
  return results
}

function codeOf(run: () => unknown): unknown {
  try {
    return `no refusal but ${String(run())}`
  } catch (error) {
    return (error as { readonly code?: unknown }).code ?? error
  }
}

/** The same data with numbers cut to seven digits and typed arrays as arrays. */
function toDigits(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(7)) + 0
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, toDigits)
  if (Array.isArray(value)) return value.map(toDigits)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toDigits(part)]))
  return value
}
