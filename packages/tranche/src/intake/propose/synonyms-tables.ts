import type { StandardTableName } from '@tranche/contract'

/** What people call files and sheets, by the table they hold. Parts of a name count too. */
export const tableSynonyms: Readonly<
  Partial<
    Record<
      StandardTableName | 'loans' | 'cards' | 'policies' | 'link',
      { readonly en: readonly string[]; readonly zh: readonly string[] }
    >
  >
> = {
  customer_versions: {
    en: [
      'customer',
      'customers',
      'client',
      'clients',
      'member',
      'members',
      'user',
      'users',
      'demographics',
      'crm',
    ],
    zh: ['客户', '会员', '用户', '顾客'],
  },
  accounts: { en: ['account', 'accounts', 'policy', 'policies', 'contracts'], zh: ['账户', '合同', '保单'] },
  loans: { en: ['loan', 'loans', 'lending'], zh: ['贷款', '借款', '借据'] },
  policies: {
    en: ['policy', 'policies', 'insurance policies', 'insurance contracts'],
    zh: ['保单', '保险合同', '投保'],
  },
  cards: { en: ['card', 'cards'], zh: ['卡片', '信用卡', '发卡'] },
  transactions: {
    en: [
      'transaction',
      'transactions',
      'trans',
      'txn',
      'orders',
      'purchases',
      'sales',
      'payments',
      'invoices',
    ],
    zh: ['交易', '流水', '订单', '消费', '销售', '购买'],
  },
  account_balances: { en: ['balance', 'balances', 'statements'], zh: ['余额', '账单'] },
  applications: { en: ['application', 'applications'], zh: ['申请', '进件'] },
  repayments: {
    en: ['repayment', 'repayments', 'instalments', 'installments', 'schedule'],
    zh: ['还款', '还款计划', '应还'],
  },
  ledger: { en: ['ledger', 'entries', 'income'], zh: ['分录', '收支', '损益'] },
  events: {
    en: ['event', 'events', 'clickstream', 'app events', 'behaviour', 'behavior', 'logs'],
    zh: ['事件', '行为', '埋点', '日志'],
  },
  survey_answers: { en: ['survey', 'answers', 'questionnaire'], zh: ['问卷', '调研', '回答'] },
  observations: {
    en: ['observation', 'observations', 'bureau', 'scores', 'telematics'],
    zh: ['征信', '评分', '外部数据'],
  },
  indicators: { en: ['indicators', 'macro', 'market'], zh: ['宏观', '指标', '市场'] },
  contacts: {
    en: ['contact', 'contacts', 'campaign', 'sends', 'mailing'],
    zh: ['触达', '营销', '短信', '外呼'],
  },
  responses: { en: ['response', 'responses', 'clicks'], zh: ['响应', '点击', '回应'] },
  complaints: { en: ['complaint', 'complaints', 'tickets'], zh: ['投诉', '工单'] },
  referrals: { en: ['referral', 'referrals', 'invites'], zh: ['推荐', '邀请', '转介绍'] },
  products: {
    en: ['product', 'products', 'assets', 'asset', 'catalog', 'catalogue', 'funds'],
    zh: ['产品', '商品', '基金'],
  },
  costs: {
    en: ['cost', 'costs', 'spend', 'spends', 'spendings', 'ad spend', 'marketing spend', 'budget'],
    zh: ['费用', '成本', '投放'],
  },
  fx_rates: { en: ['fx', 'fx rates', 'exchange rates', 'currency rates'], zh: ['汇率'] },
  link: {
    en: ['disp', 'disposition', 'account holder', 'relationship', 'link', 'mapping'],
    zh: ['关系', '对应', '关联'],
  },
}

/** What files are called whose dealings are all of one kind and no purchases. */
export const kindTitles: Readonly<
  Record<string, { readonly en: readonly string[]; readonly zh: readonly string[] }>
> = {
  repayment: {
    en: ['repayment', 'repayments', 'loan payments'],
    zh: ['还款', '还款记录', '还款流水', '还款明细'],
  },
  refund: { en: ['refund', 'refunds', 'returns'], zh: ['退款', '退货', '退款记录'] },
  withdrawal: { en: ['withdrawal', 'withdrawals'], zh: ['取款', '提现', '取款记录'] },
  deposit: { en: ['deposits', 'top ups', 'topups'], zh: ['存入', '充值', '充值记录'] },
  investment: { en: ['investments', 'fund subscriptions'], zh: ['投资记录', '申购', '申购记录'] },
  redemption: { en: ['redemptions'], zh: ['赎回', '赎回记录'] },
  claim: { en: ['claim', 'claims'], zh: ['理赔', '赔案', '理赔记录', '赔付'] },
  premium: { en: ['premiums', 'premium payments'], zh: ['保费', '保费流水', '缴费记录'] },
}
