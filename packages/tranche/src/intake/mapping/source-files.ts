import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import type { Source } from '@tranche/contract'
import { TrancheError } from '../../errors.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { expandFiles } from '../readers/list-files.ts'

export interface SourceFile {
  /** From the workspace's folder, with slashes; absolute where it lies elsewhere; `postgres:<table>`, `cluster:<table>`. */
  readonly path: string
  readonly absolute: string
  readonly bytes: number
  readonly mtimeMs: number
  readonly inode: number
}

/**
 * Files of a source in the order of their paths: named ones, globs, and all files of a folder.
 * @throws TrancheError invalid_source where nothing is there
 */
export async function sourceFiles(dir: string, source: Definition<Source>): Promise<readonly SourceFile[]> {
  const { files, postgres, cluster } = source.value
  const table = postgres !== undefined ? `postgres:${postgres.table}` : cluster && `cluster:${cluster.table}`
  if (table !== undefined) return [{ path: table, absolute: table, bytes: 0, mtimeMs: 0, inode: 0 }]
  const found = new Set<string>()
  for (const pattern of [files ?? []].flat()) {
    const named = await expandFiles(dir, [pattern])
    const matches: string[] = []
    for (const path of named) if (await isFile(path)) matches.push(path)
    if (matches.length === 0) throw nothingThere(pattern, dir, source)
    for (const path of matches) found.add(path)
  }
  const paths = [...found].sort()
  return await Promise.all(
    paths.map(async (absolute) => {
      const { size, mtimeMs, ino } = await stat(absolute)
      return { path: shownPath(dir, absolute), absolute, bytes: size, mtimeMs, inode: ino }
    }),
  )
}

/** sha256 of a file's bytes, streamed. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const stream = createReadStream(path, {
    highWaterMark: 1 << 20,
    ...(signal === undefined ? {} : { signal }),
  })
  for await (const chunk of stream) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}

function shownPath(dir: string, absolute: string): string {
  const path = relative(dir, absolute)
  return path.startsWith('..') || isAbsolute(path) ? absolute : path.split(sep).join('/')
}

function nothingThere(pattern: string, dir: string, source: Definition<Source>): TrancheError {
  return new TrancheError(
    'invalid_source',
    {
      en: `Source ${source.key}: there is no file ${JSON.stringify(pattern)} in ${dir}.`,
      zh: `来源 ${source.key}：${dir} 中没有文件 ${JSON.stringify(pattern)}。`,
    },
    {
      place: source.placeOf(['files']),
      hint: { en: 'Put the file there, or correct files.', zh: '请放入该文件，或修改 files。' },
    },
  )
}
