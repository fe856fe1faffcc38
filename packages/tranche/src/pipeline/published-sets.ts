import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FrozenSet, SegmentSetModel, Text } from '@tranche/contract'
import { nearest } from '@tranche/language'
import { writeAtomically } from '../engine/atomic-file.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { segmentRules } from '../segments/check-segments.ts'
import type { SetModels } from '../segments/fit-sets.ts'
import type { PublishedSet } from '../segments/publish-segments.ts'
import { ident, sql } from '../sql/sql.ts'
import type { Catalogue, SegmentSetDefinition } from '../workspace/catalogue.ts'
import { frozenFolder } from '../workspace/frozen-sets.ts'
import { setArtefact } from './analysis.ts'
import { openPublishedRun } from './published-run.ts'
import { publishedColumns } from './published-segments.ts'
import { type SetOutcome, setOutcomes } from './set-outcomes.ts'
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
  const { warehouse, manifest } = await openPublishedRun(catalogue, 'results')
  try {
    const model = (await publishedModels(warehouse, catalogue)).get(key)
    if (model === undefined || model === null) throw noModel(set, model === null)
    if (model.kind === 'list') throw listIsFrozen(key)
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
  readonly cells: readonly {
    readonly segment: string
    readonly cell: string
    readonly label: Text
    readonly customers: number
    /** Of the people that the weights of a survey stand for; null without weights. */
    readonly weighted: number | null
  }[]
  /** Feature by whose weights people are counted; null without. */
  readonly weight: string | null
  /** Customers who are in no cell. */
  readonly unplaced: number
  readonly outcomes: readonly SetOutcome[]
}

/** A set with its model and how many each cell holds. @throws TrancheError not_found, refused */
export async function showSet(catalogue: Catalogue, key: string): Promise<ShownSet> {
  const set = catalogue.segmentSets.find((one) => one.key === key)
  if (set === undefined) throw noSet(catalogue, key)
  const { warehouse, manifest } = await openPublishedRun(catalogue, 'results')
  try {
    const model = (await publishedModels(warehouse, catalogue)).get(key)
    if (model === undefined || model === null) throw noModel(set, model === null)
    const cells = await warehouse.rows<{
      segment: string
      cell: string
      en: string
      zh: string
      customers: number
    }>(sql`
      select segment_sets.segment, cell, label_en as en, label_zh as zh, customers
      from segment_sets join segment_summary using (segment) where "set" = ${key}`)
    const { everybody } = await warehouse.row<{ everybody: number }>(
      sql`select count(*) as everybody from features`,
    )
    const known = await publishedColumns(warehouse, segmentRules(catalogue).scope)
    const weights = await weightedShares(warehouse, set.value.cluster?.weight, key)
    return {
      key,
      label: set.value.label,
      asOf: manifest.asOf,
      frozen: set.frozen !== null,
      model,
      cells: cells.map(({ segment, cell, en, zh, customers }) => ({
        segment,
        cell,
        label: { en, zh },
        customers,
        weighted: weights.get(cell) ?? null,
      })),
      weight: set.value.cluster?.weight ?? null,
      unplaced: everybody - cells.reduce((sum, { customers }) => sum + customers, 0),
      outcomes: await setOutcomes(warehouse, catalogue, key, known),
    }
  } finally {
    warehouse.close()
  }
}

async function weightedShares(
  warehouse: Warehouse,
  weight: string | undefined,
  set: string,
): Promise<ReadonlyMap<string, number>> {
  if (weight === undefined) return new Map()
  const value = sql`cast(features.${ident(weight)} as double)`
  const rows = await warehouse.rows<{ cell: string; share: number }>(sql`
    select ${ident(set)} as cell, sum(${value}) / sum(sum(${value})) over () as share
    from customer_sets join features using (customer_id)
    where ${ident(set)} is not null and ${value} > 0 group by ${ident(set)}`)
  return new Map(rows.map(({ cell, share }) => [cell, share]))
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

function listIsFrozen(key: string): TrancheError {
  return new TrancheError('invalid_input', {
    en: `${key} is a list: it stays as its file is, so there is nothing to freeze.`,
    zh: `${key} 是名单，内容随文件而定，无需冻结。`,
  })
}

function noModel({ key, value }: SegmentSetDefinition, wasTooFew: boolean): TrancheError {
  if (wasTooFew && value.lookalike !== undefined)
    return new TrancheError('refused', {
      en: `Nobody is called alike in ${key}: ${value.lookalike.of} has fewer than 100 customers, or its features tell them from others no better than chance.`,
      zh: `${key} 未划分相似客户：${value.lookalike.of} 不足 100 位客户，或所用特征无法将其与其他客户区分。`,
    })
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
