import { glob, readdir, stat } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'

const readable = /\.(csv|tsv|txt|data|asc|dat|jsonl|ndjson|json|parquet|xlsx)(\.gz)?$/i

/**
 * Files that paths, folders and globs name, from a folder; sorted, each once. What exists under the very name is
 * taken as such, whatever characters it has; a folder stands for the files in it that can be read.
 */
export async function expandFiles(dir: string, patterns: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const pattern of patterns) {
    const path = isAbsolute(pattern) ? pattern : resolve(dir, pattern)
    const kind = await stat(path).catch(() => undefined)
    if (kind?.isDirectory()) {
      const names = (await readdir(path))
        .filter((name) => readable.test(name) && !name.startsWith('.'))
        .sort()
      for (const name of names) found.add(join(path, name))
    } else if (kind !== undefined || !/[*?[{]/.test(pattern)) found.add(path)
    else {
      const matches: string[] = []
      for await (const match of glob(pattern, { cwd: dir })) matches.push(resolve(dir, match))
      for (const match of matches.sort()) found.add(match)
    }
  }
  return [...found]
}
