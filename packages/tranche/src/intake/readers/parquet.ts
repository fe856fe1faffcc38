import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import { columnNames } from './header.ts'
import type { StagedColumn, StagedFile, StagedKind, StageOptions } from './staged-file.ts'

/** A Parquet file, read where it lies with its own types; what is nested becomes JSON text. */
export async function stageParquet(options: StageOptions): Promise<StagedFile> {
  const { warehouse, file, limit } = options
  const described = await readable(file, () =>
    warehouse.rows<{ column_name: string; column_type: string }>(
      sql`describe select * from read_parquet(${file})`,
    ),
  )
  const { names, notes } = columnNames(described.map((column) => column.column_name))
  const columns: StagedColumn[] = described.map((column, index) => ({
    name: names[index]!,
    kind: kindOf(column.column_type),
  }))
  const selected = described.map((column, index) => {
    const name = ident(column.column_name)
    return sql`${isNested(column.column_type) ? sql`cast(to_json(${name}) as varchar)` : isOpaque(column.column_type) ? sql`cast(${name} as varchar)` : name} as ${ident(names[index]!)}`
  })
  const limited = limit === undefined ? sql`` : sql` limit ${limit}`
  const relation = sql`(select file_row_number + 1 as _line, ${join(selected)} from read_parquet(${file}, file_row_number = true)${limited})`
  const { n } = await readable(file, () =>
    warehouse.row<{ n: number }>(sql`select count(*) as n from read_parquet(${file})`),
  )
  const shown = limit === undefined ? n : Math.min(n, limit)
  return {
    relation,
    columns,
    rejected: null,
    firstLine: 1,
    records: shown,
    notes:
      shown < n
        ? [
            ...notes,
            {
              en: `Only ${shown === 1 ? 'the first row was' : `the first ${shown} rows were`} read.`,
              zh: `仅读取了前 ${shown} 行。`,
            },
          ]
        : notes,
    drop: async () => undefined,
  }
}

/**
 * Reads every value of a file, to tell damage in its pages, which shows only now, from a fault of ours.
 * @throws TrancheError invalid_source where some value can't be read
 */
export async function requireReadable(warehouse: Warehouse, file: string): Promise<void> {
  await readable(file, () => warehouse.rows(sql`select bit_xor(hash(t)) as h from read_parquet(${file}) t`))
}

async function readable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof TrancheError && cause.code === 'cancelled') throw cause
    throw new TrancheError(
      'invalid_source',
      { en: `${file} can't be read as Parquet.`, zh: `${file} 无法按 Parquet 读取。` },
      {
        cause,
        place: { file },
        hint: {
          en: 'The file is cut off, damaged or encrypted; write it again.',
          zh: '文件被截断、损坏或已加密，请重新生成。',
        },
      },
    )
  }
}

function kindOf(type: string): StagedKind {
  const base = type.toUpperCase()
  if (base.endsWith(']') || isNested(type)) return 'text'
  if (base.startsWith('DECIMAL')) return 'decimal'
  if (base === 'DATE') return 'date'
  if (base.startsWith('TIMESTAMP')) return 'instant'
  if (base === 'BOOLEAN') return 'bool'
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE)$/.test(base)) return 'number'
  return 'text'
}

function isNested(type: string): boolean {
  return type.endsWith(']') || /^(STRUCT|MAP|UNION|LIST)/i.test(type)
}

function isOpaque(type: string): boolean {
  return /^(BLOB|TIME|INTERVAL|UUID|ENUM|BIT|JSON|BIGNUM)/i.test(type) && !/^TIMESTAMP/i.test(type)
}
