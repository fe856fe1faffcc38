import type { Text } from '@tranche/contract'

/** Sentences about what changed since the report before, and about what became of what it recommended. */
export const changeMessages: Readonly<Record<string, Text>> = {
  'changes.customers': {
    en: 'Since the last report, as of {day|words}, the institution went from {before|count} to {estimate|count} {estimate|plural:customer:customers}: {came|count} came, {left|count} {left|plural:is:are} no longer there.',
    zh: '与上次报告（截至{day|words}）相比，客户由{before|count}位变为{estimate|count}位：新增{came|count}位，{left|count}位不再出现。',
  },
  'changes.same_customers': {
    en: 'Since the last report, as of {day|words}, the customers are the same: {estimate|count}.',
    zh: '与上次报告（截至{day|words}）相比，{estimate|count}位客户没有变化。',
  },
  'changes.move.rate': {
    en: '{metric|measure|cap} went from {before|share} to {now|share}: {estimate|signed_points}{interval|signed_points}.',
    zh: '{metric|measure}由{before|share}变为{now|share}，变动{estimate|signed_points}{interval|signed_points}。',
  },
  'changes.move.mean': {
    en: '{metric|measure|cap} went from {before|by_unit} to {now|by_unit}: {estimate|signed_by_unit}{interval|signed_by_unit}.',
    zh: '{metric|measure}由{before|by_unit}变为{now|by_unit}，变动{estimate|signed_by_unit}{interval|signed_by_unit}。',
  },
  'changes.split.rate': {
    en: 'Of the move of {move|signed_points} in {metric|measure}, {estimate|signed_points} come from another mix by {attribute|attribute}{interval|signed_points} and {rate|signed_points} from what customers of each kind do.',
    zh: '{metric|measure}变动的{move|signed_points}中，{estimate|signed_points}来自{attribute|attribute}结构的变化{interval|signed_points}，{rate|signed_points}来自各类客户自身的变化。',
  },
  'changes.split.mean': {
    en: 'Of the move of {move|signed_by_unit} in {metric|measure}, {estimate|signed_by_unit} come from another mix by {attribute|attribute}{interval|signed_by_unit} and {rate|signed_by_unit} from what customers of each kind do.',
    zh: '{metric|measure}变动的{move|signed_by_unit}中，{estimate|signed_by_unit}来自{attribute|attribute}结构的变化{interval|signed_by_unit}，{rate|signed_by_unit}来自各类客户自身的变化。',
  },
  'changes.segment': {
    en: '{label|words} {estimate|sign:grew:shrank} from {before|count} to {now|count}, {estimate|signed_points} of all customers{interval|signed_points}: {came|count} came, {left|count} left.',
    zh: '{label|words}由{before|count}位{estimate|sign:增至:减至}{now|count}位，占全部客户的比例变动{estimate|signed_points}{interval|signed_points}：{came|count}位加入，{left|count}位离开。',
  },
  'changes.segment_net': {
    en: '{label|words} {estimate|sign:grew:shrank} from {before|count} to {now|count}, {estimate|signed_points} of all customers{interval|signed_points}.',
    zh: '{label|words}由{before|count}位{estimate|sign:增至:减至}{now|count}位，占全部客户的比例变动{estimate|signed_points}{interval|signed_points}。',
  },
  'changes.definitions': {
    en: '{estimate|count} {estimate|plural:definition differs:definitions differ} from the last report: {changed|count} changed, {added|count} added, {removed|count} removed ({names|words}). What rests on them is not comparable.',
    zh: '{estimate|count}项定义与上次报告不同：修改{changed|count}项，新增{added|count}项，删除{removed|count}项（{names|words}），相关数字不可直接比较。',
  },
  'changes.definitions_more': {
    en: '{estimate|count} {estimate|plural:definition differs:definitions differ} from the last report: {changed|count} changed, {added|count} added, {removed|count} removed, among them {names|words}. What rests on them is not comparable.',
    zh: '{estimate|count}项定义与上次报告不同：修改{changed|count}项，新增{added|count}项，删除{removed|count}项，其中包括{names|words}，相关数字不可直接比较。',
  },
  'changes.rows': {
    en: 'The report rests on {estimate|count} {estimate|plural:row:rows}; the last one had {before|count}. {sources|count} {sources|plural:source has:sources have} other rows than then.',
    zh: '本报告基于{estimate|count}行数据，上次为{before|count}行；{sources|count}个来源的行数有变化。',
  },
  'changes.recommended': {
    en: 'The last report recommended {estimate|count} {estimate|plural:thing:things}: {open|count} not decided yet, {accepted|count} accepted, {running|count} running, {measured|count} measured, {refused|count} refused.',
    zh: '上次报告提出{estimate|count}项建议：{open|count}项待定，{accepted|count}项已采纳，{running|count}项进行中，{measured|count}项已衡量，{refused|count}项已拒绝。',
  },
  'changes.realised.effect': {
    en: '{label|words}: {expected_words|words} of {estimate|by_unit} was realised{interval|by_unit}, {share|share} of the {expected|by_unit} expected.',
    zh: '{label|words}：实现{expected_words|words}{estimate|by_unit}{interval|by_unit}，为预期{expected|by_unit}的{share|share}。',
  },
  'changes.realised.both': {
    en: '{label|words}: {expected_words|words} of {estimate|by_unit} was realised{interval|by_unit}, {share|share} of the {expected|by_unit} expected, for {cost|money} against {expected_cost|money}.',
    zh: '{label|words}：实现{expected_words|words}{estimate|by_unit}{interval|by_unit}，为预期{expected|by_unit}的{share|share}；成本{cost|money}，预期{expected_cost|money}。',
  },
  'recommendations.status.accepted': {
    en: 'Accepted on {day|words}.',
    zh: '已于{day|words}采纳。',
  },
  'recommendations.status.refused': {
    en: 'Refused on {day|words}.',
    zh: '已于{day|words}拒绝。',
  },
  'recommendations.status.running': {
    en: 'Running since {day|words}.',
    zh: '自{day|words}起进行中。',
  },
  'recommendations.status.measured': {
    en: 'Measured on {day|words}.',
    zh: '已于{day|words}衡量。',
  },
  'limits.changes': {
    en: 'Nothing is said of what changed: there is no earlier report to compare with.',
    zh: '未说明变化：没有可供比较的上次报告。',
  },
}

/** How what could not be shown is listed. */
export const unprovenChanges: Readonly<Record<string, Text>> = {
  'changes.move': {
    en: 'Since the last report, no move of {metric|measure} is shown: {estimate|signed_difference}{interval|signed_difference}.',
    zh: '与上次报告相比，{metric|measure}未见显著变动：{estimate|signed_difference}{interval|signed_difference}。',
  },
  'changes.segment': {
    en: 'Since the last report, no change in the size of {label|words} is shown: {estimate|signed_points} of all customers{interval|signed_points}.',
    zh: '与上次报告相比，{label|words}的规模未见显著变动：占比变动{estimate|signed_points}{interval|signed_points}。',
  },
  'changes.segment_net': {
    en: 'Since the last report, no change in the size of {label|words} is shown: {estimate|signed_points} of all customers{interval|signed_points}.',
    zh: '与上次报告相比，{label|words}的规模未见显著变动：占比变动{estimate|signed_points}{interval|signed_points}。',
  },
}
