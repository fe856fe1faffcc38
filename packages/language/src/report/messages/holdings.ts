import type { Text } from '@tranche/contract'

/** Sentences about products held: what is missing where comparable customers have it, and what goes together. */
export const holdingMessages: Readonly<Record<string, Text>> = {
  'products.unmet': {
    en: 'Set beside customers alike in {held|attributes}, {a|level} hold less: {metric|measure} is {share|share}, {estimate|abs_points} below{interval|abs_points}. About {people|about} more would hold one if they came up to them.',
    zh: '与{held|attributes}相近的客户相比，{a|level}的{metric|measure}为{share|share}，低{estimate|abs_points}{interval|abs_points}；若达到同等水平，约有{people|about}位客户会新增持有。',
  },
  'products.together': {
    en: '{metric|measure|cap} is {rate|share} among {a|level} and {base|share} among others: {lift|ratio} times, a difference of {estimate|signed_points}{interval|signed_points}.',
    zh: '{a|level}的{metric|measure}为{rate|share}，其他客户为{base|share}，是后者的{lift|ratio}倍，相差{estimate|signed_points}{interval|signed_points}。',
  },
}

export const unprovenHoldingMessages: Readonly<Record<string, Text>> = {
  'products.unmet': {
    en: 'That {a|level} hold less than customers alike in {held|attributes} is not shown for {metric|measure}: {estimate|signed_points}{interval|signed_points}.',
    zh: '与{held|attributes}相近的客户相比，{a|level}的{metric|measure}未见显著偏低：{estimate|signed_points}{interval|signed_points}。',
  },
  'products.together': {
    en: 'That {metric|measure} differs for {a|level} is not shown: {estimate|signed_points}{interval|signed_points}.',
    zh: '{a|level}的{metric|measure}与其他客户未见显著差异：{estimate|signed_points}{interval|signed_points}。',
  },
}
