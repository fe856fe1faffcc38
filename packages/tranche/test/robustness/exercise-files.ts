import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { command, complaint } from './in-process.ts'
import { type SpoiltClass, type SpoiltFile, streamOf } from './spoilt-file.ts'
import { put, type SmallInstitution } from './spoilt-workspace.ts'

const validRows = 120

/** The first files of a class. */
export function filesOf({ key, make }: SpoiltClass, count: number): readonly SpoiltFile[] {
  return Array.from({ length: count }, (_, index) => make(streamOf(key, index), index))
}

/** Puts each file that can't be read before the program, and gives what it did wrong. */
export async function exerciseRefused(
  place: SmallInstitution,
  files: readonly SpoiltFile[],
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const [index, file] of files.entries()) wrong.push(...(await refused(place, file, index)))
  return wrong
}

/** Puts files that can be read before the program, many at once, and gives what it did wrong. */
export async function exerciseRead(
  place: SmallInstitution,
  files: readonly SpoiltFile[],
  batch: number,
): Promise<readonly string[]> {
  const wrong: string[] = []
  const readable = files.filter(({ outcome }) => outcome.kind === 'read')
  for (let at = 0; at < readable.length; at += batch)
    wrong.push(...(await read(place, readable.slice(at, at + batch))))
  return wrong
}

/** A file that can't be read is said so, and what is published stays as it is. */
async function refused(place: SmallInstitution, file: SpoiltFile, index: number): Promise<string[]> {
  if (file.outcome.kind !== 'refused') return []
  const { says } = file.outcome
  const before = await place.published()
  const path = await put(place, file)
  try {
    const said =
      index % 4 === 3
        ? await command(['init', join(place.dir, 'proposed'), '--from', path, '--yes'])
        : await command(['-C', place.dir, 'run'])
    const found = complaint(said, { code: 2, says })
    const wrong = found === null ? [] : [`${file.name}: ${found}`]
    if (!said.stderr.includes(file.name)) wrong.push(`${file.name}: not named: ${said.stderr.slice(-400)}`)
    if ((await place.published()) !== before) wrong.push(`${file.name}: the published results changed`)
    return wrong
  } finally {
    await rm(path)
    await rm(join(place.dir, 'proposed'), { recursive: true, force: true })
  }
}

/** Rows of a batch beside the valid file: all are kept or in the quarantine with their line; none is lost. */
async function read(place: SmallInstitution, files: readonly SpoiltFile[]): Promise<string[]> {
  const paths = await Promise.all(files.map((file) => put(place, file)))
  try {
    const said = await command(['-C', place.dir, '--json', 'run'])
    const found = complaint(said, { code: 0 })
    if (found !== null) return [`${files.map(({ name }) => name).join(', ')}: ${found}`]
    return [...accounting(said.stdout, files), ...lines(await quarantined(place), files)]
  } finally {
    await Promise.all(paths.map((path) => rm(path)))
  }
}

function accounting(document: string, files: readonly SpoiltFile[]): string[] {
  const { manifest } = JSON.parse(document) as {
    manifest: {
      rows: { read: number; kept: number; quarantined: number; filtered: number; duplicates: number }[]
    }
  }
  const row = manifest.rows[0]!
  const expected = { kept: validRows, quarantined: 0 }
  for (const { outcome } of files)
    if (outcome.kind === 'read') {
      expected.kept += outcome.kept
      expected.quarantined += outcome.quarantinedLines.length
    }
  const given = { kept: row.kept, quarantined: row.quarantined }
  const wrong: string[] = []
  if (row.read !== row.kept + row.quarantined + row.filtered + row.duplicates)
    wrong.push(`rows lost: ${JSON.stringify(row)}`)
  if (JSON.stringify(given) !== JSON.stringify(expected))
    wrong.push(`${files[0]!.name} …: ${JSON.stringify(row)}, expected ${JSON.stringify(expected)}`)
  return wrong
}

async function quarantined(place: SmallInstitution): Promise<Map<string, number[]>> {
  const said = await command(['-C', place.dir, '--json', 'quarantine', 'list', '--limit', '100000'])
  const { rows } = JSON.parse(said.stdout) as { rows: { file: string; line: number }[] }
  const found = new Map<string, number[]>()
  for (const { file, line } of rows) found.set(basename(file), [...(found.get(basename(file)) ?? []), line])
  return found
}

function lines(found: Map<string, number[]>, files: readonly SpoiltFile[]): string[] {
  return files.flatMap(({ name, outcome }) => {
    if (outcome.kind !== 'read') return []
    const given = (found.get(name) ?? []).sort((a, b) => a - b)
    return JSON.stringify(given) === JSON.stringify(outcome.quarantinedLines)
      ? []
      : [`${name}: lines ${given} in the quarantine, expected ${outcome.quarantinedLines}`]
  })
}
