import type { Text } from '@tranche/contract'

/** The parts of a persona's card, in their order. */
export const personaTitles = {
  who: { en: 'Who they are', zh: '他们是谁' },
  does: { en: 'What they do', zh: '行为特征' },
  worth: { en: 'What they are worth', zh: '客户价值' },
  needs: { en: 'What they need', zh: '潜在需求' },
  reach: { en: 'How to reach them', zh: '触达方式' },
  beware: { en: 'Beware', zh: '注意事项' },
} as const satisfies Readonly<Record<string, Text>>

export const personaCaution: Text = {
  en: 'Shares are of the group: no single customer is described by them.',
  zh: '以上占比描述的是群体，不代表其中任何一位客户。',
}

/** Groups that findings name, by message. */
export const foundGroupNames: Readonly<Record<string, Text>> = {
  'value.under_monetised': { en: 'Under-monetised customers', zh: '待激活客户' },
  'value.high_net_worth': { en: 'High-net-worth customers', zh: '高净值客户' },
  'tiers.silent_best': { en: 'High-value customers fallen silent', zh: '已沉睡的高价值客户' },
}
