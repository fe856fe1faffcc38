import type { Text } from '@tranche/contract'

const best = (value: 'share' | 'money'): Text => ({
  en: `The ideal customer by {metric|measure}: {conditions|conditions}. Found on one half of the customers and tried on the other, it stands at {a_value|${value}} against {all_value|${value}} for everybody, {estimate|ratio} times as much{interval|ratio}. {people|count} customers fit, {reach|share} of all.`,
  zh: `以{metric|measure}衡量的理想客户：{conditions|conditions}。在一半客户中寻找、在另一半客户中验证，该人群为{a_value|${value}}，全体为{all_value|${value}}，是全体的{estimate|ratio}倍{interval|ratio}；符合条件的有{people|count}位客户，占{reach|share}。`,
})

const bestWithWorth = (value: 'share'): Text => ({
  en: `${best(value).en} They are expected to bring {worth|money} each over 12 months, against {worth_all|money} on average.`,
  zh: `${best(value).zh}其未来12个月人均预期价值为{worth|money}，全体平均为{worth_all|money}。`,
})

const outcome: Text = {
  en: '{metric|measure|cap} gathers in one profile: {conditions|conditions}. Found on one half of the customers and tried on the other, it stands at {a_value|share} against {all_value|share} for everybody, {estimate|ratio} times as much{interval|ratio}. {people|count} customers fit, {reach|share} of all.',
  zh: '{metric|measure}最集中的人群：{conditions|conditions}。在一半客户中寻找、在另一半客户中验证，该人群为{a_value|share}，全体为{all_value|share}，是全体的{estimate|ratio}倍{interval|ratio}；符合条件的有{people|count}位客户，占{reach|share}。',
}

const amount: Text = {
  en: '{metric|measure|cap} is highest in one profile: {conditions|conditions}. Found on one half of the customers and tried on the other, it stands at {a_value|money} against {all_value|money} for everybody, {estimate|ratio} times as much{interval|ratio}. {people|count} customers fit, {reach|share} of all.',
  zh: '{metric|measure}最高的人群：{conditions|conditions}。在一半客户中寻找、在另一半客户中验证，该人群为{a_value|money}，全体为{all_value|money}，是全体的{estimate|ratio}倍{interval|ratio}；符合条件的有{people|count}位客户，占{reach|share}。',
}

const naive = (value: 'share' | 'money'): Text => ({
  en: `Put together one attribute at a time, the profile for {metric|measure} would be: {conditions|conditions}. It stands at {a_value|${value}}, {estimate|ratio} times everybody’s level{interval|ratio}, and fits {people|count} customers; the one searched as a whole stands at {best_value|${value}} for {best_people|count}.`,
  zh: `若逐项挑选最优属性，按{metric|measure}拼成的画像为：{conditions|conditions}。该人群为{a_value|${value}}，是全体的{estimate|ratio}倍{interval|ratio}，共{people|count}位客户；整体搜索得到的画像为{best_value|${value}}，共{best_people|count}位。`,
})

const allowed = (value: 'share' | 'money', difference: 'points' | 'by_unit'): Text => ({
  en: `Without the protected {without|attributes}, the best profile by {metric|measure} is: {conditions|conditions}. It stands at {a_value|${value}}, {lift|ratio} times everybody’s level, and fits {people|count} customers, {reach|share} of all; this {estimate|sign:costs:gains} {estimate|abs_${difference}}{interval|abs_${difference}}.`,
  zh: `不使用受保护属性（{without|attributes}）时，按{metric|measure}的最佳画像为：{conditions|conditions}。该人群为{a_value|${value}}，是全体的{lift|ratio}倍，共{people|count}位客户，占{reach|share}；为此{estimate|sign:少:多}{estimate|abs_${difference}}{interval|abs_${difference}}。`,
})

/** Sentences about profiles of customers: who does best, what a plainer search finds, what fairness costs. */
export const profileMessages: Readonly<Record<string, Text>> = {
  'profile.best.rate': best('share'),
  'profile.best_worth.rate': bestWithWorth('share'),
  'profile.best.mean': best('money'),
  'profile.outcome.rate': outcome,
  'profile.outcome.mean': amount,
  'profile.naive.rate': naive('share'),
  'profile.naive.mean': naive('money'),
  'profile.allowed.rate': allowed('share', 'points'),
  'profile.allowed.mean': allowed('money', 'by_unit'),
}

export const unprovenProfileMessages: Readonly<Record<string, Text>> = {
  profile: {
    en: 'No profile stands out in {metric|measure}: what looked best on one half of the customers is {estimate|ratio} times everybody’s level on the other{interval|ratio}.',
    zh: '{metric|measure}未见突出的客户画像：在一半客户中看似最优的人群，在另一半客户中为全体的{estimate|ratio}倍{interval|ratio}。',
  },
}
