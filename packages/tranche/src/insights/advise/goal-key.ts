import type { Catalogue } from '../../workspace/catalogue.ts'

/** What the goals of the trade are called, and the features that stand for them, the first that there is. */
const goals: Readonly<Record<string, readonly string[]>> = {
  conversion: [
    'invested_30d_from_onboarding',
    'invested_90d_from_onboarding',
    'invested_ever',
    'repeat_within_90d',
  ],
  revenue: ['revenue_365d', 'spend_365d', 'spend_90d'],
  default: ['default_ever', 'charged_off_ever'],
  churn: ['days_since_last_activity', 'days_since_last_purchase'],
  retention: ['active_days_180d', 'purchases_90d'],
}

/**
 * The feature or outcome metric that a goal names: itself, or for conversion, revenue, default, churn and retention the
 * outcome that is called so, or else the feature that stands for it here. What nothing stands for is given back as it is.
 */
export function goalKey(
  goal: string,
  { features, metrics }: Pick<Catalogue, 'features' | 'metrics'>,
): string {
  const candidates = goals[goal]
  if (candidates === undefined || features.some(({ key }) => key === goal)) return goal
  const outcome = metrics.find(
    ({ key, value }) =>
      value.outcome !== undefined && (key.includes(goal) || value.label.en.toLowerCase().includes(goal)),
  )
  return outcome?.key ?? candidates.find((name) => features.some(({ key }) => key === name)) ?? goal
}
