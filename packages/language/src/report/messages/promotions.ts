import type { Text } from '@tranche/contract'

/** Sentences about what customers cost whom a promotion brought, and what they earn. */
export const promotionMessages: Readonly<Record<string, Text>> = {
  'promotion.kept': {
    en: 'A customer won through {a|level} costs {won|money}; {share|share} of them are active today, so that one who is kept costs {estimate|money}{interval|money}.',
    zh: '通过{a|level}获取一位客户的成本为{won|money}；其中{share|share}目前仍活跃，因此每留存一位客户的成本为{estimate|money}{interval|money}。',
  },
  'promotion.kept_spread': {
    en: 'By {attribute|attribute}, a customer who is kept costs least through {best|level}: {estimate|money}{interval|money}, with {best_won|money} to win one and {best_share|share} active today. Most costly is {worst|level} at {worst_value|money}, with {worst_won|money} to win one and {worst_share|share} active.',
    zh: '按{attribute|attribute}，{best|level}的单客留存成本最低，为{estimate|money}{interval|money}：获客成本{best_won|money}，{best_share|share}目前仍活跃。{worst|level}最高，为{worst_value|money}：获客成本{worst_won|money}，{worst_share|share}仍活跃。',
  },
  'promotion.payback_spread': {
    en: 'By {attribute|attribute}, {best|level} pays back best: a customer who costs {cost|money} has brought {earned|money} after a year, {estimate|ratio} times the cost{interval|ratio}. One from {worst|level} costs {worst_cost|money} and has brought {worst_earned|money}, {worst_value|ratio} times.',
    zh: '按{attribute|attribute}，{best|level}的回本最好：获客成本{cost|money}，一年累计贡献{earned|money}，是成本的{estimate|ratio}倍{interval|ratio}；{worst|level}获客成本{worst_cost|money}，一年累计贡献{worst_earned|money}，为{worst_value|ratio}倍。',
  },
  'promotion.payback': {
    en: 'A new customer costs {cost|money} and has brought {earned|money} after a year, {estimate|ratio} times the cost{interval|ratio}; the cost is earned back after about {months|months_about}.',
    zh: '获取一位新客户的成本为{cost|money}，一年累计贡献{earned|money}，是成本的{estimate|ratio}倍{interval|ratio}，约{months|months_about}收回成本。',
  },
  'promotion.payback_later': {
    en: 'A new customer costs {cost|money} and has brought {earned|money} after a year, {estimate|ratio} times the cost{interval|ratio}: it is not earned back by then.',
    zh: '获取一位新客户的成本为{cost|money}，一年累计贡献{earned|money}，为成本的{estimate|ratio}倍{interval|ratio}，一年内尚未收回成本。',
  },
}

export const unprovenPromotionMessages: Readonly<Record<string, Text>> = {
  'promotion.kept_spread': {
    en: 'By {attribute|attribute}, no difference in the cost of a customer kept is shown over {levels|count} groups of {n|count} customers.',
    zh: '按{attribute|attribute}分为{levels|count}组（{n|count}位客户），单客留存成本未见显著差异。',
  },
  'promotion.payback_spread': {
    en: 'By {attribute|attribute}, no difference in how far customers earn back their cost within a year is shown over {levels|count} groups of {n|count} customers.',
    zh: '按{attribute|attribute}分为{levels|count}组（{n|count}位客户），一年内的回本情况未见显著差异。',
  },
}
