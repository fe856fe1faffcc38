import { existsSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import type { IdentifierKind } from '@tranche/contract'
import { stringify } from 'yaml'
import { writeAtomically } from '../engine/atomic-file.ts'
import { openDuckDb } from '../engine/duckdb.ts'
import { folderOf } from '../engine/folder.ts'
import { TrancheError } from '../errors.ts'
import { sealColumns } from '../intake/identity/seal-columns.ts'
import { stageFile } from '../intake/readers/stage-file.ts'
import { openKeyring } from '../privacy/pseudonym.ts'
import { columnOf } from '../segments/match-list.ts'
import { ident, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

export interface ImportedList {
  readonly key: string
  readonly rows: number
  /** Files written, relative to the workspace. */
  readonly files: readonly string[]
}

export interface ImportOptions {
  readonly column?: string
  readonly identifier?: IdentifierKind
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Takes a file that names customers into the workspace as a list: customer numbers as they stand, identifiers as pseudonyms only.
 * Who is on it is known after the next run.
 * @throws TrancheError invalid_input where there is such a set already, or the file or its column can't be read
 */
export async function importList(
  catalogue: Catalogue,
  key: string,
  file: string,
  { column, identifier, env }: ImportOptions,
): Promise<ImportedList> {
  const definition = join('segments', `${key}.yaml`)
  if (existsSync(join(catalogue.dir, definition))) throw alreadyThere(definition)
  const path = resolve(file)
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    const staged = await stageFile({ warehouse, file: path })
    const names = staged.columns.map(({ name }) => name)
    const found = columnOf({ file: basename(path), column }, names)
    await mkdir(join(catalogue.dir, 'lists'), { recursive: true, mode: 0o750 })
    const copy = join('lists', identifier === undefined ? `${key}${extname(path)}` : `${key}.csv`)
    if (identifier === undefined) await copyFile(path, join(catalogue.dir, copy))
    else {
      const keyring = await openKeyring({
        file: join(folderOf(catalogue.dir).root, 'pseudonym.key'),
        secret: env['TRANCHE_PSEUDONYM_KEY'],
      })
      await sealColumns(warehouse, staged, { [found]: { kind: identifier, use: 'match' } }, keyring, 'sealed')
      const rows = await warehouse.rows<{ pseudonym: string | null }>(
        sql`select ${ident(found)} as pseudonym from sealed order by _line`,
      )
      const lines = rows.map(({ pseudonym }) => pseudonym ?? '-')
      await writeAtomically(join(catalogue.dir, copy), `pseudonym\n${lines.join('\n')}\n`)
    }
    const list =
      identifier === undefined
        ? { file: copy.replaceAll('\\', '/'), column: found }
        : { file: copy.replaceAll('\\', '/'), column: 'pseudonym', identifier, sealed: true }
    await mkdir(join(catalogue.dir, 'segments'), { recursive: true })
    await writeAtomically(
      join(catalogue.dir, definition),
      stringify([{ key, label: { en: key, zh: key }, list }], { lineWidth: 0 }),
    )
    return { key, rows: staged.records, files: [definition, copy] }
  } finally {
    warehouse.close()
  }
}

function alreadyThere(file: string): TrancheError {
  return new TrancheError(
    'invalid_input',
    { en: `${file} is there already.`, zh: `${file} 已存在。` },
    {
      hint: {
        en: 'Choose another key, or put the new file in the place of the old one in lists/.',
        zh: '请更换键名，或用新文件替换 lists/ 中的旧文件。',
      },
    },
  )
}
