import type { Text } from '@tranche/contract'

/** Sentences about how few bring how much, and who rose or fell since. */
export const tierMessages: Readonly<Record<string, Text>> = {
  'tiers.share_of_nothing': {
    en: '{a|level|cap} are {people_share|share} of customers ({people|count}) and are expected to bring next to nothing over 12 months: {held|money} in all, {mean|money} each.',
    zh: '{a|level}占客户数的{people_share|share}（{people|count}位），未来12个月预期价值微乎其微：合计{held|money}，人均{mean|money}。',
  },
  'tiers.gini': {
    en: 'The {metric|total} is spread over customers with a Gini coefficient of {estimate|coefficient}{interval|coefficient}: 0 is evenly, 1 all to one.',
    zh: '{metric|total}在客户间分布的基尼系数为{estimate|coefficient}{interval|coefficient}，0为完全均等，1为集中于一人。',
  },
  'tiers.profit': {
    en: 'The top tenth of customers earns {estimate|share} of the profit of the last 365 days{interval|share}, {profit|money} in all. {people|count} customers ({people_share|share}) cost more than they bring: {lost|money} together.',
    zh: '前10%的客户贡献了近365天利润的{estimate|share}{interval|share}，利润合计{profit|money}；{people|count}位客户（{people_share|share}）入不敷出，合计亏损{lost|money}。',
  },
  'migration.fallen': {
    en: 'Of the {before|count} customers who were of high value on {since|day}, {people|count} have fallen out of the tier: {estimate|share}{interval|share}. {quiet|count} of them are silent or lost by now.',
    zh: '{since|day}的{before|count}位高价值客户中，{people|count}位已跌出该层级，占{estimate|share}{interval|share}；其中{quiet|count}位目前已沉睡或流失。',
  },
  'migration.fallen_awake': {
    en: 'Of the {before|count} customers who were of high value on {since|day}, {people|count} have fallen out of the tier: {estimate|share}{interval|share}. None of them is silent or lost.',
    zh: '{since|day}的{before|count}位高价值客户中，{people|count}位已跌出该层级，占{estimate|share}{interval|share}；其中尚无沉睡或流失客户。',
  },
  'migration.risen_only': {
    en: '{people|count} customers have risen to high value since {since|day}: {estimate|share} of the tier today{interval|share}. Nobody bought for the first time after that day.',
    zh: '自{since|day}以来，{people|count}位客户升入高价值层级，占该层级现有客户的{estimate|share}{interval|share}；此后没有新客户首次购买。',
  },
  'migration.risen': {
    en: '{people|count} customers have risen to high value since {since|day}: {estimate|share} of the tier today{interval|share}. Another {newcomers|count} bought for the first time after that day.',
    zh: '自{since|day}以来，{people|count}位客户升入高价值层级，占该层级现有客户的{estimate|share}{interval|share}；另有{newcomers|count}位于此后首次购买。',
  },
  'migration.faded': {
    en: 'Of the {before|count} customers who were active on {since|day}, {people|count} have gone quiet: {estimate|share}{interval|share}. {silent|count} are silent and {lost|count} are lost.',
    zh: '{since|day}的{before|count}位活跃客户中，{people|count}位已不再活跃，占{estimate|share}{interval|share}：{silent|count}位沉睡，{lost|count}位流失。',
  },
}
