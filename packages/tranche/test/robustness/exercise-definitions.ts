import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command, complaint } from './in-process.ts'
import type { SpoiltDefinitionsClass } from './spoilt-definitions.ts'
import { streamOf } from './spoilt-file.ts'
import type { SmallInstitution } from './spoilt-workspace.ts'

/** Puts spoilt definitions before the program, and gives what it did wrong. */
export async function exerciseDefinitions(
  place: SmallInstitution,
  { key, make }: SpoiltDefinitionsClass,
  count: number,
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (let index = 0; index < count; index++) {
    const { path, bytes, says } = make(streamOf(key, index), index)
    const file = join(place.dir, path)
    const before = await readFile(file).catch(() => null)
    const published = await place.published()
    await writeFile(file, bytes)
    try {
      // Good definitions are only checked: whether they compute is seen once for all of them together.
      const args = says === null || index % 3 === 2 ? ['--json', 'validate'] : ['run']
      const said = await command(['-C', place.dir, ...args])
      const people = { ...said, stderr: said.stderr, stdout: '' }
      const found = complaint(people, says === null ? { code: 0 } : { code: 2, says })
      if (found !== null) wrong.push(`${key} ${index}: ${found}\n${bytes.toString().slice(0, 300)}`)
      if (args[0] === '--json') JSON.parse(said.stdout)
      if ((await place.published()) !== published)
        wrong.push(`${key} ${index}: the published results changed`)
    } finally {
      if (before === null) await rm(file)
      else await writeFile(file, before)
    }
  }
  return wrong
}
