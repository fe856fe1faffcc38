import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Text } from '@tranche/contract'
import { folderOf } from '../engine/folder.ts'
import { readPointer } from '../engine/published.ts'
import { TrancheError } from '../errors.ts'
import { readRecommendations } from '../insights/recommend/publish-recommendations.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { recommendationFolder, starterRules } from '../workspace/recommendation-files.ts'
import { readManifest } from './manifest.ts'
import { openPublishedRun } from './published-run.ts'

export interface ListedRule {
  readonly key: string
  readonly label: Text
  readonly origin: 'starter' | 'own'
  readonly place: string
  /** Recommendations that it came to in the published run; null before the first. */
  readonly made: number | null
}

/** The rules in force, with how many recommendations each came to. */
export async function listRules(catalogue: Catalogue): Promise<readonly ListedRule[]> {
  const made = await madeBy(catalogue)
  return catalogue.recommendations.map(({ key, value, place }) => ({
    key,
    label: value.label,
    origin: catalogue.ownRecommendations ? 'own' : 'starter',
    place: place.line === undefined ? place.file : `${place.file}:${place.line}`,
    made: made === null ? null : (made.get(key) ?? 0),
  }))
}

/** Copies the starter set into the workspace. @throws TrancheError refused where it has rules of its own */
export async function saveStarterRules({ dir }: Pick<Catalogue, 'dir'>): Promise<readonly string[]> {
  const target = join(dir, recommendationFolder)
  if (existsSync(target))
    throw new TrancheError('refused', {
      en: `There are rules in ${recommendationFolder}/ already.`,
      zh: `${recommendationFolder}/ 中已有规则。`,
    })
  await cp(join(starterRules, recommendationFolder), target, { recursive: true })
  return [`${recommendationFolder}/starter.yaml`]
}

async function madeBy(catalogue: Catalogue): Promise<ReadonlyMap<string, number> | null> {
  const current = await readPointer(folderOf(catalogue.dir))
  if (current === null || (await readManifest(current))?.cluster !== undefined) return null
  const { warehouse } = await openPublishedRun(catalogue, 'results')
  try {
    const made = new Map<string, number>()
    for (const { rule } of await readRecommendations(warehouse)) made.set(rule, (made.get(rule) ?? 0) + 1)
    return made
  } finally {
    warehouse.close()
  }
}
