import { createHash } from 'node:crypto'
import type { Expectation, Source, TableMapping } from '@tranche/contract'
import { canonicalJson, sha256 } from '../../workspace/hash.ts'
import { rowKinds } from '../quality/row-expectations.ts'

/** Raised when the same file and mapping would give other rows than before, or more is kept of them. */
const mapperVersion = 2

/** What, beside a file's content, decides the rows that are made of it. */
export interface MappingInputs {
  readonly source: Source
  readonly timeZone: string
  /** Fingerprint of the key of pseudonyms; only counts where something is sealed. */
  readonly key: string
  /** Content of looked-up files, in order. */
  readonly lookedUp: readonly string[]
}

/** Hash of a mapping: words, precedence and what is only counted after mapping don't matter. */
export function mappingHash({ source, timeZone, key: keyOfPseudonyms, lookedUp }: MappingInputs): string {
  const { key, system, format, postgres, cluster, identifiers, tables, expectations } = source
  const seals = Object.values(identifiers).some(({ use }) => use !== 'drop')
  return sha256(
    canonicalJson({
      mapperVersion,
      key,
      system,
      format,
      postgres,
      cluster,
      identifiers,
      tables: tables.map(rowsOf),
      expectations: expectations.map(perRow),
      timeZone,
      pseudonyms: seals ? keyOfPseudonyms : null,
      lookedUp,
    }),
  )
}

/** Short name of a source's file by its content: the same under any mapping. */
export function fileIdOf(source: string, contentSha256: string): string {
  return createHash('sha256').update(`${source}\x1f${contentSha256}`).digest('hex').slice(0, 12)
}

function rowsOf({ precedence: _precedence, expectations, extras, ...mapping }: TableMapping): unknown {
  return {
    ...mapping,
    extras: Object.fromEntries(
      Object.entries(extras).map(([key, { label: _label, unit: _unit, ...column }]) => [key, column]),
    ),
    expectations: expectations.map(perRow),
  }
}

function perRow(expectation: Expectation): unknown {
  const { column, quarantine } = expectation
  const kinds = rowKinds.flatMap((kind) =>
    expectation[kind] === undefined ? [] : [[kind, expectation[kind]] as const],
  )
  return kinds.length === 0 ? null : { column, quarantine, ...Object.fromEntries(kinds) }
}
