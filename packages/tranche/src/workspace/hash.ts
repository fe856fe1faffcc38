import { createHash } from 'node:crypto'

/** sha256 as lower-case hex, over UTF-8. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/** JSON with sorted keys and without undefined parts: the same text for the same content. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
  }
  return JSON.stringify(value ?? null)
}

const words = new Set(['label', 'description', 'owner', 'missing'])

/** Splits a definition into what it computes and what it is called. */
export function splitLogic(value: Readonly<Record<string, unknown>>): {
  readonly logic: unknown
  readonly text: unknown
} {
  const entries = Object.entries(value)
  return {
    logic: Object.fromEntries(entries.filter(([key]) => !words.has(key))),
    text: Object.fromEntries(entries.filter(([key]) => words.has(key))),
  }
}
