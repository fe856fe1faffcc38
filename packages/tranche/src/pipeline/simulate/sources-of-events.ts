import { core, from, handedOver, knownCustomer, notInTheFuture, notNegative } from './sources-of-records.ts'
import { surveyKey, surveyQuestions } from './survey.ts'

const transactionCodes = {
  消费: 'purchase',
  申购: 'investment',
  赎回: 'redemption',
  还款: 'repayment',
  分期: 'installment',
  积分兑换: 'points',
  退款: 'refund',
  转入: 'deposit',
  转出: 'withdrawal',
}
const ledgerCodes = {
  INT: 'interest',
  FEE: 'fee',
  ICH: 'interchange',
  SPR: 'spread',
  FND: 'funding',
  CHO: 'charge_off',
}

/** What customers do, and what is done with them. */
export const eventSources = [
  {
    key: 'transactions',
    label: { en: 'Transactions', zh: '交易流水' },
    files: 'data/transactions/*.parquet',
    system: core,
    tables: [
      {
        table: 'transactions',
        where: 'status == "成功"',
        columns: {
          ...from({
            transaction_id: 'txn_id',
            customer_id: 'cust_no',
            account_id: 'acct_no',
            occurred_at: 'txn_time',
            amount: 'amount',
            currency: 'currency',
            category: 'category',
            product_id: 'product_no',
            merchant: 'merchant',
            channel: 'channel',
            city: 'city',
          }),
          kind: { from: 'txn_type', codes: transactionCodes },
        },
        expectations: [knownCustomer, notInTheFuture('occurred_at'), notNegative('amount')],
      },
    ],
  },
  {
    key: 'ledger',
    label: { en: 'Ledger', zh: '收支明细' },
    files: 'data/ledger/*.parquet',
    system: core,
    tables: [
      {
        table: 'ledger',
        columns: {
          ...from({
            entry_id: 'entry_id',
            customer_id: 'cust_no',
            account_id: 'acct_no',
            on_date: 'post_date',
            amount: 'amount',
          }),
          kind: { from: 'entry_type', codes: ledgerCodes },
        },
        expectations: [knownCustomer, notInTheFuture('on_date')],
      },
    ],
  },
  {
    key: 'repayments',
    label: { en: 'Instalments and statements due', zh: '应还分期与账单' },
    files: 'data/repayments/*.parquet',
    system: core,
    tables: [
      {
        table: 'repayments',
        columns: from({
          account_id: 'acct_no',
          customer_id: 'cust_no',
          due_on: 'due_date',
          due_amount: 'due_amount',
          minimum_amount: 'min_amount',
          paid_on: 'paid_date',
          paid_amount: 'paid_amount',
        }),
        expectations: [knownCustomer],
      },
    ],
  },
  {
    key: 'app_users',
    label: { en: 'Users of the app', zh: 'App 用户' },
    files: 'data/app_users.csv',
    system: 'app',
    identifiers: { mobile: { kind: 'phone', use: 'match' }, email: { kind: 'email', use: 'drop' } },
    tables: [
      {
        table: 'events',
        columns: {
          ...from({
            message_id: 'user_id',
            customer_id: 'user_id',
            occurred_at: 'registered_at',
            channel: 'os',
          }),
          name: { value: 'app_registered' },
        },
      },
    ],
  },
  {
    key: 'events',
    label: { en: 'App events', zh: 'App 行为事件' },
    files: 'data/events.jsonl',
    system: 'app',
    tables: [
      {
        table: 'events',
        columns: from({
          message_id: 'message_id',
          customer_id: 'user_id',
          anonymous_id: 'anonymous_id',
          name: 'event',
          occurred_at: 'ts',
          channel: 'channel',
          properties: 'properties',
        }),
        expectations: [notInTheFuture('occurred_at')],
      },
    ],
  },
  {
    key: 'survey',
    label: { en: 'Survey of attitudes to money', zh: '理财态度问卷' },
    files: 'data/survey.xlsx',
    format: { type: 'xlsx', headerRow: 2 },
    system: core,
    tables: [
      {
        table: 'survey_answers',
        unpivot: {
          periods: surveyQuestions.map((question) => ({
            period: question.key,
            columns: { answer: question.zh },
          })),
        },
        columns: {
          ...from({ customer_id: '客户编号', question: 'period', value: 'answer', answered_at: '提交时间' }),
          survey: { value: surveyKey },
        },
      },
    ],
  },
  {
    key: 'contacts',
    label: { en: 'Contacts and controls', zh: '触达与对照' },
    files: 'data/contacts.csv',
    system: core,
    tables: [
      {
        table: 'contacts',
        columns: {
          ...from({
            contact_id: 'contact_id',
            customer_id: 'cust_no',
            campaign: 'campaign',
            treatment: 'treatment',
            channel: 'channel',
            sent_at: 'sent_at',
            probability: 'assignment_probability',
          }),
          arm: { from: 'arm', codes: { 实验: 'treatment', 对照: 'control' } },
        },
        expectations: [knownCustomer],
      },
    ],
  },
  {
    key: 'responses',
    label: { en: 'Responses', zh: '营销响应' },
    files: 'data/responses.csv',
    system: core,
    tables: [
      {
        table: 'responses',
        columns: from({
          response_id: 'response_id',
          contact_id: 'contact_id',
          customer_id: 'cust_no',
          kind: 'kind',
          responded_at: 'responded_at',
          amount: 'amount',
        }),
        expectations: [knownCustomer],
      },
    ],
  },
  {
    key: 'costs',
    label: { en: 'Marketing costs', zh: '营销费用' },
    files: 'data/costs.csv',
    tables: [
      {
        table: 'costs',
        columns: from({
          on_date: 'cost_date',
          campaign: 'campaign',
          channel: 'channel',
          creative: 'creative',
          treatment: 'treatment',
          amount: 'amount',
        }),
        expectations: [{ column: 'on_date', range: { max: handedOver } }],
      },
    ],
  },
  {
    key: 'complaints',
    label: { en: 'Complaints', zh: '投诉' },
    files: 'data/complaints.csv',
    system: core,
    tables: [
      {
        table: 'complaints',
        columns: from({
          complaint_id: 'complaint_id',
          customer_id: 'cust_no',
          topic: 'topic',
          channel: 'channel',
          complained_at: 'complained_at',
          resolved_at: 'resolved_at',
        }),
        expectations: [knownCustomer],
      },
    ],
  },
  {
    key: 'referrals',
    label: { en: 'Referrals', zh: '转介绍' },
    files: 'data/referrals.csv',
    system: core,
    tables: [
      {
        table: 'referrals',
        columns: from({ customer_id: 'referrer_no', referred_id: 'referred_no', referred_at: 'referred_at' }),
        expectations: [knownCustomer],
      },
    ],
  },
] as const
