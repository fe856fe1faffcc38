import type { Columns, Row } from './warehouse.ts'

/** The only row of a result that has exactly one. */
export function onlyRow<T extends Row>(found: readonly T[]): T {
  const [only] = found
  if (found.length !== 1 || only === undefined)
    throw new TypeError(`Expected one row, found ${found.length}.`)
  return only
}

/** All parts of a result as one. */
export async function gather(batches: AsyncIterable<Columns>): Promise<Columns> {
  const parts: Columns[] = []
  for await (const part of batches) parts.push(part)
  return concatenate(parts)
}

function concatenate(parts: readonly Columns[]): Columns {
  const [first] = parts
  if (first === undefined) return { rowCount: 0, names: [], byName: {} }
  const rowCount = parts.reduce((sum, part) => sum + part.rowCount, 0)
  const byName = Object.fromEntries(
    first.names.map((name) => {
      if (first.byName[name]?.type === 'string') {
        const values: (string | null)[] = []
        for (const part of parts)
          for (const value of part.byName[name]?.values ?? []) values.push(value as string | null)
        return [name, { type: 'string' as const, values }]
      }
      const values = new Float64Array(rowCount)
      const valid = new Uint8Array(rowCount)
      let at = 0
      for (const part of parts) {
        const column = part.byName[name]
        if (column?.type === 'number') {
          values.set(column.values, at)
          valid.set(column.valid, at)
        }
        at += part.rowCount
      }
      return [name, { type: 'number' as const, values, valid }]
    }),
  )
  return { rowCount, names: first.names, byName }
}
