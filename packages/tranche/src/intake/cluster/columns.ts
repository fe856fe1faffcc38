import type { Source } from '@tranche/contract'
import type { TrinoColumn } from '../../engine/trino-protocol.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { RawColumn, RawColumns } from '../mapping/raw-columns.ts'
import type { StagedKind } from '../readers/staged-file.ts'

/** The columns of a table of the cluster as a mapping reads them; those of types that no mapping reads are left out. */
export function columnsInPlace(
  columns: readonly TrinoColumn[],
  identifiers: Source['identifiers'],
): RawColumns {
  return new Map(
    columns.flatMap(({ name, type }): [string, RawColumn][] => {
      const known = typeOf(type)
      if (known === null) return []
      const identifier = identifiers[name]
      const own = ident('s', name)
      if (identifier === undefined) return [[name, { name, sql: own, ...known }]]
      // Nothing may read it: what names a person stays where it is.
      const sealed = { kind: identifier.kind, readable: false, text: own }
      const nothing = sql`cast(null as varchar)`
      return [[name, { name, sql: nothing, kind: 'text', engineType: 'VARCHAR', identifier: sealed }]]
    }),
  )
}

/** A type of the cluster's by the names that mappings know; null for one that has no single value. */
function typeOf(type: string): { readonly kind: StagedKind; readonly engineType: string } | null {
  const bare = type.toLowerCase()
  const [, digits] = /^timestamp\((\d+)\)/.exec(bare) ?? []
  if (digits !== undefined)
    return {
      kind: 'instant',
      engineType: bare.endsWith('with time zone')
        ? 'TIMESTAMP WITH TIME ZONE'
        : Number(digits) > 6
          ? 'TIMESTAMP_NS'
          : 'TIMESTAMP',
    }
  if (/^(?:var)?char\b/.test(bare)) return { kind: 'text', engineType: 'VARCHAR' }
  if (/^decimal\(/.test(bare)) return { kind: 'decimal', engineType: bare.toUpperCase() }
  return simple[bare] ?? null
}

const simple: Readonly<Record<string, { readonly kind: StagedKind; readonly engineType: string }>> = {
  boolean: { kind: 'bool', engineType: 'BOOLEAN' },
  tinyint: { kind: 'number', engineType: 'TINYINT' },
  smallint: { kind: 'number', engineType: 'SMALLINT' },
  integer: { kind: 'number', engineType: 'INTEGER' },
  bigint: { kind: 'number', engineType: 'BIGINT' },
  real: { kind: 'number', engineType: 'FLOAT' },
  double: { kind: 'number', engineType: 'DOUBLE' },
  date: { kind: 'date', engineType: 'DATE' },
}
