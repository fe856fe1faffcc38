import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'
import { TrancheError } from '../errors.ts'
import { verifyAudit } from './audit.ts'
import { newestVersion, versionOf } from './migrate.ts'
import { createPrivately, guarded, openSqlite } from './sqlite.ts'

/**
 * Copies an embedded state to one file (mode 0600), whole as of one moment, while others go on writing.
 * @throws TrancheError invalid_input where the file is there already
 */
export async function backUpSqlite(stateFile: string, file: string): Promise<void> {
  if (existsSync(file))
    throw new TrancheError(
      'invalid_input',
      { en: `${file} is there already.`, zh: `${file} 已存在。` },
      { hint: { en: 'Name another file.', zh: '请指定其他文件名。' } },
    )
  const partial = `${file}.part`
  await rm(partial, { force: true })
  try {
    await copyDatabase(stateFile, partial)
    // One file alone, without a journal beside it.
    const copy = new DatabaseSync(partial)
    copy.exec('pragma journal_mode = delete')
    copy.close()
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/**
 * Puts a backup in the place of the embedded state, in one transaction of SQLite: whoever has the state open sees the
 * old one or the new one. @throws TrancheError damaged or unsupported for a file that is no sound backup; nothing is changed then
 */
export async function restoreSqlite(file: string, stateFile: string): Promise<void> {
  await requireSound(file)
  await copyDatabase(file, stateFile)
}

async function copyDatabase(from: string, to: string): Promise<void> {
  await guarded(to, async () => {
    await createPrivately(to)
    const source = new DatabaseSync(from, { readOnly: true })
    try {
      await backup(source, to)
    } finally {
      source.close()
    }
  })
}

async function requireSound(file: string): Promise<void> {
  if (!existsSync(file))
    throw new TrancheError('not_found', { en: `There is no file ${file}.`, zh: `文件 ${file} 不存在。` })
  const state = await openSqlite(file, { readOnly: true })
  try {
    const version = await versionOf(state)
    if (version === 0) throw unsound(file)
    if (version > newestVersion)
      throw new TrancheError('unsupported', {
        en: `${file} has version ${version}; this program knows versions up to ${newestVersion}.`,
        zh: `${file} 的版本为 ${version}，本程序最高支持版本 ${newestVersion}。`,
      })
    const { status } = await verifyAudit(state)
    if (status !== 'whole') throw unsound(file)
  } finally {
    await state.close()
  }
}

function unsound(file: string): TrancheError {
  return new TrancheError('damaged', {
    en: `${file} is no sound backup of a state.`,
    zh: `${file} 不是完好的状态库备份。`,
  })
}
