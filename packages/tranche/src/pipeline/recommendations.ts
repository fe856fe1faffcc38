import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  keySchema,
  type LedgerEntry,
  type Realised,
  type Recommendation,
  type RecommendationStatus,
  segmentSchema,
  type Text,
} from '@tranche/contract'
import { nearest } from '@tranche/language'
import { stringify } from 'yaml'
import { TrancheError } from '../errors.ts'
import { readRecommendations } from '../insights/recommend/publish-recommendations.ts'
import { checkRule, segmentRules } from '../segments/check-segments.ts'
import { appendAuditWithin } from '../store/audit.ts'
import { openExistingState } from '../store/open-state.ts'
import { appendStep, ledgerEntries, type RecordedStep, stepsOf } from '../store/recommendation-ledger.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { currentUser, type LookOptions } from './look.ts'
import { openPublishedRun } from './published-run.ts'
import { stateOptionsOf, withState } from './state.ts'

/** A recommendation of the published run or of the ledger, with what became of it. */
export interface ListedRecommendation {
  readonly key: string
  readonly status: RecommendationStatus
  readonly label: Text
  /** Whether the published run makes it. */
  readonly current: boolean
  readonly reach: number | null
  readonly unit: Recommendation['unit']
  readonly effect: number | null
  readonly cost: number | null
  readonly realised: Realised | null
  readonly reason: string | null
  readonly due_on: string | null
}

/** Recommendations of the published run in the order of their keys, then others that somebody decided about. */
export async function listRecommendations(
  catalogue: Catalogue,
  options: LookOptions = {},
): Promise<readonly ListedRecommendation[]> {
  const { recommendations } = await publishedOnes(catalogue)
  const entries = new Map((await ledgerOf(catalogue, options)).map((entry) => [entry.key, entry]))
  const current = recommendations.map((one): ListedRecommendation => {
    const entry = entries.get(one.key)
    const { key, label, reach, unit, effect, cost, due_on } = one
    const status = entry?.status ?? 'proposed'
    return {
      ...{ key, status, label, current: true, reach, unit, effect, cost },
      realised: entry?.realised ?? null,
      reason: entry?.reason ?? null,
      due_on,
    }
  })
  const known = new Set(recommendations.map(({ key }) => key))
  const others = [...entries.values()]
    .filter(({ key }) => !known.has(key))
    .map(({ key, status, expected, realised, reason }): ListedRecommendation => {
      const { label, reach, unit, effect, cost } = expected
      return { key, status, label, current: false, reach, unit, effect, cost, realised, reason, due_on: null }
    })
  return [...current, ...others]
}

export interface ShownRecommendation {
  readonly recommendation: Recommendation | null
  readonly steps: readonly RecordedStep[]
}

/** One recommendation as the published run makes it, with its steps. @throws TrancheError not_found */
export async function showRecommendation(
  catalogue: Catalogue,
  key: string,
  options: LookOptions = {},
): Promise<ShownRecommendation> {
  const { recommendations } = await publishedOnes(catalogue)
  const recommendation = recommendations.find((one) => one.key === key) ?? null
  const state = await openExistingState(stateOptionsOf(catalogue, options))
  try {
    const steps = state === null ? [] : await stepsOf(state, key)
    if (recommendation === null && steps.length === 0) throw unknown(key, recommendations)
    return { recommendation, steps }
  } finally {
    await state?.close()
  }
}

export interface Decision {
  readonly status: Exclude<RecommendationStatus, 'proposed'>
  readonly reason?: string
  readonly realised?: Realised
}

/**
 * Records a step of a recommendation, and who took it; the next report tells it.
 * @throws TrancheError not_found; refused where the step does not follow, or the policy stopped the recommendation
 */
export async function decideRecommendation(
  catalogue: Catalogue,
  key: string,
  { status, reason, realised }: Decision,
  options: LookOptions = {},
): Promise<void> {
  const { recommendations, run } = await publishedOnes(catalogue)
  const found = recommendations.find((one) => one.key === key)
  const { clock } = stateOptionsOf(catalogue, options)
  const who = options.who ?? currentUser()
  await withState(catalogue, options, (state) =>
    state.transaction(async (within) => {
      if (found === undefined && (await stepsOf(within, key)).length === 0)
        throw unknown(key, recommendations)
      if (found?.verdict === 'stopped' && status !== 'refused') throw stopped(found)
      const now = clock()
      await appendStep(
        within,
        {
          ...{ key, status, who, run, reason: reason ?? null },
          ...(found === undefined ? {} : { expected: expectedOf(found) }),
          ...(realised === undefined ? {} : { realised }),
        },
        now,
      )
      const detail = { run, ...(reason === undefined ? {} : { reason }) }
      await appendAuditWithin(within, { who, what: `recommendation_${status}`, subject: key, detail }, now)
    }, 'audit'),
  )
}

/**
 * Writes a recommendation's group as a segment of the workspace.
 * @throws TrancheError not_found, invalid_input (no key), refused (the key is taken, the policy left no group)
 */
export async function saveSegment(
  catalogue: Catalogue,
  key: string,
  as: string | undefined,
): Promise<{ readonly segment: string; readonly file: string }> {
  const { recommendations } = await publishedOnes(catalogue)
  const found = recommendations.find((one) => one.key === key)
  if (found === undefined) throw unknown(key, recommendations)
  if (found.group === null) throw stopped(found)
  const segment = as ?? found.rule
  if (!keySchema.safeParse(segment).success)
    throw new TrancheError('invalid_input', {
      en: `${JSON.stringify(segment)} is no key: lower-case letters, digits and _, starting with a letter.`,
      zh: `${JSON.stringify(segment)} 不是合法的键：只能使用小写字母、数字和 _，并以字母开头。`,
    })
  checkRule(found.group, segmentRules(catalogue).scope)
  const file = join('segments', `${segment}.yaml`)
  const path = join(catalogue.dir, file)
  if (catalogue.segments.some((one) => one.key === segment) || existsSync(path))
    throw new TrancheError(
      'refused',
      { en: `There is a segment ${segment} already.`, zh: `已有客群 ${segment}。` },
      { hint: { en: 'Give another key: --as KEY', zh: '请用 --as KEY 指定其他键。' } },
    )
  const definition = segmentSchema.parse({
    key: segment,
    label: found.label,
    rule: found.group,
    purposes: [found.purpose],
  })
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, stringify([definition], { lineWidth: 0 }), { flag: 'wx' })
  return { segment, file }
}

async function publishedOnes(catalogue: Catalogue) {
  const { warehouse, run } = await openPublishedRun(catalogue, 'results')
  try {
    return { recommendations: await readRecommendations(warehouse), run: run.run }
  } finally {
    warehouse.close()
  }
}

async function ledgerOf(catalogue: Catalogue, options: LookOptions): Promise<readonly LedgerEntry[]> {
  const state = await openExistingState(stateOptionsOf(catalogue, options))
  try {
    return state === null ? [] : await ledgerEntries(state)
  } finally {
    await state?.close()
  }
}

function expectedOf(found: Recommendation): LedgerEntry['expected'] {
  const { label, effect_metric, unit, effect, effect_low, effect_high, cost, reach, group } = found
  return { label, effect_metric, unit, effect, effect_low, effect_high, cost, reach, group }
}

function unknown(key: string, recommendations: readonly Recommendation[]): TrancheError {
  const near = nearest(
    key,
    recommendations.map((one) => one.key),
  )
  return new TrancheError(
    'not_found',
    {
      en: `There is no recommendation ${JSON.stringify(key)}.`,
      zh: `没有名为 ${JSON.stringify(key)} 的建议。`,
    },
    near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } },
  )
}

function stopped({ key, stopped_attributes: attributes, purpose }: Recommendation): TrancheError {
  return new TrancheError('refused', {
    en: `The policy of attributes stopped ${key}: ${attributes.join(', ')} may not serve ${purpose}.`,
    zh: `属性策略已拦截 ${key}：${attributes.join('、')} 不得用于 ${purpose}。`,
  })
}
