import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FrozenSet, SegmentSetModel, Text } from '@tranche/contract'
import { nearest } from '@tranche/language'
import { writeAtomically } from '../engine/atomic-file.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import type { SetModels } from '../segments/fit-sets.ts'
import type { PublishedSet } from '../segments/publish-segments.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { frozenFolder } from '../workspace/frozen-sets.ts'
import { setArtefact } from './analysis.ts'
import { openPublishedRun } from './published-run.ts'
import { loadArtefact } from './steps.ts'

/** Models of the sets whose definitions are those of the published run. */
export async function publishedModels(
  warehouse: Warehouse,
  { segmentSets }: Pick<Catalogue, 'segmentSets'>,
): Promise<SetModels> {
  const models = new Map()
  for (const { key, openHash } of segmentSets) {
    const published = await loadArtefact<PublishedSet>(warehouse, setArtefact(key))
    if (published !== null && published.definition === openHash) models.set(key, published.model)
  }
  return models
}

/**
 * Keeps the model of a set as it was published, so that the runs to come place customers by it instead of fitting anew.
 * @returns the file, relative to the workspace
 * @throws TrancheError not_found, refused where the published run has no model of this definition
 */
export async function freezeSet(catalogue: Catalogue, key: string): Promise<string> {
  const set = catalogue.segmentSets.find((one) => one.key === key)
  if (set === undefined) throw noSet(catalogue, key)
  const { warehouse, manifest } = await openPublishedRun(catalogue)
  try {
    const model = (await publishedModels(warehouse, catalogue)).get(key)
    if (model === undefined || model === null) throw noModel(key, model === null)
    const frozen: FrozenSet = { version: 1, set: key, definition: set.openHash, asOf: manifest.asOf, model }
    const file = join(frozenFolder, `${key}.json`)
    await mkdir(dirname(join(catalogue.dir, file)), { recursive: true })
    await writeAtomically(join(catalogue.dir, file), `${JSON.stringify(frozen, null, 2)}\n`)
    return file
  } finally {
    warehouse.close()
  }
}

export interface ShownSet {
  readonly key: string
  readonly label: Text
  readonly asOf: string
  readonly frozen: boolean
  readonly model: SegmentSetModel
  readonly cells: readonly { readonly segment: string; readonly label: Text; readonly customers: number }[]
}

/** A set with its model and how many each cell holds. @throws TrancheError not_found, refused */
export async function showSet(catalogue: Catalogue, key: string): Promise<ShownSet> {
  const set = catalogue.segmentSets.find((one) => one.key === key)
  if (set === undefined) throw noSet(catalogue, key)
  const { warehouse, manifest } = await openPublishedRun(catalogue)
  try {
    const model = (await publishedModels(warehouse, catalogue)).get(key)
    if (model === undefined || model === null) throw noModel(key, model === null)
    const cells = await warehouse.rows<{ segment: string; en: string; zh: string; customers: number }>(sql`
      select segment_sets.segment, label_en as en, label_zh as zh, customers
      from segment_sets join segment_summary using (segment) where "set" = ${key}`)
    return {
      key,
      label: set.value.label,
      asOf: manifest.asOf,
      frozen: set.frozen !== null,
      model,
      cells: cells.map(({ segment, en, zh, customers }) => ({ segment, label: { en, zh }, customers })),
    }
  } finally {
    warehouse.close()
  }
}

function noSet({ segmentSets }: Catalogue, key: string): TrancheError {
  const near = nearest(
    key,
    segmentSets.map((set) => set.key),
  )
  return new TrancheError(
    'not_found',
    {
      en: `There is no set of segments ${JSON.stringify(key)}.`,
      zh: `没有名为 ${JSON.stringify(key)} 的客群组。`,
    },
    near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } },
  )
}

function noModel(key: string, wasTooFew: boolean): TrancheError {
  return wasTooFew
    ? new TrancheError('refused', {
        en: `The published run has too few customers to tell clusters of ${key}.`,
        zh: `已发布的运行中客户太少，无法得到 ${key} 的聚类。`,
      })
    : new TrancheError(
        'refused',
        {
          en: `The published run has no model of ${key} as it is defined now.`,
          zh: `已发布的运行中没有 ${key} 当前定义的模型。`,
        },
        { hint: { en: 'Run `tranche run` first.', zh: '请先执行 `tranche run`。' } },
      )
}
