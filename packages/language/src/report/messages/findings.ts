import type { Text } from '@tranche/contract'
import { profileMessages } from './profile.ts'

/** Sentences of findings about groups, by message. Placeholders as `fillMessage` has them. */
export const findingMessages: Readonly<Record<string, Text>> = {
  ...profileMessages,
  'gap.rate': {
    en: '{metric|measure|cap} is {a_value|share} for {a|level} and {b_value|share} for {b|level}: {estimate|abs_points} {estimate|sign:higher:lower} for {a|level}{interval|abs_points}.',
    zh: '{a|level}的{metric|measure}为{a_value|share}，{b|level}为{b_value|share}，前者{estimate|sign:高:低}{estimate|abs_points}{interval|abs_points}。',
  },
  'gap.mean': {
    en: '{metric|measure|cap} is {a_value|by_unit} for {a|level} and {b_value|by_unit} for {b|level}: {estimate|abs_by_unit} {estimate|sign:higher:lower} for {a|level}{interval|abs_by_unit}.',
    zh: '{a|level}的{metric|measure}为{a_value|by_unit}，{b|level}为{b_value|by_unit}，前者{estimate|sign:高:低}{estimate|abs_by_unit}{interval|abs_by_unit}。',
  },
  'gap_adjusted.rate': {
    en: 'Among customers alike in {held|attributes}, {metric|measure} is {estimate|abs_points} {estimate|sign:higher:lower} for {a|level} than for {b|level}{interval|abs_points}; of the raw difference of {raw|signed_points}, their mix explains {explained|signed_points}.',
    zh: '在{held|attributes}相同的客户中，{a|level}的{metric|measure}比{b|level}{estimate|sign:高:低}{estimate|abs_points}{interval|abs_points}；未调整的差距为{raw|signed_points}，其中客户结构可解释{explained|signed_points}。',
  },
  'gap_adjusted.mean': {
    en: 'Among customers alike in {held|attributes}, {metric|measure} is {estimate|abs_by_unit} {estimate|sign:higher:lower} for {a|level} than for {b|level}{interval|abs_by_unit}; of the raw difference of {raw|signed_by_unit}, their mix explains {explained|signed_by_unit}.',
    zh: '在{held|attributes}相同的客户中，{a|level}的{metric|measure}比{b|level}{estimate|sign:高:低}{estimate|abs_by_unit}{interval|abs_by_unit}；未调整的差距为{raw|signed_by_unit}，其中客户结构可解释{explained|signed_by_unit}。',
  },
  'gap_reversed.rate': {
    en: 'The picture turns round among customers alike in {held|attributes}: {metric|measure} is {estimate|abs_points} {estimate|sign:higher:lower} for {a|level} than for {b|level}{interval|abs_points}, while the raw difference is {raw|signed_points} (Simpson’s reversal).',
    zh: '比较{held|attributes}相同的客户，结论反转：{a|level}的{metric|measure}比{b|level}{estimate|sign:高:低}{estimate|abs_points}{interval|abs_points}，而未调整的差距为{raw|signed_points}（辛普森悖论）。',
  },
  'gap_reversed.mean': {
    en: 'The picture turns round among customers alike in {held|attributes}: {metric|measure} is {estimate|abs_by_unit} {estimate|sign:higher:lower} for {a|level} than for {b|level}{interval|abs_by_unit}, while the raw difference is {raw|signed_by_unit} (Simpson’s reversal).',
    zh: '比较{held|attributes}相同的客户，结论反转：{a|level}的{metric|measure}比{b|level}{estimate|sign:高:低}{estimate|abs_by_unit}{interval|abs_by_unit}，而未调整的差距为{raw|signed_by_unit}（辛普森悖论）。',
  },
  'level.rate': {
    en: '{metric|measure|cap} of {a|level} is {estimate|share}{interval|share}.',
    zh: '{a|level}的{metric|measure}为{estimate|share}{interval|share}。',
  },
  'level.share': {
    en: 'By {attribute|attribute}, {estimate|share} of customers are {a|level}{interval|share}.',
    zh: '按{attribute|attribute}，{a|level}占客户数的{estimate|share}{interval|share}。',
  },
  'level.mean': {
    en: '{metric|measure|cap} of {a|level} is {estimate|by_unit}{interval|by_unit}.',
    zh: '{a|level}的{metric|measure}为{estimate|by_unit}{interval|by_unit}。',
  },
  'spread.rate': {
    en: '{metric|measure|cap} differs by {attribute|attribute}: highest for {best|level} at {estimate|share}{interval|share}, lowest for {worst|level} at {worst_value|share}.',
    zh: '{metric|measure}因{attribute|attribute}而异：{best|level}最高，为{estimate|share}{interval|share}；{worst|level}最低，为{worst_value|share}。',
  },
  'spread.mean': {
    en: '{metric|measure|cap} differs by {attribute|attribute}: highest for {best|level} at {estimate|by_unit}{interval|by_unit}, lowest for {worst|level} at {worst_value|by_unit}.',
    zh: '{metric|measure}因{attribute|attribute}而异：{best|level}最高，为{estimate|by_unit}{interval|by_unit}；{worst|level}最低，为{worst_value|by_unit}。',
  },
  'gender.totals': {
    en: '{a|level|cap} bring {estimate|ratio} times the {metric|total} of {b|level}{interval|ratio}: {a_total|money} against {b_total|money}. They are {a_share|share} of these customers.',
    zh: '{a|level}贡献的{metric|total}是{b|level}的{estimate|ratio}倍{interval|ratio}：{a_total|money}对{b_total|money}；前者占客户数的{a_share|share}。',
  },
  'gender.ratio': {
    en: '{metric|measure|cap} of {a|level} is {estimate|ratio} times that of {b|level}{interval|ratio}: {a_value|money} against {b_value|money}.',
    zh: '{a|level}的{metric|measure}是{b|level}的{estimate|ratio}倍{interval|ratio}：{a_value|money}对{b_value|money}。',
  },
  'gender.term': {
    en: 'A term of {term|months} is the first choice of {a_value|share} of {a|level} and {b_value|share} of {b|level}: {estimate|abs_points} {estimate|sign:more:less} among {a|level}{interval|abs_points}.',
    zh: '首次投资选择{term|months}期限的占比，{a|level}为{a_value|share}，{b|level}为{b_value|share}，前者{estimate|sign:高:低}{estimate|abs_points}{interval|abs_points}。',
  },
  'age.curve.rate': {
    en: '{metric|measure|cap} changes with age: it is highest at {peak_age|count}, with {estimate|share}{interval|share}, and lowest at {trough_age|count}, with {trough_value|share}.',
    zh: '{metric|measure}随年龄变化：{peak_age|count}岁最高，为{estimate|share}{interval|share}；{trough_age|count}岁最低，为{trough_value|share}。',
  },
  'age.curve.mean': {
    en: '{metric|measure|cap} changes with age: it is highest at {peak_age|count}, with {estimate|by_unit}{interval|by_unit}, and lowest at {trough_age|count}, with {trough_value|by_unit}.',
    zh: '{metric|measure}随年龄变化：{peak_age|count}岁最高，为{estimate|by_unit}{interval|by_unit}；{trough_age|count}岁最低，为{trough_value|by_unit}。',
  },
  'age.golden': {
    en: 'The golden age is {from|count} to {to|count}: {metric|measure} holds at {level|share} there, for {people|count} customers. It begins between {low|count} and {high|count} and ends between {to_low|count} and {to_high|count} (95% intervals).',
    zh: '黄金年龄段为{from|count}至{to|count}岁，{people|count}位客户的{metric|measure}稳定在{level|share}；起点在{low|count}至{high|count}岁之间，终点在{to_low|count}至{to_high|count}岁之间（95%区间）。',
  },
  'age.golden_to': {
    en: 'The golden age of {metric|measure} ends at {estimate|count} (95% interval {low|count} to {high|count}).',
    zh: '{metric|measure}的黄金年龄段止于{estimate|count}岁（95%区间：{low|count}至{high|count}岁）。',
  },
  'value.association': {
    en: '{metric|measure|cap} goes with {attribute|attribute}: the two are tied with a strength of {estimate|coefficient} (Cramér’s V, 0 is not at all, 1 entirely).',
    zh: '{metric|measure}与{attribute|attribute}相关，关联强度为{estimate|coefficient}（克莱姆V系数，0为无关，1为完全相关）。',
  },
  'value.under_monetised': {
    en: '{people|count} customers are under-monetised: a limit of at least {limit|money}, but a {metric|measure} under {amount|money}. They are {estimate|share} of those with both figures{interval|share} and hold {held_share|share} of the amount.',
    zh: '{people|count}位客户属于待激活人群：信用额度不低于{limit|money}，而{metric|measure}低于{amount|money}；占两项数据齐全客户的{estimate|share}{interval|share}，金额仅占{held_share|share}。',
  },
  'value.high_net_worth': {
    en: '{people|count} high-net-worth customers, with a limit of at least {limit|money} and a {metric|measure} of at least {amount|money}, are {estimate|share} of those with both figures{interval|share} and hold {held_share|share} of the amount.',
    zh: '{people|count}位高净值客户信用额度不低于{limit|money}、{metric|measure}不低于{amount|money}，占两项数据齐全客户的{estimate|share}{interval|share}，却贡献了{held_share|share}的金额。',
  },
  'value.room': {
    en: 'Set beside {peers|count} comparable customers, these {people|count} leave {estimate|money} unused{interval|money}, {mean|money} each.',
    zh: '与{peers|count}位同类客户相比，这{people|count}位客户尚有{estimate|money}的空间{interval|money}，人均{mean|money}。',
  },
  'value.potential': {
    en: 'If {assumed_share|share} of them came up to their peers, it would bring {estimate|money}{interval|money}.',
    zh: '若其中{assumed_share|share}达到同类客户水平，可新增{estimate|money}{interval|money}。',
  },
  'region.coastal_share': {
    en: '{people|count} customers live in coastal provinces: {estimate|share} of those with a known province{interval|share}.',
    zh: '{people|count}位客户位于沿海省份，占已知省份客户的{estimate|share}{interval|share}。',
  },
  'region.concentration': {
    en: 'The {top|count} largest of {levels|count} by {subject|attribute} hold {estimate|share} of customers{interval|share}; {first|level} alone holds {first_share|share}.',
    zh: '按{subject|attribute}计，前{top|count}名（共{levels|count}个）集中了{estimate|share}的客户{interval|share}，其中{first|level}占{first_share|share}。',
  },
}
