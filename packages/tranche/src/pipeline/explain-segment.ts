import { publishedTables, type Text, type Unit } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { type ExplainedFeature, explainCustomer } from '../features/explain-customer.ts'
import { type SegmentCatalogue, segmentRules } from '../segments/check-segments.ts'
import { explainMembership, type MembershipExplanation, ruleOf } from '../segments/explain-membership.ts'
import { inputAges } from '../segments/input-ages.ts'
import { namesOf } from '../segments/preview-rule.ts'
import { staysOf } from '../segments/stays.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { changedSince, definitionsThen, publishedDefinition } from './definitions-then.ts'
import { explanationLines } from './explain-lines.ts'
import { type LookOptions, recordLook } from './look.ts'
import { openPublishedRun } from './published-run.ts'
import { publishedColumns, requireColumns, requireSegment } from './published-segments.ts'
import { publishedModels } from './published-sets.ts'
import { withRowsOfRun } from './rows-of-run.ts'
import { type Staleness, stalenessOf } from './staleness.ts'

/** Why somebody is in a segment, or is not, with what that rests on. What is told is by the definition of the run, though it may have changed since. */
export interface ExplainedSegment extends MembershipExplanation, Staleness {
  readonly asOf: string
  /** The as-of of the run in which a member was first seen in it, under this definition; null for others. */
  readonly since: string | null
  /** That run; null for others, and where an older version did not note it. */
  readonly sinceRun: string | null
  /** Features that the rule reads, each with the rows that made it as of then. */
  readonly features: readonly ExplainedFeature[]
  readonly units: Readonly<Record<string, Unit>>
}

export interface SegmentExplanation {
  readonly document: ExplainedSegment
  readonly lines: readonly Text[]
  /** Why the look is not on record; null where it is. */
  readonly unrecorded: Text | null
}

/**
 * Why a customer is in a segment, or is not, by the definition and the data of the published run, or of the kept one as of a
 * day; the look goes on record. @throws TrancheError not_found
 */
export async function explainSegment(
  catalogue: Catalogue,
  customer: string,
  segment: string,
  { at, ...options }: LookOptions & { readonly at?: string } = {},
): Promise<SegmentExplanation> {
  if (at === undefined) requireSegment(catalogue, segment)
  const opened = await openPublishedRun(catalogue, 'all', at)
  const { warehouse, run, manifest } = opened
  try {
    const then = await publishedDefinition(warehouse, segment)
    const changed = await changedSince(warehouse, catalogue, segment)
    const held = await definitionsOfThen(warehouse, catalogue, {
      segment,
      at,
      asOf: manifest.asOf,
      changed,
      isThere: then !== null,
    })
    const rules = segmentRules(held)
    requireSegment(held, segment)
    const names = namesOf(ruleOf(segment, rules), rules)
    requireColumns(names, await publishedColumns(warehouse, rules.scope))
    const models = await publishedModels(warehouse, held)
    const membership = await explainMembership(warehouse, rules, customer, segment, models)
    const inputs = new Set([
      ...membership.clauses.flatMap(({ values }) => Object.keys(values)),
      ...Object.keys(membership.cluster?.values ?? {}),
    ])
    const asked = {
      ...{ catalogue: held, customer, asOf: manifest.asOf },
      keys: [...inputs].filter((name) => rules.scope.columns.get(name)?.from === 'features'),
    }
    const { features } = await withRowsOfRun(catalogue, opened, options.env ?? process.env, (rows) =>
      explainCustomer({ warehouse: rows, ...asked }),
    )
    const ofValue = publishedTables.find(({ name }) => name === 'customer_value')!.columns
    const units = Object.fromEntries(
      [
        ...held.features.map(({ key, value }) => [key, value.unit] as const),
        ...ofValue.map(({ name, unit }) => [name, unit] as const),
      ].filter(([name]) => inputs.has(name)),
    )
    const entry = await entryOf(warehouse, customer, segment)
    const staleness = stalenessOf((await inputAges(warehouse)).get(segment), changed, catalogue)
    const document = { ...membership, ...staleness, asOf: manifest.asOf, ...entry, features, units }
    const detail = { run: run.run, asOf: manifest.asOf, segment }
    const unrecorded = await recordLook(
      catalogue,
      { what: 'explain', subject: { customer }, detail },
      options,
    )
    return { document, lines: explanationLines(document, catalogue.workspace), unrecorded }
  } finally {
    warehouse.close()
  }
}

interface Asked {
  readonly segment: string
  readonly at: string | undefined
  readonly asOf: string
  readonly changed: boolean
  /** Whether the run has a segment of this key. */
  readonly isThere: boolean
}

/**
 * The definitions that the run was computed by. A segment that is newer than the published run is judged by those of today; a
 * run of an older version, which kept none, only where nothing changed since.
 */
async function definitionsOfThen(
  warehouse: Warehouse,
  catalogue: Catalogue,
  { segment, at, asOf, changed, isThere }: Asked,
): Promise<SegmentCatalogue> {
  if (!isThere && at === undefined) return catalogue
  const stored = isThere ? await definitionsThen(warehouse, catalogue) : null
  if (stored !== null) return stored
  if (isThere && !changed) return catalogue
  throw isThere ? keptNoDefinitions(segment, asOf) : wasNotThere(segment, asOf)
}

async function entryOf(
  warehouse: Warehouse,
  customer: string,
  segment: string,
): Promise<Pick<ExplainedSegment, 'since' | 'sinceRun'>> {
  const [stay] = await warehouse.rows<{ since: string; sinceRun: string | null }>(sql`
    select entered as since, entered_run as "sinceRun" from (${await staysOf(warehouse)}) as stays
    where segment = ${segment} and customer_id = ${customer} and "left" is null`)
  return stay ?? { since: null, sinceRun: null }
}

const byToday: Text = {
  en: 'To judge that day by the definition of today, run it again with --as-of.',
  zh: '若要以今天的定义判断该日，请用 --as-of 重新运行。',
}

function wasNotThere(segment: string, asOf: string): TrancheError {
  return new TrancheError(
    'refused',
    {
      en: `The run as of ${asOf} had no segment ${JSON.stringify(segment)} yet.`,
      zh: `截至 ${asOf} 的运行中还没有客群 ${JSON.stringify(segment)}。`,
    },
    { hint: byToday },
  )
}

function keptNoDefinitions(segment: string, asOf: string): TrancheError {
  return new TrancheError(
    'refused',
    {
      en: `${segment} was defined otherwise in the run as of ${asOf}, which kept no definitions.`,
      zh: `在截至 ${asOf} 的运行中，${segment} 的定义不同，且该次运行未保存定义。`,
    },
    { hint: byToday },
  )
}
