import type { Text } from '@tranche/contract'
import { holders, holdingShares, productKindWords } from './holding-words.ts'

/** What a column measures per customer, as it stands in the middle of a sentence. */
export const measureWords: Readonly<Record<string, Text>> = {
  ...holdingShares,
  conversion_30d: { en: 'conversion within 30 days', zh: '30天转化率' },
  invested_ever: { en: 'share who ever invested', zh: '投资转化率' },
  repeat_customer: { en: 'repeat rate', zh: '复购率' },
  retained_3m: { en: 'share who buy again in month 3', zh: '第3个月复购率' },
  default_12m: { en: 'default rate of loans at least a year old', zh: '贷款违约率（满一年）' },
  default_ever: { en: 'default rate', zh: '违约率' },
  loan_approved: { en: 'approval rate of loans', zh: '贷款通过率' },
  ticket: { en: 'mean ticket', zh: '笔均金额' },
  revenue_365d: { en: 'revenue per customer over 365 days', zh: '近365天客均收入' },
  revenue_total: { en: 'revenue per customer', zh: '客均累计收入' },
  spend_365d: { en: 'spend per customer over 365 days', zh: '近365天客均消费' },
  m: { en: 'spend per customer', zh: '客均累计消费' },
  value_12m: { en: 'expected 12-month value', zh: '未来12个月预期价值' },
  first_investment_amount: { en: 'first investment', zh: '首次投资金额' },
  ticket_mean_365d: { en: 'mean ticket', zh: '笔均金额' },
  credit_limit: { en: 'credit limit', zh: '信用额度' },
  card_limit: { en: 'card limit', zh: '信用卡额度' },
  room_to_grow: { en: 'room to grow', zh: '提升空间' },
  p_alive: { en: 'probability of being active', zh: '活跃概率' },
  marginal_return: { en: 'value per further unit of money', zh: '边际投入产出' },
  retention: { en: 'share who buy again', zh: '复购率' },
  next_product: { en: 'next product', zh: '后续产品' },
  first_product: { en: 'share by first product', zh: '首次产品占比' },
  lift: { en: 'how many times as often', zh: '提升倍数' },
  customers: { en: 'customers', zh: '客户' },
  activity: { en: 'share of customers', zh: '客户占比' },
  index: { en: 'share of customers in multiples of the share of the base', zh: '集中度指数' },
  loss_of_revenue: { en: 'default losses in multiples of revenue', zh: '违约损失占收入之比' },
  cost_per_kept: { en: 'cost of a customer kept', zh: '单客留存成本' },
  payback: { en: 'earnings of a year in multiples of the cost', zh: '一年贡献相对获客成本的倍数' },
  earned_365d: { en: 'earnings within a year of becoming a customer', zh: '成为客户一年内的贡献' },
  margin_365d: { en: 'profit per customer over 365 days', zh: '近365天客均利润' },
}

/** What the sum over customers is called. */
export const totalWords: Readonly<Record<string, Text>> = {
  revenue_365d: { en: 'revenue of the last 365 days', zh: '近365天收入' },
  revenue_total: { en: 'revenue', zh: '累计收入' },
  spend_365d: { en: 'spend of the last 365 days', zh: '近365天消费' },
  m: { en: 'spend', zh: '累计消费' },
  value_12m: { en: 'expected 12-month value', zh: '未来12个月预期价值' },
}

export const attributeWords: Readonly<Record<string, Text>> = {
  gender: { en: 'gender', zh: '性别' },
  age_years: { en: 'age', zh: '年龄' },
  country: { en: 'country', zh: '国家' },
  province: { en: 'province', zh: '省份' },
  city: { en: 'city', zh: '城市' },
  city_tier: { en: 'city tier', zh: '城市级别' },
  region_group: { en: 'part of the country', zh: '大区' },
  coastal: { en: 'coast and inland', zh: '沿海与内陆' },
  occupation: { en: 'occupation', zh: '职业' },
  employment_type: { en: 'employment type', zh: '就业类型' },
  income_annual: { en: 'annual income', zh: '年收入' },
  education: { en: 'education', zh: '学历' },
  marital_status: { en: 'marital status', zh: '婚姻状况' },
  channel: { en: 'channel', zh: '获客渠道' },
  creative: { en: 'creative', zh: '获客素材' },
  tenure_days: { en: 'tenure', zh: '客户年限' },
  risk_appetite: { en: 'risk appetite', zh: '风险偏好' },
  credit_limit: { en: 'credit limit', zh: '信用额度' },
  card_limit: { en: 'card limit', zh: '信用卡额度' },
  bureau_score: { en: 'bureau score', zh: '征信评分' },
  tier: { en: 'value tier', zh: '价值层级' },
  activity: { en: 'activity', zh: '活跃状态' },
  first_product: { en: 'first product', zh: '首次产品' },
  cohort: { en: 'month of first purchase', zh: '首购月份' },
  segment: { en: 'segment', zh: '客群' },
  sequence: { en: 'first product and next', zh: '首次产品与后续产品' },
  value_12m: { en: 'expected 12-month value', zh: '未来12个月预期价值' },
  profile: { en: 'profile', zh: '客户画像' },
  customers: { en: 'share of customers, poorest first', zh: '客户占比（由低到高）' },
}

/** Levels whose words are known, by attribute. */
export const levelWords: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  holding: holders,
  first_product: productKindWords,
  gender: {
    male: { en: 'men', zh: '男性' },
    female: { en: 'women', zh: '女性' },
    other: { en: 'other genders', zh: '其他性别' },
  },
  coastal: {
    coastal: { en: 'coastal provinces', zh: '沿海省份' },
    inland: { en: 'inland provinces', zh: '内陆省份' },
  },
  tier: {
    high: { en: 'high-value customers', zh: '高价值客户' },
    medium: { en: 'medium-value customers', zh: '中价值客户' },
    low: { en: 'low-value customers', zh: '低价值客户' },
  },
  tier_before: {
    high: { en: 'of high value then', zh: '当时的高价值客户' },
    medium: { en: 'of medium value then', zh: '当时的中价值客户' },
    low: { en: 'of low value then', zh: '当时的低价值客户' },
  },
  activity: {
    active: { en: 'active', zh: '活跃' },
    silent: { en: 'silent', zh: '沉睡' },
    lost: { en: 'lost', zh: '流失' },
  },
  profile: {
    best: { en: 'best profile', zh: '最佳画像' },
    naive: { en: 'one attribute at a time', zh: '逐项拼合的画像' },
    allowed: { en: 'without protected attributes', zh: '不含受保护属性的画像' },
    everybody: { en: 'everybody', zh: '全体客户' },
  },
  risk_appetite: {
    conservative: { en: 'conservative', zh: '保守型' },
    balanced: { en: 'balanced', zh: '稳健型' },
    aggressive: { en: 'aggressive', zh: '进取型' },
  },
  marital_status: {
    single: { en: 'single', zh: '未婚' },
    married: { en: 'married', zh: '已婚' },
    divorced: { en: 'divorced', zh: '离异' },
    widowed: { en: 'widowed', zh: '丧偶' },
  },
  education: {
    primary: { en: 'primary', zh: '小学' },
    secondary: { en: 'secondary', zh: '中学' },
    tertiary: { en: 'tertiary', zh: '高等教育' },
  },
  employment_type: {
    employed: { en: 'employed', zh: '受雇' },
    self_employed: { en: 'self-employed', zh: '个体经营' },
    part_time: { en: 'part-time', zh: '兼职' },
    unemployed: { en: 'unemployed', zh: '待业' },
    retired: { en: 'retired', zh: '退休' },
    student: { en: 'student', zh: '学生' },
  },
}

/** The title of a section whose profiles are of those to whom something happened, good or bad. */
export const outcomeProfiles: Text = { en: 'Who stands out', zh: '特征突出的客群' }

export const sectionWords: Readonly<Record<string, Text>> = {
  makeup: { en: 'Who the customers are', zh: '客户构成' },
  value_exploration: { en: 'Value exploration', zh: '用户价值挖掘' },
  gender: { en: 'Gender', zh: '性别差异' },
  age: { en: 'Age', zh: '年龄分析' },
  region: { en: 'Region', zh: '地域分析' },
  profile: { en: 'Ideal customer profile', zh: '理想客户画像' },
  tiers: { en: 'Value tiers', zh: '价值分层' },
  activity: { en: 'Active, silent, lost', zh: '活跃、沉睡与流失' },
  cohorts: { en: 'Cohorts and promotions', zh: '同期群与获客质量' },
  products: { en: 'Products', zh: '产品偏好' },
  outcomes: { en: 'Outcomes', zh: '结果变量分析' },
  recommendations: { en: 'What to do', zh: '行动建议' },
  changes: { en: 'Since the last report', zh: '与上次报告相比' },
  quality: { en: 'Data quality', zh: '数据质量' },
  limits: { en: 'Limits', zh: '局限' },
}
