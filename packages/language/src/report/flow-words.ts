import type { Text } from '@tranche/contract'

/** Words of the picture of who went where: its key, its headings, its table. */
export const flowWords = {
  up: { en: '↑ went up', zh: '↑ 上升' },
  down: { en: '↓ went down', zh: '↓ 下降' },
  changed: { en: 'changed', zh: '变动' },
  kept: { en: 'stayed', zh: '未变' },
  joined: { en: 'came or left', zh: '进入或离开' },
  before: { en: 'then', zh: '当时' },
  after: { en: 'the same customers now', zh: '同一批客户现在' },
  from: { en: 'From', zh: '原属' },
  to: { en: 'To', zh: '现属' },
  customers: { en: 'Customers', zh: '客户数' },
  share: { en: 'Share of those there before', zh: '占原客户比例' },
} as const satisfies Readonly<Record<string, Text>>

/** Its sentences; what stands in braces is a number, a name or a day. */
export const flowSentences = {
  none: { en: 'None of {all} customers moved', zh: '{all}位客户无一变动' },
  moved: { en: '{moved} of {all} customers ({share}) moved', zh: '{all}位客户中有{moved}位（{share}）变动' },
  ranked: { en: ': {up} up, {down} down', zh: '：上升{up}位，下降{down}位' },
  between: { en: '{set}, from {before} to {after}', zh: '{set}，由{before}至{after}' },
  besides: { en: '; besides, ', zh: '；另有' },
  and: { en: ' and ', zh: '，' },
  came: { en: '{n} came in', zh: '{n}位进入' },
  left: { en: '{n} left', zh: '{n}位离开' },
} as const satisfies Readonly<Record<string, Text>>
