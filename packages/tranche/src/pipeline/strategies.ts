/** The five strategies of segmentation, each with a pack of its name. */
export const strategyNames = ['risk', 'behaviour', 'demographic', 'value', 'psychographic'] as const
export type StrategyName = (typeof strategyNames)[number]
