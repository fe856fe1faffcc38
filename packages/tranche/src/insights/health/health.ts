import type { Warehouse } from '../../engine/warehouse.ts'
import { attributePolicyOf } from '../../privacy/attribute-policy.ts'
import type { SegmentRules } from '../../segments/check-segments.ts'
import type { SetModels } from '../../segments/fit-sets.ts'
import type { RuleScope } from '../../segments/rule-scope.ts'
import { standingSegments } from '../../segments/standing.ts'
import { sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { alikeCells } from './alike-cells.ts'
import { coldStarts } from './cold-starts.ts'
import { drifts } from './drifts.ts'
import { overlaps } from './overlaps.ts'
import { proxies } from './proxies.ts'
import { rigidCuts } from './rigid.ts'
import { neededToMeasure } from './size.ts'

/** What ails a segment or a set; the numbers say how badly. */
export type Ailment =
  | { readonly kind: 'empty'; readonly segment: string }
  /** Two arms of `needed` customers each would find a change of five points of those active, four times of five. */
  | {
      readonly kind: 'too_small'
      readonly segment: string
      readonly customers: number
      readonly needed: number
    }
  | { readonly kind: 'unknown'; readonly segment: string; readonly unknown: number; readonly share: number }
  | { readonly kind: 'redundant'; readonly segment: string; readonly other: string; readonly jaccard: number }
  /** Cells of a set that neither value nor activity tells apart; merging them loses least. */
  | {
      readonly kind: 'over_segmented'
      readonly set: string
      readonly merge: readonly [string, string]
      readonly p: number
      readonly alike: number
      readonly pairs: number
    }
  | { readonly kind: 'unstable'; readonly set: string; readonly stability: number }
  /** Shares of its cells moved since the run before. */
  | { readonly kind: 'drifting'; readonly set: string; readonly psi: number }
  /** Membership gives a protected attribute away. */
  | {
      readonly kind: 'proxy'
      readonly segment: string
      readonly attribute: string
      readonly cramersV: number
    }
  /** Were the cut two in a hundred higher or lower, so many would change sides; the share is for each member. */
  | {
      readonly kind: 'rigid'
      readonly segment: string
      readonly name: string
      readonly cut: number
      readonly movers: number
      readonly share: number
    }
  /** New customers crowd in one cell, or in none where it is null; `others` is the share of the rest there. */
  | {
      readonly kind: 'cold_start'
      readonly set: string
      readonly cell: string | null
      readonly customers: number
      readonly share: number
      readonly others: number
      readonly lacking: { readonly name: string; readonly share: number } | null
    }
  /** Defined otherwise since the run, or resting on data that ends long before it. Of a set all cells. */
  | {
      readonly kind: 'stale'
      readonly segment: string
      readonly changed: boolean
      readonly oldestInput: string | null
      readonly oldestInputDays: number | null
    }

export interface SegmentHealth {
  readonly segments: number
  readonly ailments: readonly Ailment[]
}

export interface HealthOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly scope: RuleScope
  readonly rules: SegmentRules
  readonly models: SetModels
  /** Found by who knows what changed since the run. */
  readonly stale: readonly Ailment[]
}

/** Share of customers of whom it is not known, above which a count says little. */
const muchUnknown = 0.2
/** Below it clusters should not be believed; Hennig (2007), https://doi.org/10.1016/j.csda.2006.11.025. */
const leastStability = 0.75

type Size = {
  readonly segment: string
  readonly customers: number
  readonly unknown: number
  readonly active: number | null
}

/**
 * Whether the segments of a published run are worth having: large enough to measure, known, told apart, stable, no two the same,
 * none a stand-in for a protected attribute. Cost: a pass over membership for each question.
 */
export async function segmentHealth(options: HealthOptions): Promise<SegmentHealth> {
  const { warehouse, catalogue, rules, models, scope } = options
  const { sets } = rules
  const known = new Set(scope.columns.keys())
  const all = await warehouse.rows<Size>(sql`
    select segment_summary.segment, customers, unknown, active
    from segment_summary left join (
      select segment, avg(case when activity is not null then cast(activity = 'active' as integer) end) as active
      from segment_membership join customer_value using (customer_id) group by segment
    ) as rates on rates.segment = segment_summary.segment
    order by segment_summary.segment`)
  const { everyone } = await warehouse.row<{ everyone: number }>(
    sql`select count(*) as everyone from customer_value`,
  )
  // Without purchases nobody has a tier or an activity, of which six segments have nothing to say.
  const isIdle = ({ segment, customers, unknown }: Size) =>
    customers === 0 && unknown === everyone && standingSegments.some(({ key }) => key === segment)
  const sizes = all.filter((size) => !isIdle(size))
  const guarded = [...attributePolicyOf(catalogue)].flatMap(([name, { sensitivity }]) =>
    sensitivity === 'ordinary' ? [] : [name],
  )
  return {
    segments: sizes.length,
    ailments: [
      ...sizes.flatMap((size) => ofSize(size, everyone)),
      ...(await overlaps(warehouse, sets)),
      ...(await alikeCells(warehouse, sets, models)),
      ...unstable(models),
      ...(await drifts(warehouse, sets)),
      ...(await proxies({ ...options, guarded })),
      ...(await rigidCuts(warehouse, rules, models, known)),
      ...(await coldStarts(warehouse, rules, known)),
      ...options.stale,
    ],
  }
}

function ofSize({ segment, customers, unknown, active }: Size, everyone: number): readonly Ailment[] {
  const open: readonly Ailment[] =
    unknown > muchUnknown * everyone ? [{ kind: 'unknown', segment, unknown, share: unknown / everyone }] : []
  if (customers === 0) return [{ kind: 'empty', segment }, ...open]
  const needed = active === null ? null : neededToMeasure(active)
  return needed === null || customers >= 2 * needed
    ? open
    : [{ kind: 'too_small', segment, customers, needed }, ...open]
}

function unstable(models: SetModels): readonly Ailment[] {
  return [...models].flatMap(([set, model]): readonly Ailment[] => {
    if (model?.kind !== 'cluster') return []
    const chosen = model.tried.find(({ k }) => k === model.centers.length)
    return chosen === undefined || chosen.stability >= leastStability
      ? []
      : [{ kind: 'unstable', set, stability: chosen.stability }]
  })
}
