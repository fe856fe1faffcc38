/**
 * The standard model: the tables every source is mapped to, as data.
 *
 * Money is DECIMAL(18,4) in the currency of its row; instants are UTC without zone; `known_at` is when the
 * institution knew a row and defaults to the column named by `time` (or to "always known" where there is none).
 */
export type ColumnType =
  | 'id'
  | 'string'
  | 'date'
  | 'instant'
  | 'money'
  | 'number'
  | 'integer'
  | 'bool'
  | 'json'

export interface StandardColumn {
  readonly name: string
  readonly type: ColumnType
  readonly required?: boolean
  /** Accepted values of a coded column; a mapping's codes must end in one of these. */
  readonly values?: readonly string[]
  readonly label: { readonly en: string; readonly zh: string }
}

export interface StandardTable {
  readonly name: string
  readonly label: { readonly en: string; readonly zh: string }
  /** What one row is. */
  readonly grain: { readonly en: string; readonly zh: string }
  /** Columns that tell two rows apart; two rows that agree on them are duplicates or contradictions. */
  readonly key: readonly string[]
  /** The column `known_at` and windows default to. */
  readonly time?: string
  /** Whether rows belong to customers, so that features may be made of them. */
  readonly perCustomer: boolean
  readonly columns: readonly StandardColumn[]
}

type Flag = 'required'
const column = (
  name: string,
  type: ColumnType,
  en: string,
  zh: string,
  ...rest: (Flag | readonly string[])[]
): StandardColumn => {
  const values = rest.find((item): item is readonly string[] => Array.isArray(item))
  return {
    name,
    type,
    label: { en, zh },
    ...(rest.includes('required') ? { required: true } : {}),
    ...(values ? { values } : {}),
  }
}
const customer = column('customer_id', 'id', 'Customer', '客户编号', 'required')

export const productKinds = [
  'card',
  'virtual_card',
  'prepaid_card',
  'loan',
  'wealth',
  'deposit',
  'insurance',
  'payment',
  'goods',
  'other',
] as const

export const transactionKinds = [
  'purchase',
  'investment',
  'redemption',
  'deposit',
  'withdrawal',
  'transfer_in',
  'transfer_out',
  'repayment',
  'installment',
  'points',
  'refund',
  'fee',
  'interest',
  'premium',
  'claim',
  'cash_advance',
  'other',
] as const

export const ledgerKinds = [
  'interest',
  'fee',
  'interchange',
  'spread',
  'premium',
  'claim',
  'funding',
  'charge_off',
  'recovery',
  'servicing',
  'reward',
  'other',
] as const

export const standardTables = [
  {
    name: 'customer_versions',
    label: { en: 'Customers', zh: '客户' },
    grain: { en: 'customer and the day from which it held', zh: '客户 × 生效日' },
    key: ['customer_id', 'valid_from'],
    time: 'valid_from',
    perCustomer: true,
    columns: [
      customer,
      column('valid_from', 'instant', 'Valid from', '生效时间'),
      column('birth_date', 'date', 'Date of birth', '出生日期'),
      column('age_years', 'number', 'Age in years, where no date of birth is given', '年龄（无出生日期时）'),
      column('gender', 'string', 'Gender', '性别', ['male', 'female', 'other']),
      column('country', 'string', 'Country', '国家'),
      column('province', 'string', 'Province or state', '省份'),
      column('city', 'string', 'City', '城市'),
      column('city_tier', 'string', 'City tier', '城市级别'),
      column('occupation', 'string', 'Occupation', '职业'),
      column('employment_type', 'string', 'Employment type', '就业类型'),
      column('income_annual', 'money', 'Annual income', '年收入'),
      column('education', 'string', 'Education', '学历'),
      column('marital_status', 'string', 'Marital status', '婚姻状况'),
      column('dependants', 'integer', 'Dependants', '抚养人数'),
      column('onboarded_at', 'instant', 'Customer since', '开户时间'),
      column('channel', 'string', 'Acquisition channel', '获客渠道'),
      column('creative', 'string', 'Acquisition creative', '获客素材'),
      column('risk_appetite', 'string', 'Risk appetite', '风险偏好'),
      column('investment_goal', 'string', 'Investment goal', '投资目标'),
      column('credit_limit', 'money', 'Credit limit, where no account is given', '信用额度（无账户表时）'),
      column('status', 'string', 'Status', '状态'),
    ],
  },
  {
    name: 'customer_keys',
    label: { en: 'Keys of customers in each system', zh: '各系统客户键' },
    grain: { en: "a source system's key", zh: '来源系统键' },
    key: ['source', 'source_key'],
    time: 'valid_from',
    perCustomer: true,
    columns: [
      column('source', 'id', 'Source system', '来源系统', 'required'),
      column('source_key', 'id', 'Key in the source', '来源键', 'required'),
      customer,
      column('method', 'string', 'How it was matched', '匹配方式', ['own', 'identifier', 'pair']),
      column('valid_from', 'instant', 'Valid from', '生效时间'),
    ],
  },
  {
    name: 'relations',
    label: { en: 'Relations', zh: '关系' },
    grain: { en: 'pair of customers and kind', zh: '客户对 × 关系' },
    key: ['customer_id', 'related_id', 'kind'],
    perCustomer: true,
    columns: [
      customer,
      column('related_id', 'id', 'Related customer', '关联客户', 'required'),
      column('kind', 'string', 'Kind of relation', '关系类型', [
        'household',
        'employer',
        'referrer',
        'other',
      ]),
      column('valid_from', 'instant', 'From', '开始'),
      column('valid_to', 'instant', 'To', '结束'),
    ],
  },
  {
    name: 'products',
    label: { en: 'Products', zh: '产品' },
    grain: { en: 'product', zh: '产品' },
    key: ['product_id'],
    perCustomer: false,
    columns: [
      column('product_id', 'id', 'Product', '产品编号', 'required'),
      column('kind', 'string', 'Kind of product', '产品类型', productKinds),
      column('name', 'string', 'Name', '名称'),
      column('term_months', 'integer', 'Term in months', '期限（月）'),
      column('rate_annual', 'number', 'Annual rate', '年利率'),
      column('risk_level', 'string', 'Risk level', '风险等级'),
      column('fee_rate', 'number', 'Fee rate', '费率'),
      column('benefits', 'string', 'Benefits', '权益'),
    ],
  },
  {
    name: 'accounts',
    label: { en: 'Accounts', zh: '账户' },
    grain: { en: 'account', zh: '账户' },
    key: ['account_id'],
    time: 'opened_at',
    perCustomer: true,
    columns: [
      column('account_id', 'id', 'Account', '账户编号', 'required'),
      customer,
      column('product_id', 'id', 'Product', '产品编号'),
      column('product_kind', 'string', 'Kind of product', '产品类型', productKinds),
      column('opened_at', 'instant', 'Opened', '开立时间'),
      column('closed_at', 'instant', 'Closed', '关闭时间'),
      column('status', 'string', 'Status', '状态'),
      column('credit_limit', 'money', 'Credit limit', '信用额度'),
      column('principal', 'money', 'Principal', '本金'),
      column('rate_annual', 'number', 'Annual rate', '年利率'),
      column('term_months', 'integer', 'Term in months', '期限（月）'),
      column('purpose', 'string', 'Purpose', '用途'),
      column('collateral', 'string', 'Collateral', '抵押物'),
    ],
  },
  {
    name: 'account_balances',
    label: { en: 'Balances', zh: '账户余额' },
    grain: { en: 'account and day', zh: '账户 × 日' },
    key: ['account_id', 'on_date'],
    time: 'on_date',
    perCustomer: true,
    columns: [
      column('account_id', 'id', 'Account', '账户编号', 'required'),
      customer,
      column('on_date', 'date', 'Day', '日期', 'required'),
      column('balance', 'money', 'Balance', '余额'),
      column('credit_limit', 'money', 'Limit', '额度'),
      column('days_past_due', 'integer', 'Days past due', '逾期天数'),
    ],
  },
  {
    name: 'applications',
    label: { en: 'Applications', zh: '申请' },
    grain: { en: 'application', zh: '申请' },
    key: ['application_id'],
    time: 'requested_at',
    perCustomer: true,
    columns: [
      column('application_id', 'id', 'Application', '申请编号', 'required'),
      customer,
      column('product_id', 'id', 'Product', '产品编号'),
      column('product_kind', 'string', 'Kind of product', '产品类型', productKinds),
      column('requested_at', 'instant', 'Requested', '申请时间', 'required'),
      column('amount', 'money', 'Amount requested', '申请金额'),
      column('decision', 'string', 'Decision', '审批结果', ['approved', 'declined', 'withdrawn', 'pending']),
      column('decided_at', 'instant', 'Decided', '审批时间'),
      column('approved_amount', 'money', 'Amount approved', '批准金额'),
      column('reason', 'string', 'Reason', '原因'),
      column('channel', 'string', 'Channel', '渠道'),
    ],
  },
  {
    name: 'transactions',
    label: { en: 'Transactions', zh: '交易' },
    grain: { en: 'transaction', zh: '交易' },
    key: ['transaction_id'],
    time: 'occurred_at',
    perCustomer: true,
    columns: [
      column('transaction_id', 'id', 'Transaction', '交易编号', 'required'),
      customer,
      column('account_id', 'id', 'Account', '账户编号'),
      column('occurred_at', 'instant', 'Time', '交易时间', 'required'),
      column('kind', 'string', 'Kind', '交易类型', transactionKinds),
      column('amount', 'money', 'Amount', '金额', 'required'),
      column('currency', 'string', 'Currency', '币种'),
      column('category', 'string', 'Category', '类别'),
      column('product_id', 'id', 'Product', '产品编号'),
      column('merchant', 'string', 'Merchant', '商户'),
      column('channel', 'string', 'Channel', '渠道'),
      column('city', 'string', 'City', '城市'),
      column('country', 'string', 'Country', '国家'),
    ],
  },
  {
    name: 'repayments',
    label: { en: 'Due instalments', zh: '应还分期' },
    grain: { en: 'account and due date', zh: '账户 × 应还日' },
    key: ['account_id', 'due_on'],
    time: 'due_on',
    perCustomer: true,
    columns: [
      column('account_id', 'id', 'Account', '账户编号', 'required'),
      customer,
      column('due_on', 'date', 'Due', '应还日', 'required'),
      column('due_amount', 'money', 'Amount due', '应还金额'),
      column('minimum_amount', 'money', 'Minimum due', '最低应还'),
      column('paid_on', 'date', 'Paid', '实还日'),
      column('paid_amount', 'money', 'Amount paid', '实还金额'),
    ],
  },
  {
    name: 'ledger',
    label: { en: 'Ledger', zh: '收支明细' },
    grain: { en: 'entry', zh: '分录' },
    key: ['entry_id'],
    time: 'on_date',
    perCustomer: true,
    columns: [
      column('entry_id', 'id', 'Entry', '分录编号', 'required'),
      customer,
      column('account_id', 'id', 'Account', '账户编号'),
      column('on_date', 'date', 'Day', '日期', 'required'),
      column('kind', 'string', 'Kind', '类型', 'required', ledgerKinds),
      column(
        'amount',
        'money',
        'Amount (income positive, cost negative)',
        '金额（收入为正，成本为负）',
        'required',
      ),
    ],
  },
  {
    name: 'events',
    label: { en: 'Events', zh: '行为事件' },
    grain: { en: 'event', zh: '事件' },
    key: ['message_id'],
    time: 'occurred_at',
    perCustomer: true,
    columns: [
      column('message_id', 'id', 'Message', '消息编号', 'required'),
      column('customer_id', 'id', 'Customer', '客户编号'),
      column('anonymous_id', 'id', 'Anonymous visitor', '匿名访客'),
      column('name', 'string', 'Event', '事件', 'required'),
      column('occurred_at', 'instant', 'Time', '发生时间', 'required'),
      column('received_at', 'instant', 'Received', '接收时间'),
      column('channel', 'string', 'Channel', '渠道'),
      column('properties', 'json', 'Properties', '属性'),
    ],
  },
  {
    name: 'survey_answers',
    label: { en: 'Survey answers', zh: '问卷回答' },
    grain: { en: 'customer, survey and question', zh: '客户 × 问卷 × 题目' },
    key: ['customer_id', 'survey', 'question', 'answered_at'],
    time: 'answered_at',
    perCustomer: true,
    columns: [
      customer,
      column('survey', 'id', 'Survey', '问卷', 'required'),
      column('question', 'id', 'Question', '题目', 'required'),
      column('value', 'string', 'Answer', '回答'),
      column('answered_at', 'instant', 'Answered', '回答时间'),
      column('weight', 'number', 'Weight', '权重'),
    ],
  },
  {
    name: 'observations',
    label: { en: 'External readings of customers', zh: '客户外部数据' },
    grain: { en: 'customer, reading and time', zh: '客户 × 指标 × 时间' },
    key: ['customer_id', 'name', 'observed_at'],
    time: 'observed_at',
    perCustomer: true,
    columns: [
      customer,
      column('name', 'id', 'Reading', '指标', 'required'),
      column('observed_at', 'instant', 'Time', '观测时间'),
      column('value', 'number', 'Value', '数值'),
      column('provider', 'string', 'Provider', '提供方'),
    ],
  },
  {
    name: 'indicators',
    label: { en: 'Indicators of the market', zh: '宏观与市场指标' },
    grain: { en: 'indicator, region and day', zh: '指标 × 地区 × 日' },
    key: ['name', 'region', 'on_date'],
    time: 'on_date',
    perCustomer: false,
    columns: [
      column('name', 'id', 'Indicator', '指标', 'required'),
      column('region', 'string', 'Region', '地区'),
      column('on_date', 'date', 'Day', '日期', 'required'),
      column('value', 'number', 'Value', '数值', 'required'),
    ],
  },
  {
    name: 'contacts',
    label: { en: 'Contacts', zh: '营销触达' },
    grain: { en: 'message sent, or withheld from a control', zh: '一次触达或对照' },
    key: ['contact_id'],
    time: 'sent_at',
    perCustomer: true,
    columns: [
      column('contact_id', 'id', 'Contact', '触达编号', 'required'),
      customer,
      column('campaign', 'id', 'Campaign', '活动'),
      column('treatment', 'string', 'Treatment', '策略'),
      column('arm', 'string', 'Arm', '分组', ['treatment', 'control']),
      column('channel', 'string', 'Channel', '渠道'),
      column('sent_at', 'instant', 'Sent', '发送时间', 'required'),
      column('probability', 'number', 'Probability of this arm', '分配概率'),
    ],
  },
  {
    name: 'responses',
    label: { en: 'Responses', zh: '营销响应' },
    grain: { en: 'response', zh: '响应' },
    key: ['response_id'],
    time: 'responded_at',
    perCustomer: true,
    columns: [
      column('response_id', 'id', 'Response', '响应编号', 'required'),
      column('contact_id', 'id', 'Contact', '触达编号'),
      customer,
      column('kind', 'string', 'Kind', '响应类型'),
      column('responded_at', 'instant', 'Time', '响应时间', 'required'),
      column('amount', 'money', 'Amount', '金额'),
    ],
  },
  {
    name: 'complaints',
    label: { en: 'Complaints', zh: '投诉' },
    grain: { en: 'complaint', zh: '投诉' },
    key: ['complaint_id'],
    time: 'complained_at',
    perCustomer: true,
    columns: [
      column('complaint_id', 'id', 'Complaint', '投诉编号', 'required'),
      customer,
      column('topic', 'string', 'Topic', '主题'),
      column('channel', 'string', 'Channel', '渠道'),
      column('complained_at', 'instant', 'Time', '投诉时间', 'required'),
      column('resolved_at', 'instant', 'Resolved', '解决时间'),
    ],
  },
  {
    name: 'referrals',
    label: { en: 'Referrals', zh: '转介绍' },
    grain: { en: 'customer brought by another', zh: '被推荐客户' },
    key: ['customer_id', 'referred_id'],
    time: 'referred_at',
    perCustomer: true,
    columns: [
      customer,
      column('referred_id', 'id', 'Customer who was brought', '被推荐客户', 'required'),
      column('referred_at', 'instant', 'Time', '推荐时间'),
    ],
  },
  {
    name: 'redemptions',
    label: { en: 'Coupons used', zh: '券核销' },
    grain: { en: 'coupon', zh: '券' },
    key: ['coupon_id'],
    time: 'redeemed_at',
    perCustomer: true,
    columns: [
      column('coupon_id', 'id', 'Coupon', '券编号', 'required'),
      customer,
      column('treatment', 'string', 'Treatment', '策略'),
      column('redeemed_at', 'instant', 'Used', '核销时间', 'required'),
      column('amount', 'money', 'Face value', '面额'),
    ],
  },
  {
    name: 'entitlements',
    label: { en: 'Benefits held', zh: '持有权益' },
    grain: { en: 'customer, benefit and start', zh: '客户 × 权益 × 起始' },
    key: ['customer_id', 'benefit', 'valid_from'],
    time: 'valid_from',
    perCustomer: true,
    columns: [
      customer,
      column('benefit', 'id', 'Benefit', '权益', 'required'),
      column('valid_from', 'instant', 'From', '开始', 'required'),
      column('valid_to', 'instant', 'To', '结束'),
    ],
  },
  {
    name: 'consents',
    label: { en: 'Consents', zh: '授权同意' },
    grain: { en: 'decision of a customer for a purpose', zh: '客户 × 目的 × 决定' },
    key: ['customer_id', 'purpose', 'decided_at'],
    time: 'decided_at',
    perCustomer: true,
    columns: [
      customer,
      column('purpose', 'id', 'Purpose', '目的', 'required'),
      column('granted', 'bool', 'Granted', '是否同意', 'required'),
      column('notice_version', 'string', 'Version of the notice', '告知版本'),
      column('decided_at', 'instant', 'Decided', '决定时间', 'required'),
      column('evidence', 'string', 'Evidence', '凭证'),
    ],
  },
  {
    name: 'costs',
    label: { en: 'Costs', zh: '费用' },
    grain: { en: 'day, campaign, channel and treatment', zh: '日 × 活动 × 渠道 × 策略' },
    key: ['on_date', 'campaign', 'channel', 'creative', 'treatment'],
    time: 'on_date',
    perCustomer: false,
    columns: [
      column('on_date', 'date', 'Day', '日期', 'required'),
      column('campaign', 'id', 'Campaign', '活动'),
      column('channel', 'string', 'Channel', '渠道'),
      column('creative', 'string', 'Creative', '素材'),
      column('treatment', 'string', 'Treatment', '策略'),
      column('amount', 'money', 'Amount', '金额', 'required'),
    ],
  },
  {
    name: 'fx_rates',
    label: { en: 'Exchange rates', zh: '汇率' },
    grain: { en: 'currency and day', zh: '币种 × 日' },
    key: ['currency', 'on_date'],
    time: 'on_date',
    perCustomer: false,
    columns: [
      column('currency', 'id', 'Currency', '币种', 'required'),
      column('on_date', 'date', 'Day', '日期', 'required'),
      column('rate', 'number', 'Units of the base currency for one', '折本位币汇率', 'required'),
    ],
  },
  {
    name: 'prospects',
    label: { en: 'Prospects', zh: '潜在客户' },
    grain: { en: 'person who is not a customer yet', zh: '潜在客户' },
    key: ['prospect_id'],
    time: 'first_seen_at',
    perCustomer: false,
    columns: [
      column('prospect_id', 'id', 'Prospect', '潜客编号', 'required'),
      column('first_seen_at', 'instant', 'First seen', '首次出现'),
      column('gender', 'string', 'Gender', '性别', ['male', 'female', 'other']),
      column('birth_date', 'date', 'Date of birth', '出生日期'),
      column('province', 'string', 'Province or state', '省份'),
      column('city', 'string', 'City', '城市'),
      column('channel', 'string', 'Channel', '渠道'),
    ],
  },
] as const satisfies readonly StandardTable[]

export type StandardTableName = (typeof standardTables)[number]['name']
export const standardTableNames = standardTables.map((table) => table.name) as [
  StandardTableName,
  ...StandardTableName[],
]
