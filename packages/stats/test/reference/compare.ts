import type { ReferenceCase, Rule } from './adapter.ts'

/** Every place where the two differ by more than the case allows, as readable lines; none means the case passes. */
export function differences(
  c: ReferenceCase,
  actual: unknown,
  rules: Readonly<Record<string, Rule>> | undefined,
): string[] {
  const found: string[] = []
  walk(c.expected, actual, '')
  return found

  function walk(expected: unknown, got: unknown, path: string): void {
    if (Array.isArray(expected)) {
      const list = got as ArrayLike<unknown> | undefined
      if (list === undefined || list === null || list.length !== expected.length)
        found.push(`${path}: ${expected.length} values expected, ${list?.length ?? 'none'} given`)
      else
        for (const [i, value] of expected.entries())
          walk(value, list[i], path === '' ? `${i}` : `${path}.${i}`)
    } else if (expected !== null && typeof expected === 'object') {
      if (got === null || typeof got !== 'object')
        found.push(`${path}: an object was expected, ${String(got)} given`)
      else
        for (const [key, value] of Object.entries(expected))
          walk(value, (got as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`)
    } else if (!agrees(expected, got, ruleFor(path)))
      found.push(`${path}: ${String(expected)} expected, ${String(got)} given`)
  }

  function ruleFor(path: string): Rule {
    let best: Rule | undefined
    let length = -1
    for (const [prefix, rule] of Object.entries(rules ?? {}))
      if (prefix.length > length && (prefix === '' || path === prefix || path.startsWith(`${prefix}.`))) {
        best = rule
        length = prefix.length
      }
    if (best) return [best[0], typeof best[1] === 'number' ? best[1] : toleranceOf(best[1], path)]
    for (const kind of ['round', 'abs', 'rel'] as const)
      if (kind in c.tolerance) return [kind, toleranceOf(kind, path)]
    throw new Error(`${c.id}: the tolerance ${JSON.stringify(c.tolerance)} needs a rule for ${path}`)
  }

  function toleranceOf(name: string, path: string): number {
    const value = c.tolerance[name]
    if (typeof value === 'number') return value
    const own = (value as Record<string, number> | undefined)?.[path.split('.').at(-1) ?? '']
    if (own === undefined) throw new Error(`${c.id}: no tolerance ${name} for ${path}`)
    return own
  }
}

function agrees(expected: unknown, got: unknown, [kind, tolerance]: Rule): boolean {
  const want = toNumber(expected)
  if (want === undefined) return expected === got
  const have = toNumber(got)
  if (have === undefined) return false
  if (Number.isNaN(want)) return Number.isNaN(have)
  if (!Number.isFinite(want)) return want === have
  const allowed = tolerance as number
  const scale = want === 0 ? 1e-12 : allowed * Math.abs(want)
  if (kind === 'rel') return Math.abs(have - want) <= scale
  if (kind === 'abs') return Math.abs(have - want) <= allowed + 1e-15
  if (kind === 'notAbove') return have <= want + scale
  if (kind === 'notBelow') return have >= want - scale
  return Math.round(have * 10 ** allowed) === Math.round(want * 10 ** allowed)
}

/** Numbers, and the words the collection uses for those JSON cannot hold. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value === 'NaN' || value === 'NA') return Number.NaN
  if (value === 'Infinity' || value === 'Inf') return Infinity
  if (value === '-Infinity' || value === '-Inf') return -Infinity
  return undefined
}
