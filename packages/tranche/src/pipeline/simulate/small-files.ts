import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dayText, type Period } from './calendar.ts'
import { campaignDay, campaignKey } from './campaign.ts'
import { channels, creatives, type Parameters } from './parameters.ts'

/** Products of the institution; their numbers are what accounts and transactions name. */
const products = [
  'P01,现金管理,现金宝,,0.018,R1,0,随时取用',
  'P02,信用卡,金穗信用卡,,0.1825,,0.006,消费积分;机场接送',
  'P03,消费贷,轻松贷,12,0.12,,0.02,免费提前还款',
  'P04,理财,稳盈30天,1,0.026,R2,0.002,',
  'P05,理财,稳盈6个月,6,0.031,R2,0.003,',
  'P06,理财,稳盈12个月,12,0.036,R2,0.003,',
  'P07,基金,均衡混合基金,,,R4,0.012,',
  'P08,存款,春季90天存款,3,0.024,R1,0,活动专享',
  'P09,虚拟卡,线上虚拟卡,,0.1825,,0.006,跨境网购',
  'P10,保险,短期意外险,12,,,0.05,',
]
const productHeader =
  'product_no,product_type,product_name,term_months,rate_annual,risk_level,fee_rate,benefits'
const costHeader = 'cost_date,campaign,channel,creative,treatment,amount'
const costPerContact = { wealth_message: 0.35, free_coffee: 18 } as const

/** Writes products.csv and costs.csv; gives their rows. */
export async function writeSmallFiles(
  dataFolder: string,
  period: Period,
  parameters: Parameters,
  won: Int32Array,
  contacts: number,
): Promise<{ readonly products: number; readonly costs: number }> {
  const costs = [...acquisitionCosts(period, parameters, won), ...campaignCosts(contacts)]
  await writeFile(join(dataFolder, 'products.csv'), lines([productHeader, ...products]))
  await writeFile(join(dataFolder, 'costs.csv'), lines([costHeader, ...costs]))
  return { products: products.length, costs: costs.length }
}

/** What each month's new customers cost, by channel and creative; in proportion to their number. */
function acquisitionCosts(period: Period, parameters: Parameters, won: Int32Array): string[] {
  return period.monthEnds.flatMap((day, month) =>
    channels.flatMap((channel, channelIndex) =>
      creatives.flatMap((creative, creativeIndex) => {
        const count = won[(month * channels.length + channelIndex) * creatives.length + creativeIndex]!
        if (count === 0) return []
        const amount = (count * parameters.costPerCustomer[channelIndex]!).toFixed(2)
        return [`${dayText(day)},acquisition,${channel},${creative},,${amount}`]
      }),
    ),
  )
}

function campaignCosts(contacts: number): string[] {
  return Object.entries(costPerContact).map(
    ([treatment, cost]) =>
      `${dayText(campaignDay)},${campaignKey},push,,${treatment},${((cost * contacts) / 3).toFixed(2)}`,
  )
}

function lines(rows: readonly string[]): string {
  return `${rows.join('\n')}\n`
}
