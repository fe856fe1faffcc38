import type { Text } from '@tranche/contract'
import { holdingMessages, unprovenHoldingMessages } from './holdings.ts'
import { placeMessages, unprovenPlaceMessages } from './places.ts'
import { unprovenProfileMessages } from './profile.ts'
import { promotionMessages, unprovenPromotionMessages } from './promotions.ts'
import { tierMessages } from './tiers.ts'

/** Sentences about tiers, activity, cohorts, products, outcomes, quality and limits. */
export const standingMessages: Readonly<Record<string, Text>> = {
  ...tierMessages,
  ...promotionMessages,
  ...holdingMessages,
  ...placeMessages,
  'tiers.share': {
    en: '{a|level|cap} are {people_share|share} of customers ({people|count}) and hold {estimate|share} of expected 12-month value{interval|share}: {held|money}, {mean|money} each.',
    zh: '{a|level}占客户数的{people_share|share}（{people|count}位），持有未来12个月预期价值的{estimate|share}{interval|share}，合计{held|money}，人均{mean|money}。',
  },
  'tiers.top_decile': {
    en: 'The top tenth of customers brings {estimate|share} of the {metric|total}{interval|share}; the lower half brings {bottom_half|share}.',
    zh: '前10%的客户贡献了{estimate|share}的{metric|total}{interval|share}，后50%的客户仅贡献{bottom_half|share}。',
  },
  'tiers.room': {
    en: 'Low-value customers are not written off: against their peers they have {estimate|money} of room to grow over 12 months{interval|money}, {mean|money} each.',
    zh: '低价值客户不应放弃：与同类客户相比，未来12个月尚有{estimate|money}的提升空间{interval|money}，人均{mean|money}。',
  },
  'tiers.silent_best': {
    en: '{people|count} high-value customers, {share|share} of their tier, have fallen silent: {estimate|money} of expected 12-month value is at stake{interval|money}.',
    zh: '{people|count}位高价值客户（占该层级的{share|share}）已转为沉睡，涉及未来12个月预期价值{estimate|money}{interval|money}。',
  },
  'activity.share': {
    en: '{people|count} customers are {a|level} by their own rhythm: {estimate|share}{interval|share}.',
    zh: '按各自的购买节奏，{people|count}位客户处于{a|level}状态，占{estimate|share}{interval|share}。',
  },
  'activity.share_value': {
    en: '{people|count} customers are {a|level} by their own rhythm: {estimate|share}{interval|share}, with {held|money} of expected 12-month value.',
    zh: '按各自的购买节奏，{people|count}位客户处于{a|level}状态，占{estimate|share}{interval|share}，对应未来12个月预期价值{held|money}。',
  },
  'cohorts.retention': {
    en: '{estimate|share} of customers buy again in month {offset|count} after their first purchase{interval|share}, over {cohorts|count} monthly {cohorts|plural:cohort:cohorts}.',
    zh: '首次购买后第{offset|count}个月，{estimate|share}的客户再次购买{interval|share}，涵盖{cohorts|count}个月度同期群。',
  },
  'products.most_common': {
    en: '{a|product|cap} is the most common first product: {estimate|share} of customers begin with it, among {products|count} {products|plural:product:products}.',
    zh: '最常见的首次产品是{a|product}，{estimate|share}的客户由此开始（共{products|count}种产品）。',
  },
  'products.given': {
    en: 'Of {a|level}, {estimate|share} choose {b|product}{interval|share}.',
    zh: '{a|level}中，{estimate|share}选择{b|product}{interval|share}。',
  },
  'products.repeat': {
    en: 'Of those who begin with {a|product}, {rate|share} choose it again next, {lift|ratio} times the {base|share} of those who began elsewhere, a difference of {estimate|signed_points}{interval|signed_points}.',
    zh: '首选{a|product}的客户中，{rate|share}下一次仍选它，是其他起点客户（{base|share}）的{lift|ratio}倍，相差{estimate|signed_points}{interval|signed_points}。',
  },
  'products.sequence': {
    en: 'After {a|product} comes {b|product}: {rate|share} choose it next, {lift|ratio} times the {base|share} of those who began elsewhere, a difference of {estimate|signed_points}{interval|signed_points}.',
    zh: '{a|product}之后是{b|product}：{rate|share}的客户随后选择它，是其他起点客户（{base|share}）的{lift|ratio}倍，相差{estimate|signed_points}{interval|signed_points}。',
  },
  'makeup.levels': {
    en: 'By {attribute|attribute}, the largest group is {a|level}: {people|count} of {n|count} customers, {estimate|share}{interval|share}. Then comes {b|level} with {b_share|share}.',
    zh: '按{attribute|attribute}，{a|level}最多：{n|count}位客户中有{people|count}位，占{estimate|share}{interval|share}；其次为{b|level}，占{b_share|share}。',
  },
  'makeup.association': {
    en: '{attribute|attribute|cap} and {other|attribute} go together with a strength of {estimate|coefficient} (Cramér’s V, 0 is not at all, 1 entirely).',
    zh: '{attribute|attribute}与{other|attribute}相关，关联强度为{estimate|coefficient}（克莱姆V系数，0为无关，1为完全相关）。',
  },
  'outcomes.rate': {
    en: '{metric|measure|cap}: {people|count} of {n|count} customers, {estimate|share}{interval|share}.',
    zh: '{metric|measure}：{n|count}位客户中有{people|count}位，占{estimate|share}{interval|share}。',
  },
  'outcomes.mean': {
    en: '{metric|measure|cap} is {estimate|money}{interval|money} over {n|count} {n|plural:customer:customers}.',
    zh: '{n|count}位客户的{metric|measure}为{estimate|money}{interval|money}。',
  },
  'quality.rows': {
    en: 'Of {read|count} {read|plural:row:rows} read from {sources|count} {sources|plural:source:sources} into {tables|count} {tables|plural:table:tables}, {kept|count} {kept|plural:was:were} kept ({estimate|share}). Set aside: {quarantined|count}; filtered out: {filtered|count}; duplicates: {duplicates|count}.',
    zh: '从{sources|count}个来源向{tables|count}张标准表读入{read|count}行，保留{kept|count}行（{estimate|share}）；隔离{quarantined|count}行，过滤{filtered|count}行，重复{duplicates|count}行。',
  },
  'quality.checks': {
    en: '{estimate|count} of {checks|count} quality {checks|plural:check:checks} {estimate|plural:needs:need} attention: {failed|count} failed, {warned|count} gave a warning.',
    zh: '{checks|count}项质量检查中有{estimate|count}项需关注：{failed|count}项未通过，{warned|count}项预警。',
  },
  'quality.checks_passed': {
    en: '{checks|count} quality {checks|plural:check:checks} passed, none failed.',
    zh: '{checks|count}项质量检查全部通过。',
  },
  'quality.missing': {
    en: '{attribute|attribute|cap} is missing for {people|count} customers, {estimate|share} of all; what the report says of it rests on the others.',
    zh: '{people|count}位客户缺少{attribute|attribute}，占全部客户的{estimate|share}；相关结论仅基于其余客户。',
  },
  'limits.value_exploration': {
    en: 'Limit against use is not told: it needs a credit limit and a first investment (or spending) for enough customers.',
    zh: '未分析额度与投资的关系：需要足够客户的信用额度和首次投资（或消费）数据。',
  },
  'limits.gender': {
    en: 'Nothing is said by gender: the data has no gender, or only one.',
    zh: '未按性别分析：数据中没有性别，或只有一种性别。',
  },
  'limits.age': {
    en: 'Nothing is said by age: the data has neither a date of birth nor an age, or nothing to compare by it.',
    zh: '未按年龄分析：数据中没有出生日期或年龄，或没有可供比较的指标。',
  },
  'limits.region': {
    en: 'Nothing is said by region: the data has no province, country or city, or only one.',
    zh: '未按地域分析：数据中没有省份、国家或城市，或只有一个。',
  },
  'limits.profile': {
    en: 'No customer profile is drawn: it needs at least two attributes, 200 customers with a known result on each half, and a combination that stands out on one of them.',
    zh: '未生成客户画像：需要至少两项客户属性、两半客户中各不少于200位结果已知者，且其中一半里有突出的组合。',
  },
  'limits.tiers': {
    en: 'There are no value tiers: they need purchases of enough customers, from which a 12-month value is computed.',
    zh: '没有价值分层：需要足够客户的购买记录，方可计算未来12个月价值。',
  },
  'limits.tiers_flat': {
    en: 'There are no value tiers: all customers are expected to bring about the same over the next 12 months, so that a rank among them would be chance.',
    zh: '没有价值分层：各客户未来12个月的预期价值基本相同，其高低排序只反映偶然。',
  },
  'limits.activity': {
    en: 'Nobody is called active, silent or lost: that needs purchases with dates.',
    zh: '未区分活跃、沉睡与流失：需要带日期的购买记录。',
  },
  'limits.cohorts': {
    en: 'There are no cohorts: they need purchases in at least two months, or a channel and conversion, value or default to compare by it.',
    zh: '没有同期群分析：需要至少两个月的购买记录，或获客渠道及可供比较的转化、价值或违约数据。',
  },
  'limits.products': {
    en: 'Nothing is said of products: the data names no product of an investment or account.',
    zh: '未分析产品：数据中没有投资或账户对应的产品。',
  },
  'limits.small_cells': {
    en: '{estimate|count} {estimate|plural:cell:cells} of figures and tables {estimate|plural:is:are} hidden because fewer than {minimum|count} people stand in them, or one could be worked out from a total.',
    zh: '图表中有{estimate|count}个单元格因人数少于{minimum|count}或可由合计推算而隐藏。',
  },
  'limits.few_customers': {
    en: 'There {n|plural:is:are} only {n|count} {n|plural:customer:customers}: differences must be large to be told from chance.',
    zh: '仅有{n|count}位客户：差异须足够大，才能与偶然波动区分。',
  },
  'limits.no_customers': {
    en: 'No customer came out of the sources, so there is nothing to compare: see what was set aside, and how the sources are mapped.',
    zh: '数据来源中没有得到任何客户，无从比较：请查看隔离的行与来源的映射。',
  },
}

/** What a finding assumes, said beside it. */
export const assumptionMessages: Readonly<Record<string, Text>> = {
  peers_comparable: {
    en: 'Assumed: these customers could do what comparable customers do.',
    zh: '假设：这些客户可以达到同类客户的水平。',
  },
  peers_lower_quarter: {
    en: 'Assumed: what three of four comparable customers reach is within reach.',
    zh: '假设：四分之三同类客户已达到的水平是可及的。',
  },
  activated_share: {
    en: 'Assumed, not measured: the share that can be won. Prove it with a control group.',
    zh: '假设而非实测：可激活的比例。请通过对照组验证。',
  },
}

/** How what could not be shown is listed, by the first words of the message. */
export const unprovenMessages: Readonly<Record<string, Text>> = {
  ...unprovenProfileMessages,
  ...unprovenPromotionMessages,
  ...unprovenHoldingMessages,
  ...unprovenPlaceMessages,
  gap: {
    en: 'Between {a|level} and {b|level} no difference in {metric|measure} is shown: {estimate|signed_difference}{interval|signed_difference}.',
    zh: '{a|level}与{b|level}的{metric|measure}未见显著差异：{estimate|signed_difference}{interval|signed_difference}。',
  },
  gap_adjusted: {
    en: 'Among customers alike in {held|attributes}, no difference in {metric|measure} between {a|level} and {b|level} is shown: {estimate|signed_difference}{interval|signed_difference}.',
    zh: '在{held|attributes}相同的客户中，{a|level}与{b|level}的{metric|measure}未见显著差异：{estimate|signed_difference}{interval|signed_difference}。',
  },
  spread: {
    en: 'By {attribute|attribute}, no difference in {metric|measure} is shown over {levels|count} groups of {n|count} customers.',
    zh: '按{attribute|attribute}分为{levels|count}组（{n|count}位客户），{metric|measure}未见显著差异。',
  },
  'age.curve': {
    en: 'No change of {metric|measure} with age is shown over {n|count} customers.',
    zh: '{n|count}位客户的{metric|measure}未见随年龄的显著变化。',
  },
  'gender.term': {
    en: 'For terms of {term|months}, no difference between {a|level} and {b|level} is shown: {estimate|signed_points}{interval|signed_points}.',
    zh: '对{term|months}期限的选择，{a|level}与{b|level}未见显著差异：{estimate|signed_points}{interval|signed_points}。',
  },
  'products.given': {
    en: 'Of {a|level}, {estimate|share} choose {b|product}{interval|share}.',
    zh: '{a|level}中，{estimate|share}选择{b|product}{interval|share}。',
  },
  'products.repeat': {
    en: 'Whether those who begin with {a|product} choose it again more often than others choose it is not shown: {estimate|signed_points}{interval|signed_points}.',
    zh: '首选{a|product}的客户是否更常再次选择它，未见显著差异：{estimate|signed_points}{interval|signed_points}。',
  },
  'products.sequence': {
    en: 'Whether {b|product} follows {a|product} more often than elsewhere is not shown: {estimate|signed_points}{interval|signed_points}.',
    zh: '{a|product}之后选择{b|product}是否更常见，未见显著差异：{estimate|signed_points}{interval|signed_points}。',
  },
  'makeup.association': {
    en: 'That {attribute|attribute} and {other|attribute} go together is not shown.',
    zh: '{attribute|attribute}与{other|attribute}未见显著关联。',
  },
  'value.association': {
    en: 'That {metric|measure} goes with {attribute|attribute} is not shown; a high limit says nothing about unused room here.',
    zh: '{metric|measure}与{attribute|attribute}未见显著关联，此处高额度并不意味着存在未释放的空间。',
  },
}

export const neededMessages: { readonly some: Text; readonly none: Text } = {
  some: {
    en: ' About {needed_n|about} customers would be needed to show one of this size.',
    zh: '若真实差异如此，约需{needed_n|about}位客户方可证实。',
  },
  none: {
    en: ' Nothing is seen that more customers would prove.',
    zh: '目前未见可由更多样本证实的差异。',
  },
}
