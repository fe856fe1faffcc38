import type { Text } from '@tranche/contract'

/** Words of the report's page that belong to no finding. */
export const pageWords = {
  title: { en: 'Growth report', zh: '用户分群与增长策略报告' },
  summary: { en: 'What matters most', zh: '核心结论' },
  nothing: {
    en: 'No difference between groups of customers is large enough here to be told from chance. What the data holds is described below.',
    zh: '各客群之间没有大到足以排除偶然因素的差异。以下为数据概况。',
  },
  headline: { en: 'Headline metrics', zh: '核心指标' },
  metric: { en: 'Metric', zh: '指标' },
  value: { en: 'Value', zh: '数值' },
  previousPeriod: { en: 'vs previous period', zh: '环比' },
  previousYear: { en: 'vs a year ago', zh: '同比' },
  customersColumn: { en: 'n', zh: '样本量' },
  contents: { en: 'Contents', zh: '目录' },
  members: { en: 'Export these {n} customers: ', zh: '导出这{n}位客户：' },
  table: { en: 'The numbers', zh: '数据表' },
  tableName: { en: 'Table', zh: '表' },
  headlineCaption: {
    en: 'Metrics with their change against the period before and a year ago; n is the customers each rests on.',
    zh: '各项指标及其环比、同比变化；样本量为各指标所依据的客户数。',
  },
  valueBefore: { en: 'Value in the period before', zh: '上期数值' },
  valueYearAgo: { en: 'Value a year ago', zh: '上年同期数值' },
  measured: { en: 'What is measured', zh: '度量内容' },
  group: { en: 'Group', zh: '分组' },
  series: { en: 'Series', zh: '系列' },
  section: { en: 'Section', zh: '章节' },
  sentence: { en: 'Sentence', zh: '结论' },
  limits: { en: 'Limits', zh: '局限' },
  membersCommand: { en: 'Command for the members', zh: '导出名单的命令' },
  skip: { en: 'Skip to the report', zh: '跳至正文' },
  openNote: { en: 'Note {n}: the numbers behind this', zh: '注{n}：查看依据' },
  note: { en: 'Note {n}', zh: '注{n}' },
  close: { en: 'Close', zh: '关闭' },
  notes: { en: 'Notes: the numbers behind each sentence', zh: '附注：各句所依据的数字' },
  notesLead: {
    en: 'By the number that stands after a sentence: the estimate, its interval and sample, the period, the definition with its hash, and the statement that gives the number again.',
    zh: '按句末编号排列：估计值、区间与样本量、期间、定义及其哈希，以及可重新算出该数字的查询语句。',
  },
  showAll: { en: 'Show the list', zh: '展开列表' },
  period: { en: 'Period', zh: '期间' },
  definition: { en: 'Definition', zh: '定义' },
  definitions: { en: 'Definitions', zh: '指标定义' },
  definitionsCaption: {
    en: 'What this report measures, where it is defined, and the hash of the definition it was computed by.',
    zh: '本报告所用指标、其定义所在文件，以及计算所依据定义的哈希值。',
  },
  place: { en: 'File', zh: '文件' },
  hash: { en: 'Hash', zh: '哈希值' },
  signOffs: { en: 'Sign-offs', zh: '签核' },
  role: { en: 'Role', zh: '角色' },
  name: { en: 'Name', zh: '姓名' },
  signature: { en: 'Signature', zh: '签字' },
  date: { en: 'Date', zh: '日期' },
  figure: { en: 'Figure', zh: '图' },
  low: { en: 'Low (95%)', zh: '下限（95%）' },
  high: { en: 'High (95%)', zh: '上限（95%）' },
  hidden: { en: 'hidden: too few people', zh: '人数过少，已隐藏' },
  unproven: { en: 'Differences not proven', zh: '未证实的差异' },
  unprovenLead: {
    en: 'These were tested like the others and stayed within chance. They are no reason to act.',
    zh: '以下差异经过同样的检验，仍在偶然波动范围内，不应据此行动。',
  },
  unprovenMore: { en: 'Others tested and not proven: {n}.', zh: '其他经检验未证实的差异：{n}项。' },
  method: { en: 'Method', zh: '方法' },
  all: { en: 'All findings', zh: '全部结论' },
  key: { en: 'Key', zh: '编号' },
  estimate: { en: 'Estimate', zh: '估计值' },
  interval: { en: '95% interval', zh: '95%区间' },
  p: { en: 'p', zh: 'p值' },
  pAdjusted: { en: 'p, corrected', zh: '校正p值' },
  effect: { en: 'Effect size', zh: '效应量' },
  missing: { en: 'Missing', zh: '缺失占比' },
  logic: { en: 'Hash of the finding', zh: '结论哈希' },
  asOf: { en: 'As of', zh: '截至' },
  population: { en: 'customers', zh: '位客户' },
  snapshot: { en: 'data', zh: '数据快照' },
  currency: { en: 'Amounts in', zh: '金额单位：' },
  source: { en: 'Source: published tables of this run', zh: '来源：本次运行发布的数据表' },
  month: { en: 'Month after the first purchase', zh: '首购后第几个月' },
} as const satisfies Readonly<Record<string, Text>>

/** Who signs a report where the policy says nothing else. */
export const signOffWords: readonly Text[] = [
  { en: 'Prepared by', zh: '编制' },
  { en: 'Checked by', zh: '复核' },
  { en: 'Approved by', zh: '批准' },
]

export const methodWords: readonly Text[] = [
  {
    en: 'Shares carry Wilson intervals, differences of shares Newcombe’s; means are compared by Welch’s t, more than two groups by chi-square, or by the more cautious of Welch’s and the pooled analysis of variance. Intervals hold 95%.',
    zh: '占比采用威尔逊区间，占比之差采用纽科姆区间；均值以韦尔奇t检验比较，多组以卡方检验，或以韦尔奇与合并方差分析中更保守者比较。区间均为95%。',
  },
  {
    en: 'All tests of the report are corrected together (Benjamini and Hochberg): of what is called a difference, one in twenty is expected to be chance.',
    zh: '报告中的全部检验统一校正（本杰明尼—霍赫贝格法）：被称为差异的结论中，预期至多二十分之一出于偶然。',
  },
  {
    en: 'Where a gap is adjusted, customers are compared only with those alike in limit, age, tenure, region or channel, and the differences are averaged with the most precise weights.',
    zh: '调整后的差距仅在额度、年龄、客户年限、地域或渠道相近的客户之间比较，再按最精确的权重平均。',
  },
  {
    en: 'These are associations in data that nobody randomised. What acting on them would bring is for an experiment to say.',
    zh: '以上为观察性关联，并非随机试验的结论；采取行动的实际效果须由实验验证。',
  },
  {
    en: 'Cells with too few people are hidden, and others with them where a total would give them away.',
    zh: '人数过少的单元格已隐藏；若可由合计推算，相关单元格一并隐藏。',
  },
]
