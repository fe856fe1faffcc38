import { join as joinPath } from 'node:path'
import type { Source } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import type { Keyring } from '../../privacy/pseudonym.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { stageTable } from '../cluster/copy-table.ts'
import { sealColumns } from '../identity/seal-columns.ts'
import { recogniseFormat } from '../readers/recognise-format.ts'
import { stageFile } from '../readers/stage-file.ts'
import type { StagedFile } from '../readers/staged-file.ts'
import type { LookedUpSource } from './lookups.ts'
import { rawRowsOf } from './raw-columns.ts'
import type { SourceFile } from './source-files.ts'
import type { Hashed, TakeFilesOptions } from './take-files.ts'

export interface Staging {
  readonly staged: StagedFile
  readonly isParquet: boolean
}

/** Files as they stand in the scratch engine; looked-up ones stay until all are mapped. */
export interface Stagings {
  stage(item: Hashed): Promise<Staging>
  lookedUp(items: readonly Hashed[]): Promise<LookedUpSource>
  release(item: Pick<Hashed, 'source' | 'file'>): Promise<void>
  dropAll(): Promise<void>
}

type StagingOptions = Pick<TakeFilesOptions, 'context' | 'keyring' | 'folder' | 'cluster'>

export function createStagings({
  scratch,
  keyring,
  ...options
}: StagingOptions & { readonly scratch: () => Promise<Warehouse> }): Stagings {
  const open = new Map<string, Staging>()
  const kept = new Set<string>()
  const sources = new Map<string, LookedUpSource>()
  const stage = async ({ source, file }: Hashed): Promise<Staging> => {
    const known = open.get(placeOf({ source, file }))
    if (known !== undefined) return known
    const staging = await stageOne(await scratch(), source, file, options)
    open.set(placeOf({ source, file }), staging)
    return staging
  }
  return {
    stage,
    lookedUp: async (items) => {
      const [first] = items
      if (first === undefined) throw new TypeError('A looked-up source has no file.')
      const known = sources.get(first.source.key)
      if (known !== undefined) return known
      const parts: StagedFile[] = []
      for (const item of items) {
        parts.push((await stage(item)).staged)
        kept.add(placeOf(item))
      }
      const source = await asOne(await scratch(), first, parts, keyring)
      sources.set(first.source.key, source)
      return source
    },
    release: async (item) => {
      const place = placeOf(item)
      if (kept.has(place)) return
      await open.get(place)?.staged.drop()
      open.delete(place)
    },
    dropAll: async () => {
      for (const { staged } of open.values()) await staged.drop()
      open.clear()
    },
  }
}

/** Sheets of one workbook are sources of their own. */
const placeOf = ({ source, file }: Pick<Hashed, 'source' | 'file'>): string =>
  `${source.key} ${file.absolute}`

/** Keys of the sources that a source looks into. */
export function lookedUpSources({ tables }: Source): readonly string[] {
  return [
    ...new Set(
      tables.flatMap(({ columns, extras }) =>
        [...Object.values(columns), ...Object.values(extras)].flatMap(({ lookup }) =>
          lookup === undefined ? [] : [lookup.source],
        ),
      ),
    ),
  ]
}

async function stageOne(
  warehouse: Warehouse,
  definition: Definition<Source>,
  file: SourceFile,
  { context: { signal }, cluster, folder }: Omit<StagingOptions, 'keyring'>,
): Promise<Staging> {
  const source = definition.value
  const sealed = Object.keys(source.identifiers)
  if (source.cluster !== undefined) {
    const to = { warehouse, sealed, folder: joinPath(folder, 'spill', 'intake') }
    return { staged: await stageTable(await cluster!(), definition, to), isParquet: false }
  }
  if (source.postgres !== undefined)
    return {
      staged: await stageFile({ source, file: file.absolute, warehouse, sealed, signal }),
      isParquet: false,
    }
  const format = source.format ?? (await recogniseFormat(file.absolute))
  return {
    staged: await stageFile({ source, format, file: file.absolute, warehouse, sealed, signal }),
    isParquet: format.type === 'parquet',
  }
}

const linesApart = 10_000_000_000

/** Of what names persons only pseudonyms may be looked up: they number customers. */
export function pseudonymsOf({ identifiers }: Source): Source['identifiers'] {
  return Object.fromEntries(Object.entries(identifiers).filter(([, { use }]) => use === 'pseudonym'))
}

async function asOne(
  warehouse: Warehouse,
  { source, file }: Hashed,
  parts: readonly StagedFile[],
  keyring: Keyring,
): Promise<LookedUpSource> {
  const { identifiers } = source.value
  const [first] = parts
  const { columns } = first!
  const names = columns.map(({ name }) => ident(name))
  // Lines of several files are told apart, so that each finds its own pseudonyms.
  const relation =
    parts.length === 1
      ? first!.relation
      : sql`(${join(
          parts.map(
            (part, index) =>
              sql`select ${join([sql`_line + ${index * linesApart} as _line`, ...names])} from ${part.relation}`,
          ),
          ' union all ',
        )})`
  const sealed = await sealColumns(
    warehouse,
    { relation, columns },
    pseudonymsOf(source.value),
    keyring,
    `sealed_there_${source.key}`,
  )
  const rows = await rawRowsOf(warehouse, { relation, columns }, identifiers, sealed?.table ?? null)
  return { rows, file: file.path }
}
