import type { Source } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, sql } from '../../sql/sql.ts'
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
  release(file: SourceFile): Promise<void>
  dropAll(): Promise<void>
}

export function createStagings({
  scratch,
  context,
}: Pick<TakeFilesOptions, 'context'> & { readonly scratch: () => Promise<Warehouse> }): Stagings {
  const open = new Map<string, Staging>()
  const kept = new Set<string>()
  const sources = new Map<string, LookedUpSource>()
  const stage = async ({ source, file }: Hashed): Promise<Staging> => {
    const known = open.get(file.absolute)
    if (known !== undefined) return known
    const staging = await stageOne(await scratch(), source.value, file, context.signal)
    open.set(file.absolute, staging)
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
        kept.add(item.file.absolute)
      }
      const source = await asOne(await scratch(), first, parts)
      sources.set(first.source.key, source)
      return source
    },
    release: async (file) => {
      if (kept.has(file.absolute)) return
      await open.get(file.absolute)?.staged.drop()
      open.delete(file.absolute)
    },
    dropAll: async () => {
      for (const { staged } of open.values()) await staged.drop()
      open.clear()
    },
  }
}

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
  source: Source,
  file: SourceFile,
  signal: AbortSignal,
): Promise<Staging> {
  const sealed = Object.keys(source.identifiers)
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

async function asOne(
  warehouse: Warehouse,
  { source, file }: Hashed,
  parts: readonly StagedFile[],
): Promise<LookedUpSource> {
  const { identifiers } = source.value
  const [first] = parts
  const names = first!.columns.map(({ name }) => ident(name))
  const relation =
    parts.length === 1
      ? first!.relation
      : sql`(${join(
          parts.map((part) => sql`select ${join([ident('_line'), ...names])} from ${part.relation}`),
          ' union all ',
        )})`
  const rows = await rawRowsOf(warehouse, { relation, columns: first!.columns }, identifiers, null)
  return { rows, file: file.path }
}
