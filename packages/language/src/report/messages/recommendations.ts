import type { Text } from '@tranche/contract'

/** Sentences about what the findings call for, and about money spent on winning customers. */
export const recommendationMessages: Readonly<Record<string, Text>> = {
  'budget.shift': {
    en: 'By {attribute|attribute}, a customer who stays costs {estimate|ratio} times as much from {worst|level} as from {best|level}{interval|ratio}: {worst_cost|money} against {best_cost|money}.',
    zh: '按{attribute|attribute}，{worst|level}每留住一位客户的成本是{best|level}的{estimate|ratio}倍{interval|ratio}：{worst_cost|money}对{best_cost|money}。',
  },
  'budget.marginal': {
    en: 'Months with more spent on {a|level} brought {estimate|signed_ratio} of expected 12-month value for each further unit of money{interval|signed_ratio}, over {months|count} {months|plural:month:months}; {average|ratio} on average.',
    zh: '{a|level}投入较多的月份，每多投入一单位金额，带来{estimate|signed_ratio}单位的未来12个月预期价值{interval|signed_ratio}（{months|count}个月）；平均为{average|ratio}。',
  },
  'budget.marginal.unclear': {
    en: 'Whether more money spent on {a|level} brings more is open: over {months|count} {months|plural:month:months}, each further unit came with {estimate|signed_ratio} of expected 12-month value{interval|signed_ratio}, against {average|ratio} on average.',
    zh: '加大{a|level}的投入能否带来更多价值，尚无定论：{months|count}个月中，每多投入一单位金额，对应{estimate|signed_ratio}单位的未来12个月预期价值{interval|signed_ratio}，平均为{average|ratio}。',
  },
  'recommendations.made': {
    en: '{label|words}: {action|words} It concerns {reach|count} {reach|plural:customer:customers}. Expected {expected|words}: {estimate|by_unit}{interval|by_unit}, at a cost of {cost|money}. Owner {owner|words}, due {due|words}.',
    zh: '{label|words}：{action|words}涉及{reach|count}位客户。预期{expected|words}：{estimate|by_unit}{interval|by_unit}，成本{cost|money}。负责人：{owner|words}；期限：{due|words}。',
  },
  'recommendations.made.free': {
    en: '{label|words}: {action|words} It concerns {reach|count} {reach|plural:customer:customers}. Expected {expected|words}: {estimate|by_unit}{interval|by_unit}, at no additional cost. Owner {owner|words}, due {due|words}.',
    zh: '{label|words}：{action|words}涉及{reach|count}位客户。预期{expected|words}：{estimate|by_unit}{interval|by_unit}，无需追加成本。负责人：{owner|words}；期限：{due|words}。',
  },
  'recommendations.allowed_version': {
    en: '{label|words}: as found, the group would be chosen by {attributes|attributes}, which may not serve {purpose|words}: for those {asked_reach|count} {asked_reach|plural:customer:customers} the recommendation is stopped. What is allowed leaves it out: {action|words} It concerns {reach|count} {reach|plural:customer:customers}. Expected {expected|words}: {estimate|by_unit}{interval|by_unit}, at a cost of {cost|money}. Owner {owner|words}, due {due|words}.',
    zh: '{label|words}：按结论圈定的{asked_reach|count}位客户须依据{attributes|attributes}筛选，而该属性不得用于{purpose|words}，该建议已被拦截。去掉该条件后允许的方案：{action|words}涉及{reach|count}位客户。预期{expected|words}：{estimate|by_unit}{interval|by_unit}，成本{cost|money}。负责人：{owner|words}；期限：{due|words}。',
  },
  'recommendations.allowed_version.free': {
    en: '{label|words}: as found, the group would be chosen by {attributes|attributes}, which may not serve {purpose|words}: for those {asked_reach|count} {asked_reach|plural:customer:customers} the recommendation is stopped. What is allowed leaves it out: {action|words} It concerns {reach|count} {reach|plural:customer:customers}. Expected {expected|words}: {estimate|by_unit}{interval|by_unit}, at no additional cost. Owner {owner|words}, due {due|words}.',
    zh: '{label|words}：按结论圈定的{asked_reach|count}位客户须依据{attributes|attributes}筛选，而该属性不得用于{purpose|words}，该建议已被拦截。去掉该条件后允许的方案：{action|words}涉及{reach|count}位客户。预期{expected|words}：{estimate|by_unit}{interval|by_unit}，无需追加成本。负责人：{owner|words}；期限：{due|words}。',
  },
  'recommendations.stopped': {
    en: '{label|words} is stopped by the policy: the group of {asked_reach|count} {asked_reach|plural:customer:customers} can’t be told without {attributes|attributes}, which may not serve {purpose|words}. There is no version that is allowed.',
    zh: '{label|words}：已被策略拦截，这{asked_reach|count}位客户只能依据{attributes|attributes}圈定，而该属性不得用于{purpose|words}，没有可行的替代方案。',
  },
  'recommendations.experiment.enough.rate': {
    en: 'To prove it: {arm_count|count} arms ({arms|words}) of {estimate|count} {estimate|plural:customer:customers}, {total|count} in all, over {days|count} {days|plural:day:days}. They tell a change of {difference|signed_points} in the {outcome|words} from {baseline|share}. Watched: {guardrails|words}.',
    zh: '验证方法：{arm_count|count}组（{arms|words}），每组{estimate|count}位客户，共{total|count}位，为期{days|count}天，可识别{outcome|words}由{baseline|share}变动{difference|signed_points}。同时监控：{guardrails|words}。',
  },
  'recommendations.experiment.enough.mean': {
    en: 'To prove it: {arm_count|count} arms ({arms|words}) of {estimate|count} {estimate|plural:customer:customers}, {total|count} in all, over {days|count} {days|plural:day:days}. They tell a change of {difference|signed_money} in the {outcome|words} from {baseline|money}. Watched: {guardrails|words}.',
    zh: '验证方法：{arm_count|count}组（{arms|words}），每组{estimate|count}位客户，共{total|count}位，为期{days|count}天，可识别{outcome|words}由{baseline|money}变动{difference|signed_money}。同时监控：{guardrails|words}。',
  },
  'recommendations.experiment.small.rate': {
    en: 'To prove a change of {difference|signed_points} in the {outcome|words} from {baseline|share}, {arm_count|count} arms ({arms|words}) of {estimate|count} {estimate|plural:customer:customers} are needed, {total|count} in all; the group has {n|count} and would show a change of {detectable|points} or more over {days|count} {days|plural:day:days}. Watched: {guardrails|words}.',
    zh: '要验证{outcome|words}由{baseline|share}变动{difference|signed_points}，需{arm_count|count}组（{arms|words}），每组{estimate|count}位客户，共{total|count}位；该群体有{n|count}位客户，{days|count}天内可识别{detectable|points}以上的变动。同时监控：{guardrails|words}。',
  },
  'recommendations.experiment.small.mean': {
    en: 'To prove a change of {difference|signed_money} in the {outcome|words} from {baseline|money}, {arm_count|count} arms ({arms|words}) of {estimate|count} {estimate|plural:customer:customers} are needed, {total|count} in all; the group has {n|count} and would show a change of {detectable|money} or more over {days|count} {days|plural:day:days}. Watched: {guardrails|words}.',
    zh: '要验证{outcome|words}由{baseline|money}变动{difference|signed_money}，需{arm_count|count}组（{arms|words}），每组{estimate|count}位客户，共{total|count}位；该群体有{n|count}位客户，{days|count}天内可识别{detectable|money}以上的变动。同时监控：{guardrails|words}。',
  },
  'recommendations.experiment.none.rate': {
    en: 'To prove a change of {difference|signed_points} in the {outcome|words} from {baseline|share}, {arm_count|count} arms ({arms|words}) of {estimate|count} {estimate|plural:customer:customers} are needed, {total|count} in all; the group’s {n|count} would show nothing over {days|count} {days|plural:day:days}: act on a larger one, or not yet. Watched: {guardrails|words}.',
    zh: '要验证{outcome|words}由{baseline|share}变动{difference|signed_points}，需{arm_count|count}组（{arms|words}），每组{estimate|count}位客户，共{total|count}位；该群体仅有{n|count}位客户，{days|count}天内无法得出结论，宜扩大群体或暂缓行动。同时监控：{guardrails|words}。',
  },
  'recommendations.experiment.none.mean': {
    en: 'To prove a change of {difference|signed_money} in the {outcome|words} from {baseline|money}, {arm_count|count} arms ({arms|words}) of {estimate|count} {estimate|plural:customer:customers} are needed, {total|count} in all; the group’s {n|count} would show nothing over {days|count} {days|plural:day:days}: act on a larger one, or not yet. Watched: {guardrails|words}.',
    zh: '要验证{outcome|words}由{baseline|money}变动{difference|signed_money}，需{arm_count|count}组（{arms|words}），每组{estimate|count}位客户，共{total|count}位；该群体仅有{n|count}位客户，{days|count}天内无法得出结论，宜扩大群体或暂缓行动。同时监控：{guardrails|words}。',
  },
  'recommendations.assumed': {
    en: 'Assumed, not measured: {label|words}, {estimate|by_unit}.',
    zh: '假设而非实测：{label|words}为{estimate|by_unit}。',
  },
  'recommendations.agreed': {
    en: 'Agreed: {label|words}, {estimate|by_unit}.',
    zh: '已商定：{label|words}为{estimate|by_unit}。',
  },
  'recommendations.measured': {
    en: 'Measured: {label|words}, {estimate|by_unit}.',
    zh: '已实测：{label|words}为{estimate|by_unit}。',
  },
}

/** How what could not be shown is listed. */
export const unprovenBudget: Readonly<Record<string, Text>> = {
  budget: {
    en: 'By {attribute|attribute}, no difference in the cost of a customer who stays is shown over {levels|count} groups of {n|count} {n|plural:customer:customers}.',
    zh: '按{attribute|attribute}分为{levels|count}组（{n|count}位客户），每留住一位客户的成本未见显著差异。',
  },
}
