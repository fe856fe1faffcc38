/** Segments that every workspace has: a column of `customer_value` and the value that makes a member. */
export const standingSegments = [
  ...(['high', 'medium', 'low'] as const).map((value) => ({ key: `tier_${value}`, column: 'tier', value })),
  ...(['active', 'silent', 'lost'] as const).map((value) => ({
    key: `activity_${value}`,
    column: 'activity',
    value,
  })),
] as const
