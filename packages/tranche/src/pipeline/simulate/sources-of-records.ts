import { dayText, endDay } from './calendar.ts'
import { channels, creatives } from './parameters.ts'
import { channelWords, creativeWords } from './vocabulary.ts'

/** Rows dated from here on can't be true: the files were handed over on this day. */
export const handedOver = dayText(endDay)
export const core = 'core'

/** Sets rows aside whose customer is in no list of customers. */
export const knownCustomer = {
  column: 'customer_id',
  foreign_key: { table: 'customer_versions', column: 'customer_id' },
  quarantine: true,
}
export const notInTheFuture = (column: string) => ({ column, range: { max: handedOver }, quarantine: true })
export const notNegative = (column: string) => ({ column, range: { min: 0 }, quarantine: true })

/** Columns taken as they are: the standard name, and the source's own. */
export function from(columns: Readonly<Record<string, string>>): Record<string, { from: string }> {
  return Object.fromEntries(Object.entries(columns).map(([name, own]) => [name, { from: own }]))
}

const productCodes = {
  现金管理: 'wealth',
  信用卡: 'card',
  消费贷: 'loan',
  理财: 'wealth',
  基金: 'wealth',
  存款: 'deposit',
  虚拟卡: 'virtual_card',
  保险: 'insurance',
}

/** Who the customers are and what they hold. */
export const recordSources = [
  {
    key: 'customers',
    label: { en: 'Customers of the core system', zh: '核心系统客户' },
    files: 'data/customers.csv',
    format: { type: 'csv', encoding: 'gb18030' },
    system: core,
    identifiers: {
      姓名: { kind: 'name', use: 'drop' },
      手机号: { kind: 'phone', use: 'match' },
      身份证号: { kind: 'id_number', use: 'drop' },
      住址: { kind: 'address', use: 'drop' },
    },
    tables: [
      {
        table: 'customer_versions',
        where: 'row["是否测试"] != "Y"',
        columns: {
          ...from({
            customer_id: '客户编号',
            valid_from: '开户时间',
            birth_date: '出生日期',
            province: '省份',
            city: '城市',
            city_tier: '城市级别',
            occupation: '职业',
            education: '学历',
            dependants: '抚养人数',
            onboarded_at: '开户时间',
          }),
          gender: {
            from: '性别',
            codes: {
              男: 'male',
              女: 'female',
              M: 'male',
              F: 'female',
              '1': 'male',
              '2': 'female',
              先生: 'male',
              女士: 'female',
            },
          },
          country: { value: 'CN' },
          employment_type: {
            from: '就业类型',
            codes: {
              全职: 'employed',
              个体经营: 'self_employed',
              自由职业: 'gig',
              兼职: 'part_time',
              退休: 'retired',
            },
          },
          marital_status: { from: '婚姻状况', codes: { 未婚: 'single', 已婚: 'married', 离异: 'divorced' } },
          income_annual: { from: '年收入(万元)', scale: 10_000 },
          risk_appetite: {
            from: '风险偏好',
            codes: { 保守型: 'conservative', 稳健型: 'balanced', 进取型: 'aggressive' },
          },
          investment_goal: {
            from: '投资目标',
            codes: {
              养老: 'retirement',
              子女教育: 'education',
              购房: 'home',
              财富增值: 'growth',
              应急备用: 'reserve',
            },
          },
          channel: { from: '获客渠道', codes: codesOf(channelWords, channels) },
          creative: { from: '获客素材', codes: codesOf(creativeWords, creatives) },
          status: { from: '状态', codes: { 正常: 'active' } },
        },
        expectations: [notInTheFuture('birth_date')],
      },
    ],
  },
  {
    key: 'products',
    label: { en: 'Products', zh: '产品' },
    files: 'data/products.csv',
    tables: [
      {
        table: 'products',
        columns: {
          ...from({
            product_id: 'product_no',
            name: 'product_name',
            term_months: 'term_months',
            rate_annual: 'rate_annual',
            risk_level: 'risk_level',
            fee_rate: 'fee_rate',
            benefits: 'benefits',
          }),
          kind: { from: 'product_type', codes: productCodes },
        },
      },
    ],
  },
  {
    key: 'accounts',
    label: { en: 'Accounts', zh: '账户' },
    files: 'data/accounts.csv',
    system: core,
    tables: [
      {
        table: 'accounts',
        columns: {
          ...from({
            account_id: 'acct_no',
            customer_id: 'cust_no',
            product_id: 'product_no',
            opened_at: 'open_time',
            closed_at: 'close_time',
            status: 'status',
            credit_limit: 'credit_limit',
            principal: 'principal',
            rate_annual: 'rate_annual',
            term_months: 'term_months',
            purpose: 'purpose',
          }),
          product_kind: {
            from: 'product_type',
            codes: { 信用卡: 'card', 消费贷: 'loan', 现金宝: 'wealth' },
          },
        },
        expectations: [knownCustomer],
      },
    ],
  },
  {
    key: 'balances',
    label: { en: 'Month-end balances', zh: '月末余额' },
    files: 'data/balances/*.parquet',
    system: core,
    tables: [
      {
        table: 'account_balances',
        columns: from({
          account_id: 'acct_no',
          customer_id: 'cust_no',
          on_date: 'as_of_date',
          balance: 'balance',
          credit_limit: 'credit_limit',
          days_past_due: 'days_past_due',
        }),
        expectations: [knownCustomer, notInTheFuture('on_date')],
      },
    ],
  },
  {
    key: 'applications',
    label: { en: 'Applications', zh: '申请' },
    files: 'data/applications.csv',
    system: core,
    tables: [
      {
        table: 'applications',
        columns: {
          ...from({
            application_id: 'application_no',
            customer_id: 'cust_no',
            product_id: 'product_no',
            requested_at: 'requested_at',
            amount: 'amount',
            decided_at: 'decided_at',
            approved_amount: 'approved_amount',
            reason: 'reason',
            channel: 'channel',
          }),
          product_kind: { from: 'product_no', codes: { P02: 'card', P03: 'loan' } },
          decision: { from: 'decision', codes: { 通过: 'approved', 拒绝: 'declined' } },
        },
        expectations: [knownCustomer],
      },
    ],
  },
  {
    key: 'bureau',
    label: { en: 'Bureau scores', zh: '征信分' },
    files: 'data/bureau.csv',
    system: core,
    tables: [
      {
        table: 'observations',
        columns: {
          ...from({
            customer_id: 'cust_no',
            value: 'score',
            observed_at: 'queried_at',
            provider: 'provider',
          }),
          name: { value: 'bureau_score' },
        },
        expectations: [knownCustomer],
      },
    ],
  },
] as const

function codesOf(words: readonly string[], keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word, index) => [word, keys[index]!]))
}
