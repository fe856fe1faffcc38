import { createRandom, fitBgNbd, fitGammaGamma, fitKMeans, fitLeastSquares } from '@tranche/stats'
import {
  ageBands,
  channels,
  creatives,
  riskTiers,
  wealthProducts,
} from '../../src/pipeline/simulate/parameters.ts'
import { provinces, regions } from '../../src/pipeline/simulate/regions.ts'
import { channelWords, creativeWords } from '../../src/pipeline/simulate/vocabulary.ts'
import type { Files } from './clean-tables.ts'

export interface Estimate {
  readonly value: number
  readonly standardError: number
}

const asOf = "timestamp '2025-06-30 16:00:00'" // midnight in Shanghai
const local = (column: string): string => `(${column} + interval 8 hour)`

/** One row per genuine customer of a clean institution, with what the planted effects speak of. */
async function createPeople(files: Files): Promise<void> {
  const codes = (words: readonly string[], keys: readonly string[]): string =>
    `{${words.map((word, index) => `'${word}': '${keys[index]}'`).join(', ')}}`
  const regionOf = provinces.map(({ name, region }) => `'${name}': '${regions[region]!.key}'`).join(', ')
  await files.rows(`
    create table people as
    with investments as (
      select cust_no, cast(txn_time as timestamp) as invested, cast(amount as double) as amount, product_no,
        row_number() over (partition by cust_no order by txn_time) as place
      from transactions where txn_type = '申购'
    ), firsts as (
      select cust_no, min(invested) as first_at,
        max(amount) filter (where place = 1) as first_amount,
        max(product_no) filter (where place = 1) as first_product,
        max(product_no) filter (where place = 2) as next_product
      from investments group by 1
    ), limits as (
      select cust_no, max(cast(credit_limit as double)) as credit_limit from accounts where product_no = 'P02' group by 1
    ), income as (
      select cust_no, sum(cast(amount as double)) as income from ledger
      where entry_type in ('INT', 'FEE', 'ICH', 'SPR') group by 1
    ), purchases as (
      select cust_no, sum(cast(amount as double)) as spent, count(*) as purchases
      from transactions where txn_type = '消费' group by 1
    )
    select 客户编号 as id, 性别 = '男' as male,
      date_diff('year', 出生日期::date, date '2025-07-01')
        - (strftime(出生日期::date, '%m%d') > '0701')::int as age,
      (map {${regionOf}})[省份] as region,
      (map ${codes(channelWords, channels)})[获客渠道] as channel,
      (map ${codes(creativeWords, creatives)})[获客素材] as creative,
      cast(开户时间 as timestamp) - interval 8 hour as onboarded,
      onboarded <= ${asOf} - interval 30 day as tenured,
      coalesce(first_at < onboarded + interval 30 day, false) as converted,
      first_amount, first_product, next_product, credit_limit,
      coalesce(income, 0) as income, coalesce(spent, 0) as spent, coalesce(purchases, 0) as purchases,
      cast(score as int) as score,
      case when score::int >= 700 then 'A' when score::int >= 600 then 'B' else 'C' end as tier
    from customers
    left join firsts on firsts.cust_no = 客户编号
    left join limits on limits.cust_no = 客户编号
    left join income on income.cust_no = 客户编号
    left join purchases on purchases.cust_no = 客户编号
    left join bureau on bureau.cust_no = 客户编号`)
}

/** Estimates of every planted effect but the mindset groups, by simple estimators; keys are those of truth.json. */
export async function estimateAll(files: Files): Promise<Map<string, Estimate>> {
  await createPeople(files)
  const found = new Map<string, Estimate>()
  const share = async (key: string, what: string, where: string, from = 'people'): Promise<void> => {
    const { p, n } = await files.numbers(
      `select avg((${what})::int) as p, count(*) as n from ${from} where ${where}`,
    )
    found.set(key, { value: p!, standardError: Math.sqrt((p! * (1 - p!)) / n!) })
  }
  const difference = (key: string, a: string, b: string): void => {
    const [x, y] = [found.get(a)!, found.get(b)!]
    found.set(key, {
      value: x.value - y.value,
      standardError: Math.hypot(x.standardError, y.standardError),
    })
  }
  const inBand = (band: (typeof ageBands)[number]): string => `age between ${band.from} and ${band.to}`

  await share('gender.share.male', 'male', 'true')
  for (const [name, male] of [
    ['male', 'male'],
    ['female', 'not male'],
  ] as const)
    await share(`gender.conversion_30d.${name}`, 'converted', `tenured and ${male}`)
  difference('gender.conversion_30d.gap', 'gender.conversion_30d.female', 'gender.conversion_30d.male')
  await ratios(files, found)

  for (const band of ageBands) {
    await share(`age.share.${band.key}`, inBand(band), 'true')
    await share(`age.conversion_30d.${band.key}`, 'converted', `tenured and ${inBand(band)}`)
  }
  await share('golden', 'converted', `tenured and ${inBand(ageBands[2])}`)
  await share('others', 'converted', `tenured and not ${inBand(ageBands[2])}`)
  difference('age.conversion_30d.golden_lead', 'golden', 'others')
  for (const { key } of regions) {
    await share(`region.share.${key}`, `region = '${key}'`, 'true')
    await share(`region.conversion_30d.${key}`, 'converted', `tenured and region = '${key}'`)
  }
  await share(
    'profile.conversion_30d.south.professional_network',
    'converted',
    "tenured and region = 'south' and channel = 'professional_network'",
  )
  for (const key of creatives)
    await share(`creative.conversion_30d.${key}`, 'converted', `tenured and creative = '${key}'`)
  for (const key of channels) {
    await share(`channel.conversion_30d.${key}`, 'converted', `tenured and channel = '${key}'`)
    const { cost } = await files.numbers(`select
      (select sum(amount::double) from costs where campaign = 'acquisition' and channel = '${key}')
        / (select count(*) from people where channel = '${key}') as cost`)
    found.set(`channel.cost_per_customer.${key}`, { value: cost!, standardError: 1e-6 })
  }
  const invested = 'first_amount is not null and credit_limit is not null'
  await share(
    'value_exploration.share.under_monetised',
    'credit_limit >= 100000 and first_amount < 10000',
    invested,
  )
  await share(
    'value_exploration.share.high_net_worth',
    'credit_limit >= 100000 and first_amount >= 100000',
    invested,
  )
  for (const product of wealthProducts) {
    await share(
      `products.first_share.male.${product}`,
      `first_product = '${product}'`,
      'first_amount is not null and male',
    )
    await share(
      `products.first_share.female.${product}`,
      `first_product = '${product}'`,
      'first_amount is not null and not male',
    )
    for (const next of wealthProducts)
      await share(
        `products.next.${product}.${next}`,
        `next_product = '${next}'`,
        `first_product = '${product}' and next_product is not null`,
      )
  }
  await credit(files, share)
  await service(files, found)
  await campaign(files, share, difference)
  await purchaseModels(files, found)
  await adjustedGap(files, found)
  return found
}

type Share = (key: string, what: string, where: string, from?: string) => Promise<void>

/** Ratios of men to women; the standard error of log R is the root of the sum of squared influences. */
async function ratios(files: Files, found: Map<string, Estimate>): Promise<void> {
  const ratio = async (key: string, y: string, n: string): Promise<void> => {
    const { value, se } = await files.numbers(`
      with totals as (
        select sum(${y}) filter (where male) as ym, sum(${n}) filter (where male) as nm,
          sum(${y}) filter (where not male) as yw, sum(${n}) filter (where not male) as nw from people
      )
      select any_value((ym / nm) / (yw / nw)) as value,
        sqrt(sum(case when male then (${y} / ym - ${n} / nm) ** 2 else (${y} / yw - ${n} / nw) ** 2 end)) as se
      from people, totals`)
    found.set(key, { value: value!, standardError: value! * se! })
  }
  await ratio('gender.ticket_ratio', 'spent', 'purchases')
  await ratio('gender.first_investment_ratio', 'coalesce(first_amount, 0)', '(first_amount is not null)::int')
  const { value, se } = await files.numbers(`
    with totals as (select sum(income) filter (where male) as ym, sum(income) filter (where not male) as yw from people)
    select any_value(ym / yw) as value, sqrt(sum((income / case when male then ym else yw end) ** 2)) as se
    from people, totals`)
  found.set('gender.revenue_ratio', { value: value!, standardError: value! * se! })
}

async function credit(files: Files, share: Share): Promise<void> {
  await files.rows(`
    create table loans as select people.tier, people.age, ledger.acct_no is not null as charged_off
    from accounts join people on people.id = accounts.cust_no
    left join (select distinct acct_no from ledger where entry_type = 'CHO') ledger using (acct_no)
    where product_no = 'P03' and cast(open_time as timestamp) - interval 8 hour <= ${asOf} - interval 365 day`)
  for (const tier of riskTiers) {
    await share(`risk.tier_share.${tier}`, `tier = '${tier}'`, 'true')
    await share(`risk.default_12m.${tier}`, 'charged_off', `tier = '${tier}'`, 'loans')
    await share(
      `risk.approval.${tier}`,
      "decision = '通过'",
      `product_no = 'P03' and tier = '${tier}'`,
      'applications join people on people.id = applications.cust_no',
    )
  }
  for (const band of ageBands)
    await share(
      `age.default_12m.${band.key}`,
      'charged_off',
      `age between ${band.from} and ${band.to}`,
      'loans',
    )
}

async function service(files: Files, found: Map<string, Estimate>): Promise<void> {
  const { complaints, years } = await files.numbers(`select
    (select count(*) from complaints) as complaints,
    (select sum(epoch(${asOf} - onboarded)) / 86400 / 365.25 from people) as years`)
  found.set('service.complaints_per_year', {
    value: complaints! / years!,
    standardError: Math.sqrt(complaints!) / years!,
  })
  for (const creative of creatives) {
    const { closed, days } = await files.numbers(`
      select count(close_time) as closed,
        sum(date_diff('day', open_time::date, coalesce(close_time::date, date '2025-07-01'))) as days
      from accounts join people on people.id = accounts.cust_no
      where product_no = 'P01' and creative = '${creative}'`)
    found.set(`churn.hazard_30d.${creative}`, {
      value: (30 * closed!) / days!,
      standardError: (30 * Math.sqrt(closed!)) / days!,
    })
  }
}

async function campaign(
  files: Files,
  share: Share,
  difference: (key: string, a: string, b: string) => void,
): Promise<void> {
  await files.rows(`
    create table contacted as
    select coalesce(treatment, 'control') as treatment, age, exists (
      select 1 from transactions where transactions.cust_no = contacts.cust_no and product_no = 'P08'
        and cast(txn_time as timestamp) between sent_at::timestamp - interval 8 hour
          and sent_at::timestamp + interval 30 day - interval 8 hour) as took
    from contacts join people on people.id = contacts.cust_no`)
  const groups = [
    { key: 'all', where: 'true' },
    ...ageBands.map((band) => ({ key: band.key, where: `age between ${band.from} and ${band.to}` })),
  ]
  await share('campaign.control_rate', 'took', "treatment = 'control'", 'contacted')
  for (const { key, where } of groups) {
    await share(`control.${key}`, 'took', `treatment = 'control' and ${where}`, 'contacted')
    for (const treatment of ['wealth_message', 'free_coffee']) {
      await share(`${treatment}.${key}`, 'took', `treatment = '${treatment}' and ${where}`, 'contacted')
      difference(`campaign.lift.${treatment}.${key}`, `${treatment}.${key}`, `control.${key}`)
    }
  }
}

async function purchaseModels(files: Files, found: Map<string, Estimate>): Promise<void> {
  const histories = await files.rows(`
    with days as (
      select cust_no, cast(${local('cast(txn_time as timestamp)')} as date) as day, sum(cast(amount as double)) as amount
      from transactions where txn_type = '消费' group by all
    ), first as (select cust_no, min(day) as day from days group by 1)
    select count(*) - 1 as x, (max(days.day) - any_value(first.day)) / 7.0 as t,
      (date '2025-06-30' - any_value(first.day)) / 7.0 as horizon,
      avg(amount) filter (where days.day > first.day) as spend
    from days join first using (cust_no) group by cust_no order by cust_no`)
  const column = (name: string): Float64Array => Float64Array.from(histories, (row) => Number(row[name] ?? 0))
  const history = { frequency: column('x'), recency: column('t'), T: column('horizon') }
  const purchases = fitBgNbd(history)
  for (const [name, value] of Object.entries(purchases.parameters))
    found.set(`value.bg_nbd.${name}`, {
      value,
      standardError: purchases.standardErrors![name as 'r']!,
    })
  const spend = fitGammaGamma({ frequency: history.frequency, monetaryValue: column('spend') })
  for (const [name, value] of Object.entries(spend.parameters))
    found.set(`value.gamma_gamma.${name}`, { value, standardError: spend.standardErrors![name as 'p']! })
}

/** Women minus men with dummies of age, creative, channel and region. */
async function adjustedGap(files: Files, found: Map<string, Estimate>): Promise<void> {
  const rows = await files.rows(
    'select male::int as male, age, region, channel, creative, converted::int as converted from people where tenured',
  )
  const names = new Map<string, number>()
  const position = (name: string): number => {
    if (!names.has(name)) names.set(name, names.size)
    return names.get(name)!
  }
  position('one')
  position('female')
  const cells = rows.map((row) => [
    Number(row['male']) === 0 ? 1 : -1,
    ...(['age', 'region', 'channel', 'creative'] as const).map((name) => {
      const value = String(row[name])
      return ['42', 'east', 'search', 'brand'].includes(value) ? -1 : position(`${name}=${value}`)
    }),
  ])
  const p = names.size
  const design = new Float64Array(rows.length * p)
  cells.forEach((places, row) => {
    design[row * p] = 1
    for (const place of places) if (place >= 0) design[row * p + place] = 1
  })
  const y = Float64Array.from(rows, (row) => Number(row['converted']))
  const fit = fitLeastSquares(design, y, rows.length, p)
  const variance = fit.rss / (rows.length - p)
  found.set('gender.conversion_30d.gap_adjusted', {
    value: fit.coefficients[1]!,
    standardError: Math.sqrt(variance * fit.inverseGram[p + 1]!),
  })
}

/** Groups of like answers to the survey, most cautious first: their shares and mean answers. */
export function estimateMindsets(
  answers: readonly (readonly number[])[],
): readonly { readonly share: number; readonly means: readonly number[] }[] {
  const p = answers[0]!.length
  const data = Float64Array.from(answers.flat())
  const { model } = fitKMeans({ data, n: answers.length, p }, { k: 3, random: createRandom(1), restarts: 5 })
  return model.sizes
    .map((size, group) => ({
      share: size / answers.length,
      means: model.centers.slice(group * p, (group + 1) * p),
    }))
    .sort((a, b) => b.means[0]! - a.means[0]!)
}
