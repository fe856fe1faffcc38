import type { Text } from '@tranche/contract'

const shrunk = (style: 'share' | 'by_unit'): Text => ({
  en: `Small places drawn towards the mean, {best|level} leads in {metric|measure} with {estimate|${style}}{interval|${style}}, against {raw|${style}} as it stands; {worst|level} comes last of {levels|count} with {worst_value|${style}}.`,
  zh: `将样本量小的地区向总体均值收缩后，{best|level}的{metric|measure}居首：收缩前为{raw|${style}}，收缩后为{estimate|${style}}{interval|${style}}；{worst|level}在{levels|count}个地区中居末，为{worst_value|${style}}。`,
})

/** Sentences about places, the young and what is within reach. */
export const placeMessages: Readonly<Record<string, Text>> = {
  'region.shrunk.rate': shrunk('share'),
  'region.shrunk.mean': shrunk('by_unit'),
  'region.index': {
    en: 'Set against “{base|text}”, customers gather most in {best|level}: {share|share} of customers live there and {base_share|share} of the base, {estimate|ratio} times{interval|ratio}; {worst|level} stands at {worst_value|ratio} times.',
    zh: '以“{base|text}”为基数，客户最集中于{best|level}：客户占比{share|share}，基数占比{base_share|share}，集中度指数为{estimate|ratio}{interval|ratio}；{worst|level}最低，为{worst_value|ratio}。',
  },
  'age.young_risk': {
    en: 'Defaults have taken {a_value|share} of the revenue of {a|level} in the last 365 days, and {b_value|share} of that of {b|level}: {estimate|ratio} times{interval|ratio}.',
    zh: '近365天，{a|level}的违约损失相当于其收入的{a_value|share}，{b|level}为{b_value|share}，前者是后者的{estimate|ratio}倍{interval|ratio}。',
  },
  'value.realistic': {
    en: 'For these {people|count} customers {estimate|money} is realistic{interval|money}: what they would add by coming up to the level that three of four of their peers reach, {of_room|share} of the room.',
    zh: '对这{people|count}位客户而言，较为现实的空间为{estimate|money}{interval|money}，即达到四分之三同类客户已有的水平，占全部空间的{of_room|share}。',
  },
}

export const unprovenPlaceMessages: Readonly<Record<string, Text>> = {
  'region.index': {
    en: 'Set against “{base|text}”, customers are spread over {levels|count} places as the base is.',
    zh: '以“{base|text}”为基数，客户在{levels|count}个地区的分布与基数未见显著差异。',
  },
  'age.young_risk': {
    en: 'That defaults take another share of the revenue of {a|level} than of {b|level} is not shown: {a_value|share} against {b_value|share}, {estimate|ratio} times{interval|ratio}.',
    zh: '{a|level}与{b|level}的违约损失占收入之比未见显著差异：{a_value|share}对{b_value|share}，为{estimate|ratio}倍{interval|ratio}。',
  },
}
